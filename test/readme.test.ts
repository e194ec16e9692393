import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { readPolicy } from "../src/policy-file/read.ts";
import { readTest } from "../src/policy-test/read.ts";
import { metricTable } from "./support/metric-docs.ts";
import {
  policySchemaText,
  policyTable,
  policyTestSchemaText,
  policyTestTable,
} from "./support/policy-docs.ts";
import { limitTable, rulePages, ruleTable } from "./support/rule-docs.ts";
import { settingTable } from "./support/setting-docs.ts";
import { variableTable } from "./support/variable-docs.ts";

const update = Boolean(process.env.UPDATE_GOLDEN);

/** Compares a page, or rewrites it under UPDATE_GOLDEN=1. */
function settle(file: string, actual: string, expected: string): void {
  if (update) writeFileSync(file, expected);
  else assert.equal(actual, expected);
}

const generated = [
  { file: "README.md", name: "rules", text: ruleTable() },
  { file: "README.md", name: "settings", text: settingTable() },
  { file: "README.md", name: "metrics", text: metricTable() },
  { file: "README.md", name: "limits", text: limitTable() },
  { file: "README.md", name: "policy", text: policyTable() },
  { file: "README.md", name: "variables", text: variableTable() },
  { file: "README.md", name: "policy tests", text: policyTestTable() },
  { file: "src/rules/README.md", name: "rules", text: rulePages() },
];

for (const { file, name, text } of generated) {
  test(`${file}: the generated part "${name}" is current`, () => {
    const page = readFileSync(file, "utf8");
    const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
    const [head, rest] = page.split(begin);
    const tail = rest?.split(end)[1];
    assert.ok(head !== undefined && tail !== undefined, `${file} has no part "${name}"`);
    settle(file, page, `${head}${begin}${text}${end}${tail}`);
  });
}

test("manifests/policy.schema.json is what a policy is checked by", () => {
  const file = "manifests/policy.schema.json";
  settle(file, existsSync(file) ? readFileSync(file, "utf8") : "", policySchemaText());
  const isPolicy = new Ajv({ strict: true, strictRequired: false, strictTypes: false }).compile(
    JSON.parse(policySchemaText()),
  );
  for (const name of readdirSync("manifests/examples/policies").filter((each) => each.endsWith(".yaml"))) {
    const text = readFileSync(`manifests/examples/policies/${name}`, "utf8");
    assert.equal(readPolicy(text).problems, undefined, name);
    assert.ok(isPolicy(parse(text)), name);
  }
});

test("manifests/policy-test.schema.json is what a policy test is checked by", () => {
  const file = "manifests/policy-test.schema.json";
  settle(file, existsSync(file) ? readFileSync(file, "utf8") : "", policyTestSchemaText());
  const isTest = new Ajv({ strict: true, strictRequired: false, strictTypes: false }).compile(
    JSON.parse(policyTestSchemaText()),
  );
  const folder = "manifests/examples/policies/tests";
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".test.yaml"))) {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    assert.equal(readTest(text).problems, undefined, name);
    assert.ok(isTest(parse(text)), `${name}: ${JSON.stringify(isTest.errors)}`);
  }
});

test("README.md: the examples print what the program prints", () => {
  const page = readFileSync("README.md", "utf8");
  let count = 0;
  const expected = page.replace(
    /<!-- run -->\n```console\n\$ npx seldon-ambassador-webhook ([^\n]*)\n[\s\S]*?```/g,
    (_, command: string) => {
      count++;
      const { stdout } = spawnSync(process.execPath, ["dist/main.js", ...command.split(" ")], {
        encoding: "utf8",
      });
      return `<!-- run -->\n\`\`\`console\n$ npx seldon-ambassador-webhook ${command}\n${stdout}\`\`\``;
    },
  );
  assert.equal(count, 3);
  settle("README.md", page, expected);
});

test("README.md: the policies are sound", () => {
  const head = "apiVersion: seldon-ambassador-webhook/v1alpha1\nkind: Policy\n";
  const blocks = [...readFileSync("README.md", "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, text = ""]) => (text.startsWith("checks:") ? head + text : text))
    .filter((text) => /^kind: Policy$/m.test(text));
  assert.equal(blocks.length, 2);
  for (const text of blocks) assert.deepEqual(readPolicy(text).problems, undefined);
});
