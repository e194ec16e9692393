import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { stringify } from "yaml";
import { decodeReview } from "../src/admission/decode.ts";
import { judgeStored } from "../src/admission/stored.ts";
import { validateAlone } from "../src/admission/validate.ts";
import { guarded } from "../src/cluster/guarded.ts";
import { snapshotOf } from "../src/cluster/snapshot.ts";
import { limits } from "../src/limits/catalogue.ts";
import { admit, contextOf, type Outcome, reviewOf } from "./support/admission.ts";
import type { Json } from "./support/deployment.ts";
import { type LimitCase, limitCases, situationOf } from "./support/limit-cases.ts";

/**
 * Each case is a file of a policy, the object that meets it, and for an update the stored one; its name says what
 * comes of it. `npm run golden` writes what the author sees beside it.
 */
const cases = limitCases();
const rejected = cases.filter(({ id }) => id.includes("/rejects-"));
/** Those in which nothing but the object itself is judged. */
const alone = rejected.filter(({ limit }) => !/canary-step|first-share/.test(limit));

const hasId =
  (id: string) =>
  (text: string): boolean =>
    text.endsWith(`[${id}]`);

const isCaused = ({ causes }: Outcome, id: string): boolean =>
  causes.some(({ message }) => hasId(id)(message));
const isWarned = ({ warnings }: Outcome, id: string): boolean => warnings.some(hasId(id));

/** What is said of one limit in an outcome. */
const saying = (outcome: Outcome, id: string): string => {
  if (isCaused(outcome, id)) return "error";
  return isWarned(outcome, id) ? "warning" : "nothing";
};

for (const each of cases)
  test(each.id, () => {
    const { limit, id, golden } = each;
    const outcome = admit(situationOf(each));
    const { allowed, causes, warnings } = outcome;
    const said = [...causes.map(({ message }) => message), ...warnings].join("\n");
    const verdicts = {
      rejects: [false, "error"],
      warns: [true, "warning"],
      accepts: [true, "nothing"],
    };
    const word = id.split("/")[1]?.split("-")[0] as keyof typeof verdicts;
    assert.deepEqual([allowed, saying(outcome, limit)], verdicts[word], said);
    for (const { field, message } of causes.filter(({ message }) => hasId(limit)(message))) {
      const fix = limits.find((each) => each.id === limit)?.docs.fix;
      assert.ok(field !== "" && message.endsWith(`. ${fix} [${limit}]`), message);
    }
    for (const line of warnings) assert.ok(line.length <= 120 && !/\p{Cc}/u.test(line), line);
    const actual = stringify({ allowed, causes, warnings }, { lineWidth: 0 });
    if (process.env.UPDATE_GOLDEN) writeFileSync(golden, actual);
    assert.equal(actual, existsSync(golden) ? readFileSync(golden, "utf8") : "");
  });

describe("the catalogue of limits", () => {
  const folder = new URL("../src/limits/", import.meta.url);
  const ids = limits.map(({ id }) => id);

  test("holds every limit, each named by its file", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      /^[^/]+\/[^/]+\.ts$/.test(file),
    );
    const named = files.map((file) => `limits/${file.replace(/^.*\/|\.ts$/g, "")}`);
    assert.deepEqual(named.sort(), ids.toSorted());
  });

  test("has docs of sentences", () => {
    for (const { id, docs } of limits)
      for (const text of Object.values(docs)) assert.match(text, /^[A-Z].*[^.…]\.$/, id);
  });

  for (const id of ids)
    test(`${id} has a case that is rejected and one that is accepted`, () => {
      const own = cases.filter(({ limit }) => limit === id).map(({ id }) => id.split("/")[1] ?? "");
      for (const word of ["rejects-", "accepts-"]) assert.ok(own.some((name) => name.startsWith(word)));
    });

  test("has a limit for every folder of cases", () => {
    assert.deepEqual(
      cases.filter(({ limit }) => !ids.includes(limit)),
      [],
    );
  });

  test("every expectation belongs to a case", () => {
    const root = new URL("limits/", import.meta.url);
    const goldens = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".expected.yaml"),
    );
    assert.equal(goldens.length, cases.length);
  });
});

/** The policy of a case with another entry in one of its lists. */
const withEntry = ({ policy }: LimitCase, list: string, entry: Json): Json => ({
  ...policy,
  [list]: [...(policy[list] ?? []), entry],
});

