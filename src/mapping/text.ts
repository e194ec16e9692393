import type { AmbassadorDocument, MappingFields } from "./types.ts";

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

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** One line or more for each field, each with its end. One string that grows: lists of lines took most of the time. */
function fields(
  map: Readonly<Record<string, unknown>>,
  indent: string,
  keyOf: (key: string) => string = scalar,
): string {
  let text = "";
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    text += `${indent}${keyOf(key)}:`;
    if (Array.isArray(value)) text += value.length === 0 ? " []\n" : `\n${listItems(value, indent)}`;
    else text += isMap(value) ? `\n${fields(value, `${indent}  `)}` : ` ${scalar(value)}\n`;
  }
  return text;
}

const listItems = (list: readonly unknown[], indent: string): string =>
  list
    .map((item) => {
      if (!isMap(item)) return `${indent}- ${scalar(item)}\n`;
      return `${indent}- ${fields(item, `${indent}  `).trimStart() || "{}\n"}`;
    })
    .join("");

// Their names need no escaping.
const ownField = (name: string): string => `"${name}"`;

/** The documents as annotation text. Equal documents give equal bytes; no value can leave its quotes. */
export const formatDocuments = (documents: readonly AmbassadorDocument[]): string =>
  documents.map((document) => fields(document as unknown as MappingFields, "", ownField)).join("---\n");
