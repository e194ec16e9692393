import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { xmlOf } from "../../../src/policy-test/xml.ts";
import { readXml } from "../../support/xml.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML has no place for
const unfit = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

const readable = (text: string): string => text.toWellFormed().replace(unfit, "\ufffd");

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  // Lone surrogates too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom("]]>", "<!--", "&lt;", "a\tb\r\nc", "\"'&<>", "\u0085\u2028\ud800", "<![CDATA[x]]>"),
);

test("a reader finds the very texts, as far as XML can hold them", () => {
  fc.assert(
    fc.property(texts, texts, (attribute, content) => {
      const root = readXml(
        xmlOf({ name: "a", attributes: { b: attribute }, content: [{ name: "c", attributes: {}, content }] }),
      );
      assert.equal(root.attributes.b, readable(attribute));
      assert.equal(root.children[0]?.text, readable(content));
    }),
    { numRuns: 2000 },
  );
});

test("the reader of these tests refuses what is not well-formed", () => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  for (const body of [
    "<a>",
    "<a></b>",
    "<a/><b/>",
    "<a b=c/>",
    '<a b="<"/>',
    "<a>&x;</a>",
    "<a>&</a>",
    "<a>\u0001</a>",
    "<a>&#1;</a>",
    '<a b="" b=""/>',
  ])
    assert.throws(() => readXml(`${head}${body}\n`), body);
});
