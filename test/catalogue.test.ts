import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { catalogue } from "../src/rules/catalogue.ts";
import { retired } from "../src/rules/retired.ts";
import { caseIds } from "./support/cases.ts";

const ids = catalogue.map(({ id }) => id);

test("ids are unique and in kebab-case", () => {
  assert.deepEqual(ids, [...new Set(ids)]);
  for (const id of ids) assert.match(id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
});

test("the catalogue holds every rule file, each under its topic and named by its id", () => {
  const files = readdirSync(new URL("../src/rules/", import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: topic }) =>
      readdirSync(new URL(`../src/rules/${topic}/`, import.meta.url)).map((file) => `${topic}/${file}`),
    );
  assert.deepEqual(catalogue.map(({ id, topic }) => `${topic}/${id}.ts`).sort(), files.sort());
});

test("no retired id is used again", () => {
  assert.deepEqual(
    ids.filter((id) => retired.has(id)),
    [],
  );
});

test("the docs are sentences", () => {
  for (const { id, docs } of catalogue)
    for (const [part, text] of Object.entries(docs)) {
      assert.match(text, /^[A-Z]|^gRPC |^ssl\.|^spec\./, `${id}: ${part} begins a sentence`);
      assert.match(text, /[^.…]\.$/, `${id}: ${part} ends in a full stop`);
      assert.doesNotMatch(text, /\n/, `${id}: ${part} is one line`);
    }
});

for (const { id, severity } of catalogue)
  test(`${id} has a case that fails and one that passes`, () => {
    const names = caseIds()
      .filter((each) => each.startsWith(`${id}/`))
      .map((each) => each.slice(id.length + 1));
    const failing = severity === "error" ? "rejects-" : "warns-";
    assert.ok(
      names.some((name) => name.startsWith(failing)),
      `no ${failing}….yaml in test/rules/${id}/`,
    );
    assert.ok(
      names.some((name) => name.startsWith("accepts-")),
      `no accepts-….yaml in test/rules/${id}/`,
    );
  });

test("every folder of cases belongs to a rule", () => {
  const folders = new Set(caseIds().map((id) => id.split("/")[0]));
  assert.deepEqual(
    [...folders].filter((folder) => !ids.includes(folder ?? "")),
    [],
  );
});
