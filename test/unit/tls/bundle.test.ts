import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Authority, makeAuthority } from "../../../src/tls/authority.ts";
import { bundleReason, bundleTexts, type Trust, trusts, wantedBundle } from "../../../src/tls/bundle.ts";
import { mint } from "../../../src/tls/mint.ts";
import { type Certificate, certificateIn } from "../../../src/tls/read.ts";

const day = 86_400_000;
const leafMs = 7 * day;
const now = Math.floor(Date.now() / 1000) * 1000;

const made: Record<string, Certificate> = {};
before(async () => {
  const make = async (name: string, at: number, lifeMs: number): Promise<void> => {
    made[name] = ((await makeAuthority(at, lifeMs)) as Authority).cert;
  };
  await Promise.all([
    make("ancient", now - 300 * day, 365 * day),
    make("old", now - 20 * day, 365 * day),
    make("current", now, 365 * day),
    make("short", now - 2 * day, 3 * day),
  ]);
  made.foreign = certificateIn((await mint({ days: 1, now: new Date(now) })).ca) as Certificate;
});

const of = (name: string): Certificate => made[name] as Certificate;
const pem = (...names: string[]): string => names.map((name) => of(name).pem).join("");

const trust = (wish: { required?: string[]; earlier?: string[]; at?: number } = {}): Trust => ({
  required: (wish.required ?? ["current"]).map(of),
  earlier: (wish.earlier ?? []).map(of),
  now: wish.at ?? now,
  leafMs,
});

describe("why a caBundle must be written", () => {
  const cases: [what: string, expected: string | undefined, from: () => Parameters<typeof bundleReason>][] = [
    ["what is required", undefined, () => [pem("current"), trust()]],
    ["nothing", "missing", () => ["", trust()]],
    ["blanks", "missing", () => ["\n", trust()]],
    ["a text that is no certificate", "unreadable", () => ["no certificate", trust()]],
    [
      "half a certificate beside a whole one",
      "unreadable",
      () => [`${pem("current")}-----BEGIN CERTI`, trust()],
    ],
    [
      "a private key beside it",
      "unreadable",
      () => [`${pem("current")}-----BEGIN PRIVATE KEY-----`, trust()],
    ],
    ["another CA of ours alone", "lacking", () => [pem("old"), trust()]],
    [
      "one of the two that are served by",
      "lacking",
      () => [pem("current"), trust({ required: ["current", "old"] })],
    ],
    ["not the one before it, just replaced", "lacking", () => [pem("current"), trust({ earlier: ["old"] })]],
    [
      "not one before it, long replaced",
      undefined,
      () => [pem("current", "old"), trust({ earlier: ["ancient", "old"] })],
    ],
    ["one of others beside it", undefined, () => [pem("foreign", "current"), trust()]],
    ["an expired one of others", "outdated", () => [pem("foreign", "current"), trust({ at: now + 2 * day })]],
    ["the one before it, unknown here", undefined, () => [pem("current", "old"), trust()]],
    [
      "it two leaf lifetimes later",
      undefined,
      () => [pem("current", "old"), trust({ at: now + 3 * leafMs - 1 })],
    ],
    [
      "it three leaf lifetimes later",
      "outdated",
      () => [pem("current", "old"), trust({ at: now + 3 * leafMs })],
    ],
    [
      "it, still served by",
      undefined,
      () => [pem("current", "old"), trust({ required: ["current", "old"], at: now + 9 * leafMs })],
    ],
    ["one expired a moment ago", undefined, () => [pem("current", "short"), trust({ at: now + day })]],
    [
      "one expired a leaf lifetime ago",
      "outdated",
      () => [pem("current", "short"), trust({ at: now + day + leafMs })],
    ],
  ];
  for (const [what, expected, from] of cases)
    test(`${what}: ${expected ?? "none"}`, () => {
      const reason = bundleReason(...from());
      assert.equal(reason, expected);
      if (reason !== undefined) assert.ok(bundleTexts[reason]);
    });
});

describe("what a caBundle should be", () => {
  const cases: [what: string, expected: () => string, from: () => Parameters<typeof wantedBundle>][] = [
    ["from nothing: what is required", () => pem("current"), () => ["", trust()]],
    ["the newest first", () => pem("current", "old"), () => ["", trust({ required: ["old", "current"] })]],
    [
      "those that may have leaves",
      () => pem("current", "old"),
      () => ["", trust({ earlier: ["ancient", "old"] })],
    ],
    ["what others wrote stays", () => pem("current", "foreign"), () => [pem("foreign"), trust()]],
    ["what another replica wrote stays", () => pem("current", "old"), () => [pem("old"), trust()]],
    [
      "what nobody serves by goes",
      () => pem("current"),
      () => [pem("ancient", "old"), trust({ at: now + 3 * leafMs })],
    ],
    ["each once", () => pem("current"), () => [pem("current", "current"), trust({ earlier: ["current"] })]],
    ["nothing of others out of a Secret", () => pem("current"), () => ["", trust({ earlier: ["foreign"] })]],
  ];
  for (const [what, expected, from] of cases)
    test(what, () => {
      const wanted = wantedBundle(...from());
      assert.deepEqual(new Set(wanted.split("-----END")), new Set(expected().split("-----END")));
      assert.equal(wanted.length, expected().length);
      assert.equal(bundleReason(wanted, from()[1]), undefined, "what was written is not written again");
    });
});

test("a bundle trusts what it holds", () => {
  assert.ok(trusts(pem("old", "current"), of("current")));
  assert.ok(!trusts(pem("old"), of("current")));
  assert.ok(!trusts("", of("current")));
});
