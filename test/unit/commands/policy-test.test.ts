import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { deploymentText as deployment } from "../../support/policies.ts";
import { runProgram, testFolder } from "../../support/program.ts";

const policy = `apiVersion: seldon-ambassador-webhook/v1alpha1
kind: Policy
metadata: { name: cases }
defaults:
  - retries: 2
  - namespaceSelector: { matchLabels: { team: search } }
    ambassadorId: search
rules:
  - severity: { header-form: off, predictor-traffic-sum: error }
  - namespaces: [play]
    severity: { predictor-traffic-sum: warning }
exemptions:
  - reason: under repair
    namespaces: [models]
    users: [alice]
    expires: 2027-01-31
breakGlass: { groups: [oncall] }
`;

const head = "apiVersion: seldon-ambassador-webhook/v1alpha1\nkind: PolicyTest\npolicy: policy.yaml\n";

/** A test of cases, each the fields of a map in YAML's flow style. */
const testOf = (...cases: readonly string[]): string =>
  `${head}namespaces: { models: {}, play: {}, seek: { team: search } }\ncases:\n${cases.map((each) => `  - { ${each} }\n`).join("")}`;

const good = deployment([100]);
const wrong = deployment([60, 50]);
const passing = `name: passes, namespace: models, object: ${good}, expect: { allowed: true }`;
const denied = `name: is denied, namespace: models, object: ${wrong}, expect: { allowed: false, errors: [predictor-traffic-sum] }`;
const failing = `name: fails, namespace: models, object: ${wrong}, expect: { allowed: true }`;

