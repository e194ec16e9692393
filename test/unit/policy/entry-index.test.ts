import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { EntryIndex } from "../../../src/policy/entry-index.ts";
import { matchesGlob } from "../../../src/policy/glob.ts";
import { matchesLabels, NamespaceUnknown } from "../../../src/policy/labels.ts";
import { policyFor } from "../../../src/policy/policy-index.ts";
import { policyContext, policyWith } from "../../support/policies.ts";

const letters = (...from: string[]) =>
  fc.array(fc.constantFrom(...from), { maxLength: 8 }).map((parts) => parts.join(""));

describe("globs", () => {
  test("match what the regular expression of the same meaning matches", () => {
    fc.assert(
      fc.property(letters("a", "b", "-", "*"), letters("a", "b", "-"), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
        assert.equal(matchesGlob(pattern, text), expression.test(text), `${pattern} ${text}`);
      }),
      { numRuns: 2000 },
    );
  });

  test("cost little however many stars they have", () => {
    // As a regular expression this one takes longer than the universe has been there.
    assert.equal(matchesGlob(`${"*a".repeat(31)}b`, "a".repeat(63)), false);
  });
});

describe("label selectors", () => {
  const labels = new Map([["team", "a"]]);
  for (const [operator, key, values, expected] of [
    ["In", "team", ["a", "b"], true],
    ["In", "team", ["b"], false],
    ["In", "other", ["a"], false],
    ["NotIn", "team", ["a"], false],
    ["NotIn", "team", ["b"], true],
    ["NotIn", "other", ["a"], true],
    ["Exists", "team", [], true],
    ["Exists", "other", [], false],
    ["DoesNotExist", "team", [], false],
    ["DoesNotExist", "other", [], true],
  ] as const)
    test(`${operator} ${key} ${values}`, () => {
      assert.equal(matchesLabels([{ key, operator, values }], labels), expected);
    });
});

const entry = (retries: number, selector: object = {}) => ({ retries, ...selector });
const team = { namespaceSelector: { matchLabels: { team: "a" } } };

/** The default for retries in `models`, which has the label team=a. */
const winner = (...defaults: object[]): string | undefined => {
  const context = policyContext(policyWith({ defaults }), { labels: { models: { team: "a" } } });
  return policyFor(context, "models")?.defaults.get("seldon.io/ambassador-retries")?.value;
};

describe("precedence", () => {
  const ranked = [
    {},
    team,
    { namespaces: ["*"] },
    { namespaces: ["m*"] },
    { namespaces: ["mod*s"] },
    { namespaces: ["models"] },
  ];

  test("an exact name goes before a longer glob, a shorter one, labels and everything, in any order", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          ranked.map((_, rank) => rank),
          { minLength: 1 },
        ),
        (ranks) => {
          assert.equal(winner(...ranks.map((rank) => entry(rank, ranked[rank]))), String(Math.max(...ranks)));
        },
      ),
    );
  });

  test("of equals the later one wins", () => {
    for (const selector of ranked) assert.equal(winner(entry(1, selector), entry(2, selector)), "2");
  });

  test("an entry counts by the best of its names", () => {
    assert.equal(
      winner(entry(1, { namespaces: ["x", "models", "m*"] }), entry(2, { namespaces: ["mod*"] })),
      "1",
    );
  });

  test("names and labels of one entry must both match", () => {
    const other = { namespaceSelector: { matchLabels: { team: "b" } } };
    assert.equal(winner(entry(1), entry(2, { namespaces: ["models"], ...other })), "1");
    assert.equal(winner(entry(1), entry(2, { namespaces: ["models"], ...team })), "2");
    assert.equal(winner(entry(1), entry(2, { namespaces: ["other"], ...team })), "1");
  });

  test("what an entry does not mention is for the others to say", () => {
    const policy = policyWith({
      defaults: [{ retries: 1, ambassadorId: "x" }, entry(2, { namespaces: ["models"] })],
    });
    const found = policyFor(policyContext(policy), "models");
    assert.deepEqual(
      [...(found?.defaults ?? [])].map(([key, { value }]) => [key, value]),
      [
        ["seldon.io/ambassador-id", "x"],
        ["seldon.io/ambassador-retries", "2"],
      ],
    );
  });
});

describe("labels of a namespace", () => {
  test("are asked for only where they decide", () => {
    const policy = policyWith({ defaults: [entry(1), entry(2, { namespaces: ["other"], ...team })] });
    const context = policyContext(policy);
    assert.equal(policyFor(context, "models")?.defaults.size, 1);
    assert.throws(() => policyFor(context, "other"), NamespaceUnknown);
  });

  test("are looked at anew when they change", () => {
    const { index } = policyContext(policyWith({ defaults: [entry(2, team)] }));
    const size = (labels: ReadonlyMap<string, string>) =>
      index.forNamespace("models", () => labels).defaults.size;
    const [a, b] = [new Map([["team", "a"]]), new Map([["team", "b"]])];
    assert.deepEqual([size(a), size(a), size(b), size(a)], [1, 1, 0, 1]);
  });
});

test("ten thousand globs are looked through once for each namespace", () => {
  const entries = Array.from({ length: 10_000 }, (_, index) => ({
    selector: { namespaces: [`*a*${index}*`] },
    line: index,
  }));
  let asked = 0;
  const counting = new Proxy(entries, {
    get(target, key) {
      asked++;
      return Reflect.get(target, key);
    },
  });
  const index = new EntryIndex(counting);
  asked = 0;
  assert.equal(index.for("team-a-9999", () => new Map()).length, 4);
  assert.equal(asked, 0, "the entries were put in order when the policy was loaded");
});
