import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultConfig } from "../../../src/config/config.ts";
import { schemaErrors } from "../../../src/config/schema.ts";
import { defaultOf, environmentOf, flagKeyOf, flagOf, settings } from "../../../src/config/setting.ts";

function leaves(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path === "" ? key : `${path}.${key}`));
}

test("every value of a Config is a setting, and every setting a value of it", () => {
  const { engine, ...others } = defaultConfig;
  const expected = [...leaves(engine, ""), ...leaves(others, "")];
  assert.deepEqual(settings.map(({ path }) => path).toSorted(), expected.toSorted());
});

test("the default of every setting passes the schema", () => {
  for (const setting of settings) {
    const tree = setting.path
      .split(".")
      .reduceRight<unknown>((value, key) => ({ [key]: value }), defaultOf(setting));
    assert.deepEqual(schemaErrors(tree), [], setting.path);
  }
});

test("flags, their keys and variables are told from one another", () => {
  for (const name of [flagOf, flagKeyOf, environmentOf])
    assert.equal(new Set(settings.map(name)).size, settings.length);
});

test("flags and variables are named after the path", () => {
  const named = (path: string) => {
    const setting = settings.find((candidate) => candidate.path === path);
    assert.ok(setting);
    return [flagOf(setting), flagKeyOf(setting), environmentOf(setting)];
  };
  assert.deepEqual(named("server.metricsPort"), [
    "--metrics-port",
    "metricsPort",
    "SELDON_AMBASSADOR_WEBHOOK_SERVER_METRICS_PORT",
  ]);
  assert.deepEqual(named("seldon.operatorVersion"), [
    "--seldon-operator-version",
    "seldonOperatorVersion",
    "SELDON_AMBASSADOR_WEBHOOK_SELDON_OPERATOR_VERSION",
  ]);
});

test("what a setting must be and what it means is said of each", () => {
  for (const { path, description, form } of settings) {
    assert.notEqual(description, "", path);
    assert.doesNotMatch(form, /^must|\.$/, path);
  }
});
