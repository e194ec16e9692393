import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseConfiguration } from "../../../src/mapping/custom.ts";
import { isUpgraded, upgradeText } from "../../../src/mapping/upgrade.ts";

const rest = "kind: Mapping\nname: iris\nprefix: /flowers/\nservice: iris-main:8000\n";

/** The text without the line that tells of the upgrade. */
function bodyOf(text: string): string {
  const upgraded = upgradeText(text);
  assert.ok(upgraded !== undefined && isUpgraded(upgraded));
  return upgraded.slice(upgraded.indexOf("\n") + 1);
}

describe("only the apiVersion changes", () => {
  const changed: readonly [string, string][] = [
    ["ambassador/v0", "getambassador.io/v2"],
    ["ambassador/v1", "getambassador.io/v2"],
    ["getambassador.io/v1  # since 2019", "getambassador.io/v2  # since 2019"],
    ['"ambassador/v1"', '"getambassador.io/v2"'],
    ["'ambassador/v1'", "'getambassador.io/v2'"],
    ["   ambassador/v1", "   getambassador.io/v2"],
    ["!!str ambassador/v1", "!!str getambassador.io/v2"],
  ];
  for (const [before, after] of changed)
    test(before, () => {
      assert.equal(bodyOf(`apiVersion: ${before}\n${rest}`), `apiVersion: ${after}\n${rest}`);
    });

  test("in a flow map, with Windows line ends, behind a directive", () => {
    const flow =
      '%YAML 1.1\r\n--- # one\r\n{ apiVersion: ambassador/v1, kind: Mapping, name: a, prefix: /a/, service: "a" }\r\n...\r\n';
    assert.equal(bodyOf(flow), flow.replace("ambassador/v1", "getambassador.io/v2"));
  });

  test("in the outdated documents alone", () => {
    const text = `# mine\n---\napiVersion: getambassador.io/v2\n${rest}---\n---\napiVersion: ambassador/v1\n${rest}`;
    assert.equal(bodyOf(text), text.replace("ambassador/v1", "getambassador.io/v2"));
  });

  test("of two equal keys the last", () => {
    const text = `apiVersion: ambassador/v0\n${rest}apiVersion: ambassador/v1\n`;
    assert.equal(bodyOf(text), text.replace("ambassador/v1", "getambassador.io/v2"));
  });

  test("in the form of a Kubernetes object", () => {
    const text = "apiVersion: ambassador/v1\nkind: TLSContext\nmetadata: { name: a }\nspec: { secret: b }\n";
    assert.equal(bodyOf(text), text.replace("ambassador/v1", "getambassador.io/v2"));
  });
});

test("an upgraded text stays as it is, and a second upgrade keeps one line", () => {
  const once = upgradeText(`apiVersion: ambassador/v1\n${rest}`);
  assert.ok(once);
  assert.equal(upgradeText(once), undefined);
  const twice = upgradeText(`${once}---\napiVersion: ambassador/v1\n${rest.replace("iris", "roses")}`);
  assert.equal(twice?.match(/upgraded by/g)?.length, 1);
});

describe("left alone is", () => {
  const alone: readonly [string, string][] = [
    ["a current version", `apiVersion: getambassador.io/v2\n${rest}`],
    ["a version of nobody", `apiVersion: ambassador/v9\n${rest}`],
    ["what v2 does not take", `apiVersion: ambassador/v1\n${rest}add_request_headers: { a: true }\n`],
    ["an unknown field", `apiVersion: ambassador/v1\n${rest}weigth: 1\n`],
    ["a Mapping without a prefix", "apiVersion: ambassador/v1\nkind: Mapping\nname: a\nservice: b\n"],
    ["another kind", "apiVersion: ambassador/v1\nkind: Module\nname: ambassador\n"],
    ["a version that is spelled with escapes", `apiVersion: "ambassador\\x2Fv1"\n${rest}`],
    ["a version in a block", `apiVersion: >-\n  ambassador/v1\n${rest}`],
    ["an alias", `host: &v ambassador/v1\napiVersion: *v\n${rest}`],
    ["a version that is used elsewhere", `apiVersion: &v ambassador/v1\nhost: *v\n${rest}`],
    ["broken YAML", `apiVersion: ambassador/v1\n${rest}a: [`],
    ["a byte order mark", `\ufeffapiVersion: ambassador/v1\n${rest}`],
    ["no map", "- ambassador/v1\n"],
    ["nothing", ""],
  ];
  for (const [what, text] of alone)
    test(what, () => {
      assert.equal(upgradeText(text), undefined);
    });
});

test("the line that tells of it holds nothing that a carrier would choke on", () => {
  const [line = ""] = upgradeText(`apiVersion: ambassador/v1\n${rest}`)?.split("\n") ?? [];
  assert.doesNotMatch(line, /[=$]/);
  assert.equal(parseConfiguration(`${line}\n`).documents.length, 0);
});
