import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isGlob, literalLength, matchesGlob } from "../../../src/policy/glob.ts";
import { admit, type Outcome, type Situation } from "../../support/admission.ts";
import { hostileText } from "../../support/arbitraries.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";
import { policyContext, policyWith } from "../../support/policies.ts";

const iris = (annotations: Json = {}): Json => deploymentOf({ name: "iris", annotations });

const limited: Json = { limits: [{ restTimeout: { max: 5000 } }] };
const slow = iris({ "seldon.io/rest-timeout": "6000" });

const under = (fields: Json, situation: Situation): Outcome =>
  admit({ ...situation, policy: policyContext(policyWith(fields)) });

const idsIn = ({ causes, warnings }: Outcome): readonly string[] =>
  [...causes.map(({ message }) => message), ...warnings].map((text) => /\[([^\]]+)\]$/.exec(text)?.[1] ?? "");

describe("a limit", () => {
  test("denies what exceeds it, and says what to do", () => {
    const { allowed, causes } = under(limited, { object: slow });
    assert.equal(allowed, false);
    assert.deepEqual(causes, [
      {
        reason: "FieldValueInvalid",
        field: "metadata.annotations[seldon.io/rest-timeout]",
        message:
          'Invalid value: "6000": 6000 is over the 5000 allowed. Write a timeout in milliseconds that is within the limits. [limits/rest-timeout]',
      },
    ]);
  });

  test("judges what the policy's own default made of the object", () => {
    const policy = { ...limited, defaults: [{ restTimeout: 9000 }] };
    assert.deepEqual(idsIn(under(policy, { object: iris() })), ["limits/rest-timeout"]);
  });

  test("comes after the rules, also where those deny", () => {
    const wrong = { ...slow, spec: { predictors: [...slow.spec.predictors, ...slow.spec.predictors] } };
    const ids = idsIn(under(limited, { object: wrong }));
    assert.ok(ids.length > 1);
    assert.equal(ids.at(-1), "limits/rest-timeout");
  });

  test("that is exempted leaves the text to be judged", () => {
    const policy = { ...limited, exemptions: [{ reason: "moving", namespaces: ["models"] }] };
    const outcome = under(
      { ...limited, rules: [{ severity: { "limits/rest-timeout": "warning" } }] },
      { object: slow },
    );
    assert.equal(outcome.allowed, true);
    const unmutated = under(policy, { object: slow, isMutated: false });
    assert.ok(idsIn(unmutated).includes("mapping-injected"));
  });

  test("does not let what is on its way out wait for it", () => {
    const leaving = { ...slow, metadata: { ...slow.metadata, deletionTimestamp: "2027-01-01T00:00:00Z" } };
    assert.deepEqual(idsIn(under(limited, { object: leaving, oldObject: slow })), []);
  });

  test("of before is a warning although the update brings a default of the same policy", () => {
    const policy = { ...limited, defaults: [{ retries: 2 }] };
    const outcome = under(policy, { object: slow, oldObject: slow });
    assert.deepEqual([outcome.allowed, idsIn(outcome)], [true, ["limits/rest-timeout"]]);
    const faster = iris({ "seldon.io/rest-timeout": "5500" });
    assert.equal(under(policy, { object: faster, oldObject: slow }).allowed, false);
  });

  test("that the policy's own default breaks denies a creation, and no update of something else", () => {
    const policy = { limits: [{ retries: { max: 1 } }], defaults: [{ retries: 2 }] };
    for (const oldObject of [undefined, slow]) {
      const outcome = under(policy, { object: slow, oldObject });
      assert.deepEqual([outcome.allowed, idsIn(outcome)], [oldObject !== undefined, ["limits/retries"]]);
    }
  });

  test("was there before is no excuse where the routes change", () => {
    const object = iris({ "seldon.io/rest-timeout": "6000", "seldon.io/ambassador-retries": "2" });
    assert.deepEqual(idsIn(under(limited, { object, oldObject: slow })), ["limits/rest-timeout"]);
  });
});

const namespaces = ["a", "ab", "abc", "b"];
const patterns = [...namespaces, "a*", "*b*", "ab*", "*"];

