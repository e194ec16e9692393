import type { AmbassadorDocument } from "./types.ts";

/** Printable ASCII but `"`, `$`, `=` and `\\`. */
const plain = /^[ !#%-<>-[\]-~]*$/;

/**
 * One scalar as both YAML 1.1 and 1.2 read it back unchanged: strings always quoted and in ASCII.
 * "$" is escaped because Ambassador 1.x replaces $NAME from its pod's environment before it parses (later
 * releases do so after it: no value with a $NAME gets here), and "=" because an executor that finds one in a predictor annotation drops all of them.
 */
function scalar(value: unknown): string {
  if (typeof value !== "string") return String(value);
  // Hardly any value needs more than its quotes.
  if (plain.test(value)) return `"${value}"`;
  // A lone surrogate is no YAML; the API server stores U+FFFD in its place, so that is what stands here.
  return JSON.stringify(value.toWellFormed()).replace(/[$=]|[^\x20-\x7e]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
    if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, "0")}`;
    return `\\U${code.toString(16).padStart(8, "0")}`;
  });
}

const isMap = (value: unknown): value is object => typeof value === "object" && value !== null;

function lines(map: object, indent: string): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const lead = `${indent}${scalar(key)}:`;
    if (Array.isArray(value))
      return value.length === 0 ? [`${lead} []`] : [lead, ...value.flatMap((item) => listItem(item, indent))];
    if (isMap(value)) return [lead, ...lines(value, `${indent}  `)];
    return [`${lead} ${scalar(value)}`];
  });
}

function listItem(item: unknown, indent: string): readonly string[] {
  if (!isMap(item)) return [`${indent}- ${scalar(item)}`];
  const [first = "", ...rest] = lines(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

/** The documents as annotation text. Equal documents give equal bytes; no value can leave its quotes. */
export const formatDocuments = (documents: readonly AmbassadorDocument[]): string =>
  documents.map((document) => `${lines(document, "").join("\n")}\n`).join("---\n");
