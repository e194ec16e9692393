import { endOfJson, skipSpace } from "./json-scan.ts";
import { Unreadable } from "./unreadable.ts";

/** The text of one document, and where it starts in its file. */
export interface Chunk {
  readonly start: number;
  readonly text: string;
  readonly format: "yaml" | "json";
}

/** A file cut into documents; `failures` count their offsets from the start of the file. */
export interface Chunks {
  readonly chunks: readonly Chunk[];
  readonly failures: readonly Unreadable[];
}

const hint = "kubectl reads a file that starts with { as JSON; a first line of --- makes it YAML";

// Values may follow one another without any separator.
function cutJson(text: string): Chunks {
  const chunks: Chunk[] = [];
  let start = skipSpace(text, 0);
  while (start < text.length)
    try {
      const end = endOfJson(text, start);
      chunks.push({ start, text: text.slice(start, end), format: "json" });
      start = skipSpace(text, end);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { chunks, failures: [new Unreadable(`${error.message} (${hint})`, error.offset)] };
    }
  return { chunks, failures: [] };
}

// As k8s.io/apimachinery's YAMLReader: a line that starts with --- separates, and may hold nothing but a comment.
function cutYaml(text: string): Chunks {
  const chunks: Chunk[] = [];
  const failures: Unreadable[] = [];
  let start = 0;
  let readable = true;
  const cut = (end: number, next: number): void => {
    if (readable) chunks.push({ start, text: text.slice(start, end), format: "yaml" });
    start = next;
    readable = true;
  };
  for (const { 0: line, index } of text.matchAll(/^---.*\n?/gm)) {
    const rest = line.slice(3).trim();
    if (rest === "" || rest.startsWith("#")) cut(index, index + line.length);
    else {
      readable = false;
      failures.push(new Unreadable("a line that starts with --- may hold nothing else but a comment", index));
    }
  }
  cut(text.length, text.length);
  return { chunks, failures };
}

/** Cuts a file into documents where kubectl does. */
export const cutDocuments = (text: string): Chunks =>
  text[skipSpace(text, 0)] === "{" ? cutJson(text) : cutYaml(text);