describe("whatever a limit says", () => {
  const everyCase = (name: string, expected: string, policyOf: (each: LimitCase) => Json): void => {
    test(name, () => {
      for (const each of rejected) {
        const outcome = admit(situationOf(each, policyOf(each)));
        assert.equal(saying(outcome, each.limit), expected, each.id);
      }
    });
  };

  everyCase("can be a warning", "warning", (each) =>
    withEntry(each, "rules", { severity: { [each.limit]: "warning" } }),
  );
  everyCase("can be off", "nothing", (each) =>
    withEntry(each, "rules", { severity: { [each.limit]: "off" } }),
  );
  everyCase("can be off for one namespace", "nothing", (each) =>
    withEntry(each, "rules", { namespaces: ["models"], severity: { [each.limit]: "off" } }),
  );
  everyCase("is an error where only others have it off", "error", (each) =>
    withEntry(each, "rules", { namespaces: ["other"], severity: { [each.limit]: "off" } }),
  );
  everyCase("can be exempted", "warning", (each) =>
    withEntry(each, "exemptions", { reason: "moving", namespaces: ["mod*"], rules: [each.limit] }),
  );
  everyCase("is for the namespaces of its entry", "nothing", (each) => ({
    ...each.policy,
    limits: each.policy.limits.map((entry: Json) => ({ ...entry, namespaces: ["other-*"] })),
  }));

  test("can be got past by those who may break the glass, with their reason", () => {
    for (const each of rejected) {
      const policy = { ...each.policy, breakGlass: { users: ["alice"] } };
      const { metadata } = each.object;
      const annotations = { ...metadata.annotations, "seldon-ambassador-webhook/break-glass": "night" };
      const object = { ...each.object, metadata: { ...metadata, annotations } };
      for (const [user, expected] of [
        ["alice", "warning"],
        ["bob", "error"],
      ] as const) {
        const outcome = admit({ ...situationOf(each, policy), object, user });
        assert.equal(saying(outcome, each.limit), expected, each.id);
        if (user === "alice")
          assert.match(outcome.auditAnnotations?.exemption ?? "", /^break-glass .*limits\//);
      }
    }
  });

  test("carries the policy's message", () => {
    for (const each of rejected) {
      const policy = withEntry(each, "rules", { messages: { [each.limit]: "Ask in #models." } });
      const messages = admit(situationOf(each, policy)).causes.map(({ message }) => message);
      assert.ok(
        messages.some((message) => message.endsWith(`Ask in #models. [${each.limit}]`)),
        each.id,
      );
    }
  });

  test("stands in audit events", () => {
    for (const each of rejected) {
      const { auditAnnotations } = admit(situationOf(each));
      assert.ok(auditAnnotations?.rules?.split(",").includes(`${each.limit}=error`), each.id);
    }
  });

  test("never changes a text", () => {
    const textOf = ({ object }: Outcome): unknown =>
      (object as Json).metadata.annotations?.["seldon.io/ambassador-config"];
    for (const each of cases) {
      const { limits: _, ...unlimited } = each.policy;
      assert.equal(textOf(admit(situationOf(each))), textOf(admit(situationOf(each, unlimited))), each.id);
    }
  });

  test("is a warning where it was so before a change of something else", () => {
    for (const each of alone) {
      const stored = admit(situationOf(each)).object as Json;
      const finalizers = ["example.com/kept"];
      const object = { ...stored, metadata: { ...stored.metadata, finalizers } };
      const outcome = admit({ ...situationOf(each), object, oldObject: stored });
      assert.equal(saying(outcome, each.limit), "warning", each.id);
    }
  });

  test("is found in what is stored", () => {
    for (const each of alone) {
      const situation = situationOf(each);
      const { object } = admit(situation);
      const { reports } = judgeStored(object, "models", contextOf(situation));
      assert.ok(
        reports.some(({ rule, severity }) => rule === each.limit && severity === "error"),
        each.id,
      );
    }
  });

  test("is not asked of what is stored where it is about a change", () => {
    for (const each of rejected.filter((each) => !alone.includes(each))) {
      const situation = situationOf(each);
      const { object } = admit(situation);
      const { reports } = judgeStored(object, "models", contextOf(situation));
      assert.deepEqual(
        reports.filter(({ rule }) => rule === each.limit),
        [],
        each.id,
      );
    }
  });

  test("is denied also while the cluster cannot be asked", () => {
    const cluster = guarded(snapshotOf([]), () => "unavailable");
    for (const each of rejected.filter(({ existing }) => existing.length === 0)) {
      const situation = situationOf(each);
      const { request } = decodeReview(reviewOf(situation, admit(situation).object));
      const { allowed, reports } = validateAlone(request, { ...contextOf(situation), cluster });
      assert.ok(!allowed && reports.some(({ rule }) => rule === each.limit), each.id);
    }
  });
});
