import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { stringify } from "yaml";
import { decodeReview } from "../src/admission/decode.ts";
import type { EngineContext } from "../src/admission/engine.ts";
import { type Circumstances, planInjection } from "../src/admission/judge.ts";
import type { StatusCause } from "../src/admission/types.ts";
import { validateAlone } from "../src/admission/validate.ts";
import { guarded } from "../src/cluster/guarded.ts";
import { snapshotOf } from "../src/cluster/snapshot.ts";
import { type FieldPath, formatFieldPath } from "../src/diagnostics/field-path.ts";
import { causeMessage } from "../src/diagnostics/message.ts";
import { isMap } from "../src/mapping/custom.ts";
import { type Subject, subjectOf } from "../src/mapping/subject.ts";
import { neighboursOf } from "../src/routes/neighbours.ts";
import { catalogue } from "../src/rules/catalogue.ts";
import type { Rule, RuleInput } from "../src/rules/rule.ts";
import { annotationPath, keys } from "../src/seldon/annotations.ts";
import { decodeDeployment } from "../src/seldon/decode.ts";
import { admit, contextOf, type Outcome, reviewOf, type Situation } from "./support/admission.ts";
import { type RuleCase, ruleCases, strayFiles } from "./support/cases.ts";
import { frozen } from "./support/frozen.ts";
import { recording } from "./support/recording-cluster.ts";

const cases = ruleCases();
const ruleOf = new Map(catalogue.map((rule) => [rule.id, rule]));

const valueAt = (object: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), object);

function golden({ showsConfig }: RuleCase, { allowed, causes, warnings, object }: Outcome): string {
  const config = valueAt(object, annotationPath("metadata", keys.config)) ?? null;
  const seen = { allowed, causes, warnings, ...(showsConfig && { config }) };
  return stringify(seen, { lineWidth: 0 });
}

/** The names of cases say what the rule does in them. */
function assertVerdict({ rule, name }: RuleCase, { allowed, causes, warnings }: Outcome): void {
  const isCaused = causes.some(({ message }) => message.endsWith(`[${rule}]`));
  const isWarned = warnings.some((line) => line.endsWith(`[${rule}]`));
  const verdict = allowed ? "accepts" : "rejects";
  if (name.startsWith("rejects-")) assert.deepEqual([verdict, isCaused], ["rejects", true]);
  else if (name.startsWith("warns-")) assert.deepEqual([verdict, isWarned], ["accepts", true]);
  else if (name.startsWith("accepts-"))
    assert.deepEqual([verdict, isCaused, isWarned], ["accepts", false, false]);
  else assert.fail("a case is named rejects-…, warns-… or accepts-…");
}

/** kubectl prints nothing of a denial but `field: message` of each cause. */
function assertStandsAlone({ field, reason, message }: StatusCause): void {
  const id = /\[([a-z0-9/-]+)\]$/.exec(message)?.[1] ?? "";
  const fix = ruleOf.get(id)?.docs.fix;
  assert.ok(fix, `no rule is named by ${message}`);
  assert.ok(message.endsWith(`. ${fix} [${id}]`), `no fix in ${message}`);
  assert.match(reason, /^FieldValue[A-Z]/);
  assert.ok(field !== "", `no field for ${message}`);
}

function assertWarning(line: string): void {
  assert.ok(line.length <= 120, `longer than 120: ${line}`);
  assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}]/u);
  assert.ok(ruleOf.has(/\[([a-z0-9/-]+)\]$/.exec(line)?.[1] ?? ""), `no rule is named by ${line}`);
}

for (const each of cases)
  test(`rules/${each.id}`, () => {
    const outcome = admit(each.situation);
    assertVerdict(each, outcome);
    outcome.causes.forEach(assertStandsAlone);
    outcome.warnings.forEach(assertWarning);
    const actual = golden(each, outcome);
    if (process.env.UPDATE_GOLDEN) writeFileSync(each.golden, actual);
    assert.equal(actual, readFileSync(each.golden, "utf8"));
  });

test("every file beside the cases belongs to one", () => {
  assert.deepEqual(strayFiles(), []);
});

interface Judged extends Circumstances {
  readonly subject: Subject;
  readonly context: EngineContext;
}

/** What the rules are given for the final object; undefined when it cannot be read. */
function judgedOf(situation: Situation): Judged | undefined {
  const { object } = admit(situation);
  const { oldObject, dryRun = false, namespace = "models" } = situation;
  const context = contextOf(situation);
  const { deployment } = decodeDeployment(object, namespace);
  const { deployment: before } = decodeDeployment(oldObject, namespace);
  return (
    deployment && {
      subject: subjectOf(deployment, context.settings),
      context,
      operation: oldObject === undefined ? "CREATE" : "UPDATE",
      previous: before && subjectOf(before, context.settings),
      dryRun,
    }
  );
}

/** Runs one rule by itself on frozen input and counts what it asked the cluster. */
function lookupsOf(rule: Rule, { subject, context, ...circumstances }: Judged): number {
  if (rule.stage === "decoding") return 0;
  const { settings, cluster } = context;
  const view = recording(cluster);
  const surroundings = { settings, cluster: view };
  const neighbours = () => neighboursOf(subject, surroundings);
  const input: RuleInput = frozen({ ...subject, ...circumstances, ...surroundings, neighbours });
  if (rule.stage === undefined || rule.stage === "deletion") [...rule.check(input)];
  else {
    // A rule that looks at the configuration to inject depends on the cluster as far as that does.
    const injection = { get: () => planInjection(subject, { settings, cluster: view }) };
    [...rule.check(Object.defineProperty({ ...input } as never, "injection", injection))];
  }
  return view.lookups();
}

test("rules only read, and look into the cluster exactly if they declare so", () => {
  const asking = new Set<string>();
  for (const { situation } of cases) {
    const judged = judgedOf(situation);
    if (judged === undefined) continue;
    for (const rule of catalogue) if (lookupsOf(rule, judged) > 0) asking.add(rule.id);
  }
  const declared = catalogue.filter(({ reads }) => reads.includes("SeldonDeployment")).map(({ id }) => id);
  assert.deepEqual([...asking].sort(), declared.sort());
});

test("what is denied without a look at the cluster is denied for these causes with it", () => {
  const unavailable = guarded(snapshotOf([]), () => "unavailable");
  let denials = 0;
  for (const { situation } of cases) {
    const { object, causes } = admit(situation);
    const { request } = decodeReview(reviewOf(situation, object));
    const { settings } = contextOf(situation);
    const { allowed, reports } = validateAlone(request, { settings, cluster: unavailable });
    if (allowed) continue;
    denials++;
    const messages = new Set(causes.map(({ field, message }) => `${field}: ${message}`));
    for (const report of reports.filter(({ severity }) => severity === "error"))
      assert.ok(messages.has(`${formatFieldPath(report.finding.path)}: ${causeMessage(report)}`));
  }
  assert.ok(denials > 50, `${denials}`);
});