interface Entry {
  readonly namespaces?: string[] | undefined;
  readonly retries: { readonly min?: number | undefined; readonly max?: number | undefined };
}

const entry: fc.Arbitrary<Entry> = fc.record({
  namespaces: fc.option(fc.subarray(patterns, { minLength: 1 }), { nil: undefined }),
  retries: fc.oneof(
    fc.record({ min: fc.nat(9) }),
    fc.record({ max: fc.integer({ min: 10, max: 19 }) }),
    fc.record({ min: fc.nat(9), max: fc.integer({ min: 10, max: 19 }) }),
  ),
});

/** How specific an entry is for a namespace: a name, the characters of its best glob, everything; else nothing. */
function specificity({ namespaces: globs }: Entry, namespace: string): number | undefined {
  if (globs === undefined) return 0;
  const ranks = globs
    .filter((glob) => matchesGlob(glob, namespace))
    .map((glob) => (isGlob(glob) ? 1 + literalLength(glob) : 1000));
  return ranks.length === 0 ? undefined : Math.max(...ranks);
}

test("of each limit, the most specific entry that sets it holds, and of equals the last", () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), (entries) => {
      const plain = JSON.parse(JSON.stringify({ limits: entries }));
      const { index } = policyContext(policyWith(plain));
      for (const namespace of namespaces)
        for (const bound of ["min", "max"] as const) {
          let best = -1;
          let expected: number | undefined;
          for (const each of entries) {
            const rank = specificity(each, namespace);
            const value = each.retries[bound];
            if (rank === undefined || value === undefined || rank < best) continue;
            [best, expected] = [rank, value];
          }
          const { limits } = index.forNamespace(namespace, () => new Map());
          assert.equal(limits[`retries.${bound}`]?.value, expected);
        }
    }),
    { numRuns: 300 },
  );
});

const mapping = (name: string, fields: Json): Json => ({
  apiVersion: "getambassador.io/v2",
  kind: "Mapping",
  name,
  ...fields,
});

const documents = fc.array(
  fc.record({
    prefix: fc.constantFrom("/seldon/models/iris/", "/seldon/other/iris/", "/", "/seldon/models/host/"),
    service: fc.constantFrom("iris-default:8000", "iris.other:80", "localhost", "iris-x.models:8000"),
    timeout_ms: fc.constantFrom(0, 10, 3000, 60_000),
    weight: fc.constantFrom(0, 5, 40, 100),
    ambassador_id: fc.constantFrom("a", "b", "c"),
    host: fc.constantFrom("*", "x.example.com", "y.example.org"),
  }),
  { minLength: 1, maxLength: 3 },
);

const text = (found: readonly Json[]): string =>
  found.map((fields, index) => JSON.stringify(mapping(`m${index}`, fields))).join("\n---\n");

/** Deployments of all kinds that limits look at. */
const deployment = fc
  .record({
    annotations: fc.record(
      {
        "seldon.io/rest-timeout": fc.constantFrom("0", "10", "3000", "60000", "x"),
        "seldon.io/ambassador-retries": fc.constantFrom("0", "1", "9"),
        "seldon.io/ambassador-id": fc.constantFrom("a", "b", "c"),
        "seldon.io/ambassador-config": documents.map(text),
        owner: fc.constantFrom("", "me", "you"),
      },
      { requiredKeys: [] },
    ),
    shares: fc.constantFrom([100], [95, 5], [60, 40], [0, 100], [30, 30, 40]),
  })
  .map(({ annotations, shares }) =>
    deploymentOf({
      name: "iris",
      annotations,
      predictors: shares.map((traffic, index) => ({ name: `p${index}`, traffic })),
    }),
  );

const subset = (of: readonly string[]) => fc.subarray([...of]);

