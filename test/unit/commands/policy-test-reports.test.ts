import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { deploymentText as deployment } from "../../support/policies.ts";
import { runProgram, testFolder } from "../../support/program.ts";
import { type ReadElement, readXml } from "../../support/xml.ts";

const policy = `apiVersion: seldon-ambassador-webhook/v1alpha1
kind: Policy
defaults:
  - { retries: 2, restTimeout: 5000 }
  - namespaces: [play]
    retries: 5
rules:
  - severity:
      annotation-empty: off
      predictor-traffic-sum: error
  - namespaces: [play]
    severity: { predictor-traffic-sum: warning }
limits:
  - restTimeout: { min: 1000, max: 60000 }
  - namespaces: [play]
    restTimeout: { max: 10000 }
  - namespaces: [slow]
    restTimeout: { max: 90000 }
checks:
  - name: few-predictors
    expression: object.spec.predictors.size() < 3
    message: a few are enough
exemptions:
  - reason: under repair
    namespaces: [models]
    users: [alice]
breakGlass: { groups: [oncall] }
`;

const good = deployment([100]);
const wrong = deployment([60, 50]);
const timeout = (ms: number): string => deployment([100], { "seldon.io/rest-timeout": String(ms) });
const header = deployment([100], { "seldon.io/ambassador-header": "" });

const testOf = (...cases: readonly string[]): string =>
  `apiVersion: seldon-ambassador-webhook/v1alpha1\nkind: PolicyTest\npolicy: policy.yaml\ncases:\n${cases.map((each) => `  - { ${each} }\n`).join("")}`;

const allowed = (more = "") => `expect: { allowed: true${more} }`;
const denied = (rule: string) => `expect: { allowed: false, errors: [${rule}] }`;

/** Cases that meet all that the policy says, by what each meets. */
const whole: Readonly<Record<string, string>> = {
  "9: the severity of annotation-empty": `name: off, namespace: models, object: ${header}, ${allowed()}`,
  "10: the severity of predictor-traffic-sum": `name: error, namespace: models, object: ${wrong}, ${denied("predictor-traffic-sum")}`,
  "12: the severity of predictor-traffic-sum": `name: warning, namespace: play, object: ${wrong}, ${allowed(", warnings: [predictor-traffic-sum]")}`,
  "14: the limit of restTimeout.min": `name: min, namespace: models, object: ${timeout(1)}, ${denied("limits/rest-timeout")}`,
  "14: the limit of restTimeout.max": `name: max, namespace: models, object: ${timeout(70000)}, ${denied("limits/rest-timeout")}`,
  "16: the limit of restTimeout.max": `name: less in play, namespace: play, object: ${timeout(20000)}, ${denied("limits/rest-timeout")}`,
  "18: the limit of restTimeout.max": `name: more in slow, namespace: slow, object: ${timeout(80000)}, ${allowed()}`,
  "20: the check checks/few-predictors": `name: few, namespace: models, object: ${deployment([40, 30, 30])}, ${denied("checks/few-predictors")}`,
  '24: the exemption "under repair"': `name: exempt, namespace: models, user: alice, object: ${wrong}, ${allowed(", warnings: [predictor-traffic-sum]")}`,
  "27: the break-glass": `name: oncall, namespace: models, groups: [oncall], object: ${deployment([60, 50], { "seldon-ambassador-webhook/break-glass": "now" })}, ${allowed(", warnings: [predictor-traffic-sum]")}`,
  "4: the default of seldon.io/ambassador-retries": `name: retries, namespace: models, object: ${good}, ${allowed(', annotations: { seldon.io/ambassador-retries: "2" }')}`,
  "4: the default of restTimeout": `name: timeout, namespace: models, object: ${good}, ${allowed(', patched: { metadata: { annotations: { seldon.io/rest-timeout: "5000" } } }')}`,
  "6: the default of seldon.io/ambassador-retries": `name: more in play, namespace: play, object: ${good}, ${allowed(', annotations: { seldon.io/ambassador-retries: "5" }')}`,
};
const cases = Object.entries(whole);

