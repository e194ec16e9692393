/** An element of XML: its attributes, and the elements or the text within. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly content?: readonly Element[] | string;
}

// What is no Char of XML 1.0 cannot stand there even as a reference: https://www.w3.org/TR/xml/#charsets
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
const unfit = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** A text for use between tags or quotes, in which a reader finds what stands here, line breaks included. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(unfit, "\ufffd")
    .replace(/[&<>"]/g, (char) => references[char] ?? char)
    .replace(/[\t\n\r\u0085\u2028]/g, (char) => `&#${char.charCodeAt(0)};`);

function lines({ name, attributes, content = [] }: Element, indent: string): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const open = `${indent}<${name}${list.join("")}`;
  if (typeof content === "string") return `${open}>${escaped(content)}</${name}>\n`;
  if (content.length === 0) return `${open}/>\n`;
  return `${open}>\n${content.map((each) => lines(each, `${indent}  `)).join("")}${indent}</${name}>\n`;
}

/** A document. Whatever the texts hold, it is well-formed. */
export const xmlOf = (root: Element): string => `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, "")}`;