/** A limit, and one that is looser. */
const pair = fc
  .record({
    ids: fc.tuple(subset(["a", "b*", "default"]), subset(["c", "*"])),
    max: fc.tuple(fc.nat(70_000), fc.nat(70_000)),
    min: fc.tuple(fc.nat(5000), fc.nat(5000)),
    points: fc.tuple(fc.nat(50), fc.nat(50)),
    prefixes: fc.tuple(subset(["/seldon/{namespace}/*"]), subset(["/", "/seldon/other/*", "*"])),
    hosts: fc.tuple(subset(["*", "x.*"]), subset(["**", "*.org"])),
    services: fc.tuple(subset(["*.other"]), subset(["localhost", "*"])),
    required: fc.tuple(subset(["owner"]), subset(["team"])),
  })
  .map(({ ids, max, min, points, prefixes, hosts, services, required }) => {
    const entryOf = (isLoose: boolean): Json => {
      const more = <T>([few, others]: [T[], T[]]): T[] => (isLoose ? [...few, ...others] : few);
      const least = isLoose ? Math.max(0, min[0] - min[1]) : min[0];
      const most = 5000 + max[0] + (isLoose ? max[1] : 0);
      const step = points[0] + (isLoose ? points[1] : 0);
      const [always, strictly] = required;
      return {
        ambassadorIds: { known: more(ids), allowed: more(ids) },
        restTimeout: { min: least, max: most },
        retries: { max: step },
        canary: { maxStep: step, maxFirstShare: step },
        requiredAnnotations: (isLoose ? always : [...always, ...strictly]).map((key) => ({ key })),
        customConfig: { prefixes: more(prefixes), hosts: more(hosts), externalServices: more(services) },
      };
    };
    return [entryOf(false), entryOf(true)] as const;
  });

test("a limit that is looser never denies more", () => {
  let denials = 0;
  fc.assert(
    fc.property(
      pair,
      deployment,
      fc.option(deployment, { nil: undefined }),
      ([tight, loose], object, oldObject) => {
        const [strictly, loosely] = [tight, loose].map((entry) =>
          idsIn(under({ limits: [entry] }, { object, oldObject })).filter((id) => id.startsWith("limits/")),
        );
        denials += strictly?.length ?? 0;
        for (const id of new Set(loosely)) assert.ok(strictly?.includes(id), id);
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(denials > 300, `${denials}`);
});

describe("whatever an author writes", () => {
  const everything: Json = {
    limits: [
      {
        ambassadorIds: { known: ["a*b*c"], allowed: ["*a*"], required: ["abc"] },
        restTimeout: { min: 1, max: 2 },
        grpcTimeout: { max: 2 },
        retries: { min: 1, max: 1 },
        canary: { maxStep: 1, maxFirstShare: 1 },
        requiredLabels: [{ key: "team", pattern: "(a*)*b" }],
        requiredAnnotations: [{ key: "owner", pattern: "(.*)(.*)(.*)x" }],
        customConfig: { kinds: [], prefixes: ["*a*/*b*"], externalServices: ["*.*.*"], hosts: ["*a*"] },
      },
    ],
  };

  test("limits answer, in lines that can be shown", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        const config = JSON.stringify({ ...mapping(a, { prefix: b, service: a, host: b }), weight: a });
        for (const annotations of [
          { "seldon.io/ambassador-config": config, owner: a },
          { "seldon.io/ambassador-config": a, owner: b },
          { "seldon.io/ambassador-id": a, "seldon.io/rest-timeout": b, "seldon.io/ambassador-retries": a },
        ]) {
          const { causes, warnings } = under(everything, { object: iris(annotations), oldObject: iris() });
          for (const said of [...causes.map(({ message }) => message), ...warnings])
            assert.doesNotMatch(said, /[\p{Cc}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("as many documents as fit, and a value as long as fits, are judged", () => {
    const found = Array.from({ length: 2000 }, (_, index) => ({
      prefix: `/seldon/other/${index}/`,
      service: "x.y",
    }));
    const object = iris({ "seldon.io/ambassador-config": text(found), owner: "x".repeat(100_000) });
    const { allowed, causes } = under(everything, { object, oldObject: object });
    assert.equal(allowed, true, JSON.stringify(causes.slice(0, 3)));
    const { auditAnnotations } = under(everything, { object });
    assert.ok(auditAnnotations?.rules?.includes("limits/custom-config-kinds=error"));
  });
});
