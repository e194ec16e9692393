/** What the engine writes: a text, or the map that holds it. */
export type Insertion = string | { readonly [key: string]: string };

/** A value in block style: what stands behind the colon, and the lines below. */
export interface BlockForm {
  readonly head: string;
  readonly lines: readonly string[];
}

const step = "  ";

// Characters that YAML 1.1 takes for line breaks, forbids or strips, as escapes that JSON and YAML share.
const escapeUnsafe = (text: string): string =>
  text.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A text as a double-quoted scalar, the same in JSON and YAML. */
export const quoted = (text: string): string => escapeUnsafe(JSON.stringify(text.toWellFormed()));

/** A value as one line of flow style. */
export const flowOf = (value: Insertion): string =>
  typeof value === "string"
    ? quoted(value)
    : `{${Object.entries(value)
        .map(([key, text]) => `${quoted(key)}: ${quoted(text)}`)
        .join(", ")}}`;

// A literal block keeps its text only if the first line gives its indentation, all is printable, and no line
// break at its end has to be told from the blank lines that may follow.
const isBlockable = (text: string): boolean =>
  /^[^\s][^\n]*\n/.test(text) && !/\n\n$|[^\n\t\u0020-\u007e\u00a0-\ufffd]|[\u2028\u2029\ufeff]/.test(text);

function literal(text: string, indent: string): BlockForm {
  const lines = text.replace(/\n$/, "").split("\n");
  return {
    head: text.endsWith("\n") ? "|" : "|-",
    lines: lines.map((line) => (line === "" ? "" : indent + line)),
  };
}

/** A value in block style under a key that is indented by `indent`. */
export function blockOf(value: Insertion, indent: string): BlockForm {
  if (typeof value !== "string") return { head: "", lines: entriesOf(value, `${indent}${step}`) };
  return isBlockable(value) ? literal(value, `${indent}${step}`) : { head: quoted(value), lines: [] };
}

// Only keys like seldon.io/ambassador-config are known to be text when they stand plain.
const keyOf = (key: string): string =>
  /^[a-z]+(\.[a-z]+)*\/[a-z-]+$|^annotations$/.test(key) ? key : quoted(key);

/** The lines of `key: value` entries in block style. */
export const entriesOf = (entries: Readonly<Record<string, Insertion>>, indent: string): string[] =>
  Object.entries(entries).flatMap(([key, value]) => {
    const { head, lines } = blockOf(value, indent);
    return [`${indent}${keyOf(key)}:${head === "" ? "" : ` ${head}`}`, ...lines];
  });
