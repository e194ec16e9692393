import assert from "node:assert/strict";

/** An element as a strict reader of XML 1.0 finds it. */
export interface ReadElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly ReadElement[];
  /** The text between its children. */
  readonly text: string;
}

// https://www.w3.org/TR/xml/#charsets
const isChar = (code: number): boolean =>
  code === 0x9 ||
  code === 0xa ||
  code === 0xd ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff);

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Replaces references; a bare ampersand and a reference to what is no character are errors. */
const unescaped = (text: string): string =>
  text.replace(/&([^;]*;?)/g, (whole, body: string) => {
    const reference = body.endsWith(";") ? body.slice(0, -1) : assert.fail(`a bare ampersand: ${whole}`);
    if (reference in named) return named[reference] ?? "";
    const [, decimal] = /^#(\d+)$/.exec(reference) ?? assert.fail(`an unknown reference: ${whole}`);
    assert.ok(isChar(Number(decimal)), whole);
    return String.fromCodePoint(Number(decimal));
  });

/** A reader normalises bare line breaks and tabs in attributes to spaces. */
const attributeValue = (text: string): string => unescaped(text.replace(/[\t\n\r]/g, " "));

const tag = /<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>/y;
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Reads a document of elements, attributes and text, and nothing else that XML knows. Throws where it is not well-formed. */
export function readXml(document: string): ReadElement {
  for (const char of document)
    assert.ok(isChar(char.codePointAt(0) ?? 0), `U+${char.codePointAt(0)?.toString(16)}`);
  assert.ok(document.startsWith(declaration));
  const root = { name: "", attributes: {}, children: [] as ReadElement[], text: "" };
  const open = [root];
  let at = declaration.length;
  while (at < document.length) {
    const parent = open.at(-1) ?? assert.fail("an end without a beginning");
    const next = document.indexOf("<", at);
    const text = document.slice(at, next < 0 ? document.length : next);
    assert.ok(!text.includes("]]>"));
    parent.text += unescaped(text.replace(/\r\n?/g, "\n"));
    if (next < 0) break;
    tag.lastIndex = next;
    const [whole, end, name = "", list = "", empty] =
      tag.exec(document) ?? assert.fail(document.slice(next, next + 80));
    at = next + whole.length;
    if (end === "/") {
      assert.equal(parent.name, name);
      open.pop();
      continue;
    }
    const pairs = [...list.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
      key,
      attributeValue(value),
    ]);
    const element = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
    assert.equal(Object.keys(element.attributes).length, pairs.length, "an attribute stands twice");
    parent.children.push(element);
    if (empty !== "/") open.push(element);
  }
  assert.deepEqual([open.length, root.children.length, root.text.trim()], [1, 1, ""]);
  return root.children[0] ?? assert.fail();
}
