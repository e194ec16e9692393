const step = "  ";
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

// JSON has escapes that YAML lacks, and allows characters that YAML forbids or takes for line breaks.
const escapes =
  /\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u[dD][89a-fA-F]\w\w|\\.|[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

const safely = (text: string): string =>
  text.replace(escapes, (part) => {
    if (part === "\\/") return "/";
    if (/^\\u[dD]/.test(part)) return JSON.parse(`"${part}"`).toWellFormed();
    if (part.startsWith("\\")) return part;
    return `\\u${part.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });

const opens = (part: string): boolean => part === "{" || part === "[";
const closes = (part: string): boolean => part === "}" || part === "]";

function spaceBetween(previous: string, part: string, depth: number): string {
  const line = `\n${step.repeat(depth)}`;
  if (closes(part)) return opens(previous) ? "" : line;
  if (opens(previous) || previous === ",") return line;
  return previous === ":" ? " " : "";
}

/** Lays JSON out over indented lines that YAML reads to the same value; numbers keep their digits. */
export function jsonAsYaml(text: string): string {
  let result = "";
  let depth = 0;
  let previous = "";
  for (const [part] of text.matchAll(token)) {
    if (closes(part)) depth -= 1;
    result += spaceBetween(previous, part, depth) + (part.startsWith('"') ? safely(part) : part);
    if (opens(part)) depth += 1;
    previous = part;
  }
  return `${result}\n`;
}