/** A folder with a policy and these files. */
function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = testFolder(t);
  for (const [name, text] of Object.entries({ "policy.yaml": policy, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const run = async (t: TestContext, files: Readonly<Record<string, string>>, ...flags: string[]) => {
  const folder = folderWith(t, files);
  const { code, stdout, stderr } = await runProgram(["policy", "test", ...flags, folder]);
  const settled = (text: string): string => text.replaceAll(`${folder}/`, "").replace(/\d+\.\d{3}s/g, "0s");
  return { code, stdout: settled(stdout), stderr: settled(stderr) };
};

/** One case alone, whose failure is printed. */
const runCase = async (t: TestContext, fields: string, ...flags: string[]) =>
  run(t, { "a.test.yaml": testOf(fields) }, ...flags);

describe("policy test", () => {
  test("says of each file that all passed", async (t) => {
    const files = {
      "a.test.yaml": testOf(passing, denied),
      "deep/b.yaml": testOf(passing).replace("policy.yaml", "../policy.yaml"),
    };
    assert.deepEqual(await run(t, files), {
      code: 0,
      stdout: "ok  \ta.test.yaml\t0s\nok  \tdeep/b.yaml\t0s\nPASS: 3 cases in 2 files\n",
      stderr: "",
    });
  });

  test("names the place of a case that failed, what was expected and what was found", async (t) => {
    const { code, stdout } = await run(t, { "a.test.yaml": testOf(passing, failing) });
    assert.equal(code, 1);
    assert.equal(
      stdout,
      `--- FAIL: fails (0s)
    a.test.yaml:7:5
    allowed: expected allowed, found denied by predictor-traffic-sum
    found:
      error: spec.predictors: Invalid value: […]: the traffic of the live predictors totals 110, not 100 [predictor-traffic-sum]
        fix: Make the traffic of all predictors without shadow total 100.
FAIL\ta.test.yaml\t0s
FAIL: 2 cases in 1 file, 1 failed
`.replace(
        / {6}error: .*\n.*\n/,
        (stdout.match(/ {6}error: spec.*\[predictor-traffic-sum\]\n {8}fix: .*\n/) ?? [""])[0],
      ),
    );
    assert.match(stdout, / {6}error: spec\.predictors.*110.*\[predictor-traffic-sum\]\n {8}fix: /);
  });

  test("--verbose names every case, --fail-only none that passed", async (t) => {
    const files = { "a.test.yaml": testOf(passing), "b.test.yaml": testOf(failing) };
    const verbose = await run(t, files, "--verbose");
    assert.match(
      verbose.stdout,
      /^=== RUN {3}passes\n--- PASS: passes \(0s\)\nok {2}\ta\.test\.yaml\t0s\n=== RUN {3}fails\n--- FAIL/,
    );
    const failOnly = await run(t, files, "--fail-only");
    assert.doesNotMatch(failOnly.stdout, /passes|ok|a\.test/);
    assert.match(failOnly.stdout, /^--- FAIL: fails[\s\S]*FAIL: 2 cases in 2 files, 1 failed\n$/);
    assert.deepEqual(await run(t, { "a.test.yaml": testOf(passing) }, "--fail-only"), {
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("--run takes the cases whose names match, and it is an error when none does", async (t) => {
    const files = { "a.test.yaml": testOf(passing, failing), "b.test.yaml": testOf(denied) };
    const { code, stdout } = await run(t, files, "-v", "--run", "^(passes|is denied)$");
    assert.deepEqual(
      [code, [...stdout.matchAll(/RUN {3}(.*)/g)].map(([, name]) => name)],
      [0, ["passes", "is denied"]],
    );
    const none = await run(t, files, "--run", "nothing of the kind");
    assert.deepEqual([none.code, none.stderr], [2, 'error: no case matches --run "nothing of the kind"\n']);
  });

  test("standard input is a test whose paths begin at the current folder", async () => {
    // There is none in these tests: an empty text is no test.
    const { code, stderr } = await runProgram(["policy", "test", "-"]);
    assert.deepEqual(
      [code, stderr],
      [2, "error: <stdin>:1:1: Invalid value: null: must be a map of fields\n"],
    );
  });

  for (const [what, flags, message] of [
    ["--verbose with --fail-only", ["-v", "--fail-only"], "--verbose and --fail-only contradict each other"],
    [
      "--verbose with JSON",
      ["-v", "-o", "json"],
      "--verbose and --fail-only are for -o text: -o json always says all",
    ],
    [
      "--require-tests with --run",
      ["--require-tests", "--run", "x"],
      "--require-tests takes all cases: leave out --run",
    ],
    ["an expression that is none", ["--run", "a(b"], "--run: error parsing regexp: missing closing ): `a(b`"],
    ["standard input twice", ["-", "-"], "standard input can be read only once"],
  ] as const)
    test(`wrong usage: ${what}`, async (t) => {
      assert.deepEqual(await run(t, { "a.test.yaml": testOf(passing) }, ...flags), {
        code: 2,
        stdout: "",
        stderr: `error: ${message}\n`,
      });
    });
});

describe("policy test finds its files", () => {
  test("a folder without a test is an error, and so is one of several", async (t) => {
    const folder = folderWith(t, { "a.test.yaml": testOf(passing), "other/iris.yaml": good });
    const { code, stdout, stderr } = await runProgram([
      "policy",
      "test",
      join(folder, "a.test.yaml"),
      join(folder, "other"),
    ]);
    assert.deepEqual([code, stderr], [2, `error: ${folder}/other: there is no policy test\n`]);
    assert.match(stdout, /^ok .*\nFAIL: 1 case in 1 file, 1 file unusable\n$/);
  });

  test("a file that does not exist", async (t) => {
    const { code, stderr } = await runProgram(["policy", "test", join(testFolder(t), "none.yaml")]);
    assert.deepEqual(
      [code, stderr.replace(/\/.*\//, "")],
      [2, "error: none.yaml: there is no such file or folder\n"],
    );
  });

  for (const [what, name, text] of [
    ["is called one", "a.test.yaml", good],
    ["has a misspelt kind", "a.yaml", testOf(passing).replace("PolicyTest", "PolicyTests")],
    [
      "has a misspelt kind in JSON",
      "a.json",
      '{"apiVersion":"seldon-ambassador-webhook/v1alpha1","kind":"policytest"}',
    ],
    ["is not YAML", "a.yaml", `${testOf(passing)}\n  - [`],
  ] as const)
    test(`what ${what} is not passed over`, async (t) => {
      const { code, stderr } = await run(t, { [name]: text });
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`^error: ${name}:\\d+:\\d+: `));
    });

  test("policies, their ConfigMaps, objects and what is no text are passed over", async (t) => {
    const folder = folderWith(t, {
      "a.test.yaml": testOf(passing),
      "map.yaml": `apiVersion: v1\nkind: ConfigMap\ndata:\n  policy.yaml: |\n${policy.replace(/^/gm, "    ")}`,
      "iris.json": good,
    });
    writeFileSync(join(folder, "noise.yaml"), Buffer.from([0xff, 0xfe, 0]));
    assert.equal((await runProgram(["policy", "test", folder])).code, 0);
  });

  test("a file that is reached twice is run once", async (t) => {
    const folder = folderWith(t, { "a.test.yaml": testOf(passing) });
    symlinkSync("a.test.yaml", join(folder, "b.test.yaml"));
    const { code, stdout } = await runProgram(["policy", "test", folder, join(folder, "a.test.yaml")]);
    assert.deepEqual([code, /PASS: .*/.exec(stdout)?.[0]], [0, "PASS: 1 case in 1 file"]);
  });

  test("other tests are run when one cannot be", async (t) => {
    const { code, stdout, stderr } = await run(t, {
      "a.test.yaml": "kind: [",
      "b.test.yaml": testOf(failing),
    });
    assert.equal(code, 2);
    assert.match(stdout, /FAIL\tb\.test\.yaml[\s\S]*FAIL: 1 case in 1 file, 1 failed, 1 file unusable\n$/);
    assert.match(stderr, /^error: a\.test\.yaml:1:/);
  });
});

describe("what a policy test may not say", () => {
  const object = `object: ${good}`;
  const supported =
    'supported values of a SeldonDeployment: "machinelearning.seldon.io/v1alpha2", "machinelearning.seldon.io/v1alpha3", "machinelearning.seldon.io/v1"';
  for (const [what, fields, message] of [
    ["an unknown field", `${passing}, usre: alice`, "cases[0].usre: unknown field; did you mean user?"],
    ["no expectation", `name: a, ${object}`, "cases[0]: Required value: expect"],
    [
      "a rule that does not exist",
      `name: a, ${object}, expect: { allowed: false, errors: [predictor-trafic-sum] }`,
      "cases[0].expect.errors[0]: unknown rule; did you mean predictor-traffic-sum?",
    ],
    [
      "a denial without a rule",
      `name: a, ${object}, expect: { allowed: false }`,
      "cases[0].expect.allowed: say in errors which rules deny it",
    ],
    [
      "an admission with errors",
      `name: a, ${object}, expect: { allowed: true, errors: [header-form] }`,
      "cases[0].expect.errors: what has errors is not allowed",
    ],
    [
      "a rule twice",
      `name: a, ${object}, expect: { allowed: true, warnings: [header-form, header-form] }`,
      'cases[0].expect.warnings[1]: "header-form" stands twice',
    ],
    [
      "an update of nothing",
      `name: a, ${object}, operation: UPDATE, expect: { allowed: true }`,
      "cases[0].operation: an UPDATE has an oldObject",
    ],
    [
      "a deletion with an old object",
      `name: a, ${object}, oldObject: ${good}, operation: DELETE, expect: { allowed: true }`,
      "cases[0].oldObject: a DELETE has none: what it is about is in object",
    ],
    [
      "a deletion that changes something",
      `name: a, ${object}, operation: DELETE, expect: { allowed: true, annotations: { a: b } }`,
      "cases[0].expect.annotations: a DELETE changes nothing",
    ],
    [
      "a day that does not exist",
      `name: a, ${object}, now: 2027-02-30, expect: { allowed: true }`,
      'cases[0].now: Invalid value: "2027-02-30": must be an RFC 3339 date or time, such as 2027-01-31 or 2027-01-31T12:00:00Z',
    ],
    [
      "a file that is missing",
      "name: a, object: none.yaml, expect: { allowed: true }",
      "cases[0].object: none.yaml: there is no such file or folder",
    ],
    [
      "a file without a deployment",
      "name: a, object: policy.yaml, expect: { allowed: true }",
      "cases[0].object: policy.yaml holds 0 SeldonDeployments: a case is about one",
    ],
    [
      "an object of another kind",
      "name: a, object: { apiVersion: v1, kind: Pod }, expect: { allowed: true }",
      "cases[0].object: must be a SeldonDeployment of machinelearning.seldon.io",
    ],
    [
      "a version that does not exist",
      `name: a, object: ${good.replace("io/v1", "io/v9")}, expect: { allowed: true }`,
      `cases[0].object: apiVersion: Unsupported value: "machinelearning.seldon.io/v9": ${supported}`,
    ],
    [
      "a deployment in the cluster of a version that does not exist",
      `name: a, ${object}, cluster: [${good.replace("io/v1", "io/v9")}], expect: { allowed: true }`,
      `cases[0].cluster[0]: apiVersion: Unsupported value: "machinelearning.seldon.io/v9": ${supported}`,
    ],
    [
      "two namespaces",
      `name: a, namespace: models, object: ${good.replace('"name":"iris"', '"name":"iris","namespace":"play"')}, expect: { allowed: true }`,
      "cases[0]: the object is in namespace play, and the case says models",
    ],
    [
      "standard input as an object",
      "name: a, object: '-', expect: { allowed: true }",
      'cases[0].object: Invalid value: "-": must be the path of a file, or an object',
    ],
    [
      "a deployment in the cluster that could not be stored",
      `name: a, ${object}, cluster: [{ apiVersion: machinelearning.seldon.io/v1, kind: SeldonDeployment, spec: 1 }], expect: { allowed: true }`,
      "cases[0].cluster[0]: spec: must be an object",
    ],
  ] as const)
    test(what, async (t) => {
      const { code, stdout, stderr } = await runCase(t, fields);
      assert.deepEqual([code, stdout], [2, "FAIL: 0 cases in 0 files, 1 file unusable\n"]);
      const [place, ...rest] = stderr.split(": ").slice(1);
      assert.match(place ?? "", /^a\.test\.yaml:6:\d+$/);
      assert.equal(rest.join(": "), `${message}\n`);
    });

  test("a name twice, a policy that is missing or broken", async (t) => {
    const twice = await run(t, { "a.test.yaml": testOf(passing, passing) });
    assert.match(twice.stderr, /^error: a\.test\.yaml:7:7: cases\[1\]\.name: "passes" stands twice\n$/);
    const missing = await run(t, { "a.test.yaml": testOf(passing).replace("policy.yaml", "none.yaml") });
    assert.equal(missing.stderr, "error: none.yaml: cannot be read (no such file)\n");
    const broken = await run(
      t,
      { "a.test.yaml": testOf(passing), "policy.yaml": `${policy}ruels: []\n` },
      "--require-tests",
    );
    assert.doesNotMatch(broken.stdout, /untested/);
    assert.equal(broken.stderr, "error: policy.yaml:18:1: ruels: unknown field; did you mean rules?\n");
    assert.deepEqual([twice.code, missing.code, broken.code], [2, 2, 2]);
  });

  test("a check that the policy does not have", async (t) => {
    const checks = `${policy}checks:\n  - { name: few-predictors, expression: object.spec.predictors.size() < 3, message: a few }\n`;
    const fields = `name: a, object: ${good}, expect: { allowed: false, errors: [checks/few-predictor] }`;
    const { code, stderr } = await run(t, { "a.test.yaml": testOf(fields), "policy.yaml": checks });
    assert.equal(code, 2);
    assert.match(stderr, /errors\[0\]: unknown rule; did you mean checks\/few-predictors\?\n$/);
  });

  test("no cases, two documents, aliases", async (t) => {
    const none = await run(t, { "a.test.yaml": `${head}cases: []\n` });
    assert.match(
      none.stderr,
      /^error: a\.test\.yaml:4:1: cases: Invalid value: \[…\]: must be a list of 1 to 10000\n$/,
    );
    const two = await run(t, { "a.test.yaml": `${testOf(passing)}---\n${testOf(passing)}` });
    assert.match(two.stderr, /: must be one YAML document\n$/);
    const alias = await run(t, { "a.test.yaml": `${head}cases: [{ name: &a x, object: *a }]\n` });
    assert.match(alias.stderr, /: aliases are not read here: write it out\n$/);
  });
});

describe("what a case can show", () => {
  const expectFailure = async (t: TestContext, fields: string, ...lines: string[]) => {
    const { code, stdout } = await runCase(t, fields);
    assert.equal(code, 1, stdout);
    const found = stdout.split("\n").slice(2, 2 + lines.length);
    assert.deepEqual(
      found,
      lines.map((line) => `    ${line}`),
    );
  };
  const expectPass = async (t: TestContext, fields: string) => {
    const { code, stdout, stderr } = await runCase(t, fields);
    assert.equal(code, 0, stdout + stderr);
  };
  const headers = deployment([100], {
    "seldon.io/ambassador-header": "",
    "seldon.io/ambassador-retries": "0",
  });

  test("an admission where a denial was expected", async (t) => {
    await expectFailure(
      t,
      `name: a, namespace: models, object: ${good}, expect: { allowed: false, errors: [predictor-traffic-sum] }`,
      "allowed: expected denied by predictor-traffic-sum, found allowed",
    );
  });

  test("errors of other rules, and more or fewer than expected", async (t) => {
    const base = `name: a, namespace: models, object: ${wrong}, expect: { allowed: false`;
    await expectFailure(
      t,
      `${base}, errors: [header-form] }`,
      "errors: expected header-form, found predictor-traffic-sum",
    );
    await expectFailure(
      t,
      `${base}, errors: [header-form], atLeast: true }`,
      "errors: expected at least header-form, found predictor-traffic-sum",
    );
    await expectPass(t, `${base}, errors: [predictor-traffic-sum] }`);
  });

  test("warnings are exact unless more are welcome", async (t) => {
    const base = `name: a, namespace: models, object: ${headers}, expect: { allowed: true`;
    await expectFailure(t, `${base} }`, "warnings: expected none, found annotation-empty");
    await expectPass(t, `${base}, warnings: [annotation-empty] }`);
    await expectPass(t, `${base}, atLeast: true }`);
  });

  test("messages, as kubectl prints them", async (t) => {
    const base = `name: a, namespace: models, object: ${wrong}, expect: { allowed: false, errors: [predictor-traffic-sum]`;
    await expectPass(t, `${base}, messages: ["spec.predictors", "[predictor-traffic-sum]"] }`);
    await expectFailure(
      t,
      `${base}, messages: ["ask nobody"] }`,
      'messages: expected "ask nobody", found in no finding',
    );
  });

  test("exemptions, who they are for and until when", async (t) => {
    const base = `name: a, namespace: models, object: ${wrong}, user: alice`;
    const warned = "expect: { allowed: true, warnings: [predictor-traffic-sum], exemption: repair }";
    await expectPass(t, `${base}, now: 2027-01-31T23:59:59Z, ${warned}`);
    await expectFailure(
      t,
      `${base}, now: 2027-02-01, ${warned}`,
      "allowed: expected allowed, found denied by predictor-traffic-sum",
    );
    await expectFailure(
      t,
      `name: a, namespace: models, object: ${good}, expect: { allowed: true, exemption: repair }`,
      'exemption: expected "repair", found none',
    );
  });

  test("labels of namespaces, in the test or of Namespace objects; nobody's are no answer", async (t) => {
    const id = (expected: string) =>
      `expect: { allowed: true, annotations: { seldon.io/ambassador-id: ${expected} } }`;
    await expectPass(t, `name: a, namespace: seek, object: ${good}, ${id("search")}`);
    await expectPass(t, `name: a, namespace: models, object: ${good}, ${id("null")}`);
    await expectPass(
      t,
      `name: a, namespace: models, namespaces: { models: { team: search } }, object: ${good}, ${id("search")}`,
    );
    const namespace =
      "{ apiVersion: v1, kind: Namespace, metadata: { name: other, labels: { team: search } } }";
    await expectPass(
      t,
      `name: a, namespace: other, cluster: [${namespace}], object: ${good}, ${id("search")}`,
    );
    await expectFailure(
      t,
      `name: a, namespace: other, object: ${good}, expect: { allowed: true }`,
      "allowed: expected allowed, found no answer: the labels of namespace other are not known; say them in namespaces",
    );
  });

  test("annotations and fields after the mutation", async (t) => {
    const base = `name: a, namespace: models, object: ${good}, expect: { allowed: true`;
    await expectPass(t, `${base}, annotations: { seldon.io/ambassador-retries: "2", none: null } }`);
    await expectPass(
      t,
      `${base}, patched: { metadata: { name: iris, labels: null }, spec: { predictors: [{ name: p0 }] } } }`,
    );
    await expectFailure(
      t,
      `${base}, annotations: { seldon.io/ambassador-retries: "3", none: a }, patched: { metadata: { name: null }, spec: { predictors: [] }, kind: { a: 1 } } }`,
      'annotations[seldon.io/ambassador-retries]: expected "3", found "2"',
      'annotations.none: expected "a", found nothing',
      'patched.metadata.name: expected nothing, found "iris"',
      "patched.spec.predictors: expected a list of 0, found a list of 1",
      'patched.kind: expected {…}, found "SeldonDeployment"',
    );
  });

  test("creations, updates, deletions and dry runs, and what else exists", async (t) => {
    const split = deployment([75, 25]);
    await expectPass(
      t,
      `name: a, namespace: models, object: ${split}, oldObject: ${good}, expect: { allowed: true, warnings: [new-predictor-traffic] }`,
    );
    const shadow = deployment([100], {
      "seldon.io/ambassador-service-name": "iris",
      "seldon.io/ambassador-shadow": "true",
    }).replace('"iris"', '"copy"');
    await expectPass(
      t,
      `name: a, namespace: models, object: ${good}, operation: DELETE, cluster: [${shadow}], expect: { allowed: true, warnings: [deletion-unattached] }`,
    );
    await expectPass(
      t,
      `name: a, namespace: models, object: ${shadow}, expect: { allowed: false, errors: [service-name-exists] }`,
    );
    await expectPass(
      t,
      `name: a, namespace: models, object: ${shadow}, dryRun: true, expect: { allowed: true, warnings: [service-name-exists] }`,
    );
    await expectPass(
      t,
      `name: a, namespace: models, object: ${shadow}, cluster: [${good}], expect: { allowed: true }`,
    );
  });

  test("an object that differs from its file", async (t) => {
    const base = `name: a, namespace: models, object: ${deployment([100], { a: "b" })}`;
    await expectPass(
      t,
      `${base}, merge: { metadata: { name: roses, annotations: { a: null, c: d } } }, expect: { allowed: true, patched: { metadata: { name: roses } }, annotations: { a: null, c: d } }`,
    );
    await expectFailure(
      t,
      `${base}, merge: { spec: { predictors: [{ name: main, traffic: 60 }] } }, expect: { allowed: true }`,
      "allowed: expected allowed, found denied by single-predictor-traffic",
    );
  });

  test("files and folders, from where the test stands", async (t) => {
    const files = {
      "objects/iris.yaml": good,
      "objects/canary.yaml": deployment([75, 25]),
      "namespaces/all.yaml":
        "apiVersion: v1\nkind: Namespace\nmetadata: { name: files, labels: { team: search } }\n",
      "a.test.yaml": `${head}cluster: [namespaces]\ncases:\n  - { name: a, namespace: files, object: objects/canary.yaml, oldObject: objects/iris.yaml, expect: { allowed: true, warnings: [new-predictor-traffic], patched: objects/canary.yaml } }\n`,
    };
    const { code, stdout, stderr } = await run(t, files);
    assert.equal(code, 0, stdout + stderr);
  });

  test("settings of the command line", async (t) => {
    const split = `name: a, namespace: models, object: ${deployment([75, 25])}, expect: { allowed: true, warnings: [canary-remainder-kept] }`;
    assert.equal((await runCase(t, split)).code, 1);
    assert.equal((await runCase(t, split, "--ambassador-version", "3.7.1")).code, 0);
  });
});
