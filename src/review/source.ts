import type { FieldPath } from "../diagnostics/field-path.ts";
import { cutDocuments } from "./chunk.ts";
import { type ParsedDocument, parseDocument } from "./document.ts";
import { lineCounter, originOf } from "./line.ts";
import { type DocumentObject, isSeldonDeployment, objectsOf } from "./objects.ts";
import { Unreadable } from "./unreadable.ts";

/** One file of input: its text, its documents and all objects in them. */
export interface Source {
  /** The path as it was given or found, `<stdin>` for standard input. */
  readonly file: string;
  readonly text: string;
  /** The byte order mark in front of the text, which is no part of it. */
  readonly byteOrderMark: "" | "\ufeff";
  readonly documents: readonly ParsedDocument[];
  readonly objects: readonly SourceObject[];
}

/** One object of the input and where it is written. */
export interface SourceObject extends DocumentObject {
  readonly file: string;
  readonly document: ParsedDocument;
  /** The line where the field at `path`, or its nearest ancestor that exists, is written. */
  lineAt(path: FieldPath): number;
}

/** Something of the input that could not be read. */
export interface ReadProblem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

type Failure = Pick<Unreadable, "message" | "offset">;

function tryParse(chunk: Parameters<typeof parseDocument>[0], failures: Failure[]): ParsedDocument[] {
  try {
    const document = parseDocument(chunk);
    return document === undefined ? [] : [document];
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    failures.push({ message: error.message, offset: chunk.start + error.offset });
    return [];
  }
}

/** Reads the text of a file as kubectl does. A document that cannot be read leaves the others readable. */
export function parseSource(file: string, whole: string): { source: Source; problems: ReadProblem[] } {
  const byteOrderMark = whole.startsWith("\ufeff") ? "\ufeff" : "";
  const text = whole.slice(byteOrderMark.length);
  const lineOf = lineCounter(text);
  const { chunks, failures: cutting } = cutDocuments(text);
  const failures: Failure[] = [...cutting];
  const documents = chunks.flatMap((chunk) => tryParse(chunk, failures));
  const objects = documents.flatMap((document): SourceObject[] => {
    const offsetOf = (node: DocumentObject["node"]) => document.start + (node.range?.[0] ?? 0);
    const found = objectsOf(document);
    failures.push(...found.misfits.map(({ message, node }) => ({ message, offset: offsetOf(node) })));
    return found.objects.map((object) => ({
      ...object,
      file,
      document,
      lineAt: (path) => lineOf(offsetOf(originOf(path, object.value, object.node, document.origins))),
    }));
  });
  const problems = failures
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ message, offset }) => ({ file, line: lineOf(offset), message }));
  return { source: { file, text, byteOrderMark, documents, objects }, problems };
}

/** The SeldonDeployments of the input, in its order. */
export const deploymentsOf = (sources: readonly Source[]): SourceObject[] =>
  sources.flatMap(({ objects }) => objects.filter(({ value }) => isSeldonDeployment(value)));
