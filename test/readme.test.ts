import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { rulePages, ruleTable } from "./support/rule-docs.ts";
import { settingTable } from "./support/setting-docs.ts";

const generated = [
  { file: "README.md", name: "rules", text: ruleTable() },
  { file: "README.md", name: "settings", text: settingTable() },
  { file: "src/rules/README.md", name: "rules", text: rulePages() },
];

for (const { file, name, text } of generated) {
  test(`${file}: the generated part "${name}" is current`, () => {
    const page = readFileSync(file, "utf8");
    const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
    const [head, rest] = page.split(begin);
    const tail = rest?.split(end)[1];
    assert.ok(head !== undefined && tail !== undefined, `${file} has no part "${name}"`);
    const expected = `${head}${begin}${text}${end}${tail}`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, expected);
    else assert.equal(page, expected);
  });
}