async function run(t: TestContext, files: Readonly<Record<string, string>>, ...flags: string[]) {
  const folder = testFolder(t);
  for (const [name, text] of Object.entries({ "policy.yaml": policy, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { code, stdout, stderr } = await runProgram(["policy", "test", ...flags, folder]);
  const settled = (text: string): string => text.replaceAll(`${folder}/`, "");
  return { code, stdout: settled(stdout), stderr: settled(stderr) };
}

const untestedIn = (stdout: string): string[] =>
  [...stdout.matchAll(/^untested: (.*)$/gm)].map(([, line = ""]) =>
    line.replace("policy.yaml:", "").replace("no case meets ", ""),
  );

describe("--require-tests", () => {
  test("is content when every statement of the policy is met", async (t) => {
    const { code, stdout } = await run(
      t,
      { "a.test.yaml": testOf(...cases.map(([, each]) => each)) },
      "--require-tests",
    );
    assert.deepEqual([untestedIn(stdout), code], [[], 0], stdout);
  });

  // An exempted error is met as well.
  const alone = cases.filter(([what]) => !what.startsWith("10:"));
  for (const [what] of alone)
    test(`tells when only ${what} has no case`, async (t) => {
      const others = cases.filter(([key]) => key !== what).map(([, each]) => each);
      const { code, stdout } = await run(t, { "a.test.yaml": testOf(...others) }, "--require-tests");
      assert.deepEqual([untestedIn(stdout), code], [[what], 1], stdout);
      assert.match(stdout, /FAIL: \d+ cases in 1 file, 1 without a case\n$/);
    });

  test("cases of several files count together; without it nothing is asked", async (t) => {
    const files = Object.fromEntries(cases.map(([, each], index) => [`${index}.test.yaml`, testOf(each)]));
    assert.equal((await run(t, files, "--require-tests")).code, 0);
    assert.equal((await run(t, { "a.test.yaml": testOf(cases[0]?.[1] ?? "") })).code, 0);
  });

  test("what the author writes by chance is no default, and what a failed case meets does not count", async (t) => {
    const chance = `name: a, namespace: models, object: ${deployment([100], { "seldon.io/ambassador-retries": "2" })}, ${allowed(', annotations: { seldon.io/ambassador-retries: "2" }')}`;
    const failed = `name: b, namespace: models, object: ${good}, ${allowed(', annotations: { seldon.io/ambassador-retries: "2", a: b }')}`;
    for (const each of [chance, failed]) {
      const { stdout } = await run(t, { "a.test.yaml": testOf(each) }, "--require-tests");
      assert.ok(untestedIn(stdout).includes("4: the default of seldon.io/ambassador-retries"), stdout);
    }
  });

  test("with atLeast only what is named counts", async (t) => {
    const vague = `name: a, namespace: play, object: ${wrong}, ${allowed(", atLeast: true")}`;
    const { stdout } = await run(t, { "a.test.yaml": testOf(vague) }, "--require-tests");
    assert.ok(untestedIn(stdout).includes("12: the severity of predictor-traffic-sum"));
    const named = vague.replace("atLeast: true", "atLeast: true, warnings: [predictor-traffic-sum]");
    const { stdout: met } = await run(t, { "a.test.yaml": testOf(named) }, "--require-tests");
    assert.ok(!untestedIn(met).includes("12: the severity of predictor-traffic-sum"));
  });

  test("a policy that no test names", async (t) => {
    const files = { "a.test.yaml": testOf(...cases.map(([, each]) => each)), "other.yaml": policy };
    const { code, stdout } = await run(t, files, "--require-tests");
    assert.equal(code, 1);
    assert.match(stdout, /^untested: other\.yaml:1: no test names this policy$/m);
  });
});

const hostile = '<&>"\u001b[31m ]]> ' + "\u2028";
const failing = `name: ${JSON.stringify(hostile)}, namespace: models, object: ${wrong}, ${allowed()}`;
const files = { "a.test.yaml": testOf(failing, cases[1]?.[1] ?? ""), "b.test.yaml": "kind: [\n" };

describe("-o json", () => {
  test("is one document, whatever came of the run", async (t) => {
    const { code, stdout } = await run(t, files, "-o", "json", "--require-tests");
    const report = JSON.parse(stdout);
    assert.equal(code, 2);
    assert.deepEqual(report.summary, { files: 1, cases: 2, passed: 1, failed: 1, unusable: 1, untested: 12 });
    const [first] = report.files[0].cases;
    assert.deepEqual([first.name, first.passed, first.line, first.column], [hostile, false, 5, 5]);
    assert.deepEqual(first.differences, [
      { field: "allowed", expected: "allowed", found: "denied by predictor-traffic-sum" },
    ]);
    assert.equal(first.findings[0].rule, "predictor-traffic-sum");
    assert.match(report.unusable[0].problems[0], /^b\.test\.yaml:\d+:\d+: /);
    assert.deepEqual(report.untested[0].statements[0], {
      kind: "default",
      id: "restTimeout",
      line: 4,
    });
  });
});

describe("-o junit", () => {
  const suitesOf = (root: ReadElement) =>
    root.children.map(({ attributes, children }) => [
      attributes.name,
      attributes.tests,
      attributes.failures,
      attributes.errors,
      children.length,
    ]);

  test("is well-formed, and counts what it holds", async (t) => {
    const { code, stdout } = await run(t, files, "-o", "junit", "--require-tests");
    assert.equal(code, 2);
    const root = readXml(stdout);
    assert.deepEqual(suitesOf(root), [
      ["a.test.yaml", "2", "1", "0", 2],
      ["b.test.yaml", "1", "0", "1", 1],
      ["policy.yaml (tested)", "12", "12", "0", 12],
    ]);
    assert.deepEqual(
      [root.attributes.tests, root.attributes.failures, root.attributes.errors],
      ["15", "13", "1"],
    );
    const [failed, passed] = root.children[0]?.children ?? [];
    assert.equal(failed?.attributes.name, hostile.replace("\u001b", "\ufffd"));
    assert.equal(failed?.children[0]?.name, "failure");
    assert.match(
      failed?.children[0]?.text ?? "",
      /^a\.test\.yaml:5\nallowed: expected allowed, found denied by predictor-traffic-sum\nfound error: /,
    );
    assert.deepEqual(passed?.children, []);
    assert.equal(root.children[1]?.children[0]?.children[0]?.name, "error");
  });

  test("of a run that passed, holds neither failure nor error", async (t) => {
    const { code, stdout, stderr } = await run(
      t,
      { "a.test.yaml": testOf(cases[1]?.[1] ?? "") },
      "-o",
      "junit",
    );
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(suitesOf(readXml(stdout)), [["a.test.yaml", "1", "0", "0", 1]]);
  });
});

test("a hostile name cannot reach the terminal as a command", async (t) => {
  const { stdout } = await run(t, { "a.test.yaml": testOf(failing) });
  for (const char of ["\u001b", "\u2028"]) assert.ok(!stdout.includes(char), stdout);
});
