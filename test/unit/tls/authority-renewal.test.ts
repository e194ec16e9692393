import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  type Authority,
  isOurAuthority,
  type Leaf,
  makeAuthority,
  makeLeaf,
} from "../../../src/tls/authority.ts";
import {
  authorityIn,
  authorityReason,
  leafReason,
  reasonTexts,
  type StoredAuthority,
} from "../../../src/tls/authority-renewal.ts";
import { mint } from "../../../src/tls/mint.ts";

const day = 86_400_000;
// Whole seconds, which is all that a certificate can say.
const now = Math.floor(Date.now() / 1000) * 1000;
const hosts = ["webhook.ns.svc", "localhost", "::1"];

let [ca, other]: Authority[] = [];
let leaf: Leaf;
let foreign: StoredAuthority;
before(async () => {
  [ca, other] = await Promise.all([makeAuthority(now, 90 * day), makeAuthority(now + day, 90 * day)]);
  leaf = await makeLeaf(ca as Authority, { hosts, now, lifeMs: 9 * day });
  const local = await mint({ days: 90, now: new Date(now) });
  foreign = { cert: local.cert, key: local.key, bundle: local.ca };
});

const stored = ({ cert, key }: Authority): StoredAuthority => ({ cert: cert.pem, key, bundle: cert.pem });
const own = (): StoredAuthority => stored(ca as Authority);

describe("why there must be another CA", () => {
  const cases: [
    what: string,
    expected: string | undefined,
    from: () => Parameters<typeof authorityReason>,
  ][] = [
    ["a sound one", undefined, () => [own(), now]],
    ["none", "missing", () => [undefined, now]],
    [
      "a Secret without keys",
      "incomplete",
      () => [{ cert: undefined, key: undefined, bundle: undefined }, now],
    ],
    ["no private key", "incomplete", () => [{ ...own(), key: undefined }, now]],
    ["a text that is no certificate", "unreadable", () => [{ ...own(), cert: "" }, now]],
    ["half a private key", "unreadable", () => [{ ...own(), key: own().key?.slice(0, 200) }, now]],
    ["the key of another", "mismatched", () => [{ ...own(), key: other?.key }, now]],
    ["somebody else's", "foreign", () => [foreign, now]],
    ["a leaf of ours", "foreign", () => [{ cert: leaf.cert.pem, key: leaf.key, bundle: undefined }, now]],
    ["the clock before its time", "early", () => [own(), now - day]],
    ["just before two thirds", undefined, () => [own(), now + 60 * day - 1]],
    ["two thirds", "due", () => [own(), now + 60 * day]],
    ["just before its end", "due", () => [own(), now + 90 * day - 1]],
    ["its end", "expired", () => [own(), now + 90 * day]],
    ["no bundle beside it", undefined, () => [{ ...own(), bundle: undefined }, now]],
  ];
  for (const [what, expected, from] of cases)
    test(`${what}: ${expected ?? "none"}`, () => assert.equal(authorityReason(...from()), expected));
});

test("a CA can be signed with if it is ours and whole, whatever its age", () => {
  assert.equal(authorityIn(own())?.cert.x509.fingerprint256, ca?.cert.x509.fingerprint256);
  for (const useless of [undefined, foreign, { ...own(), key: other?.key }, { ...own(), cert: undefined }])
    assert.equal(authorityIn(useless), undefined);
});

describe("why a replica makes another leaf", () => {
  const cases: [what: string, expected: string | undefined, from: () => Parameters<typeof leafReason>][] = [
    ["a sound one", undefined, () => [leaf, ca as Authority, hosts, now]],
    ["none", "missing", () => [undefined, ca as Authority, hosts, now]],
    ["another CA", "authority", () => [leaf, other as Authority, hosts, now]],
    ["another name", "names", () => [leaf, ca as Authority, [...hosts, "new.ns.svc"], now]],
    ["another address", "names", () => [leaf, ca as Authority, [...hosts, "10.0.0.1"], now]],
    ["the clock before its time", "early", () => [leaf, ca as Authority, hosts, now - day]],
    ["just before two thirds", undefined, () => [leaf, ca as Authority, hosts, now + 6 * day - 1]],
    ["two thirds", "due", () => [leaf, ca as Authority, hosts, now + 6 * day]],
    ["its end", "expired", () => [leaf, ca as Authority, hosts, now + 9 * day]],
  ];
  for (const [what, expected, from] of cases)
    test(`${what}: ${expected ?? "none"}`, () => assert.equal(leafReason(...from()), expected));

  test("one that ends with its CA: none, for another would end with it too", async () => {
    const last = await makeLeaf(ca as Authority, { hosts, now: now + 89 * day, lifeMs: 9 * day });
    assert.equal(leafReason(last, ca as Authority, hosts, now + 90 * day - 1), undefined);
  });
});

test("every reason has its words", () => {
  for (const reason of [
    "missing",
    "incomplete",
    "unreadable",
    "mismatched",
    "foreign",
    "early",
    "expired",
    "due",
  ])
    assert.ok(reason in reasonTexts, reason);
});

describe("what is made", () => {
  test("a leaf never outlives its CA, and is valid as early as it", async () => {
    const late = await makeLeaf(ca as Authority, { hosts, now: now + 85 * day, lifeMs: 9 * day });
    assert.equal(late.cert.notAfter, ca?.cert.notAfter);
    assert.equal(late.cert.notBefore, ca?.cert.notBefore);
    assert.equal(leaf.cert.notAfter, now + 9 * day);
  });

  test("a leaf is signed by its CA and names what it was asked to", () => {
    const { x509 } = leaf.cert;
    assert.ok(
      x509.checkIssued((ca as Authority).cert.x509) && x509.verify((ca as Authority).cert.x509.publicKey),
    );
    assert.equal(x509.subjectAltName, "DNS:webhook.ns.svc, DNS:localhost, IP Address:0:0:0:0:0:0:0:1");
    assert.equal(x509.ca, false);
  });

  test("CAs are ours, of one kind and of different names", () => {
    assert.ok(isOurAuthority((ca as Authority).cert) && isOurAuthority((other as Authority).cert));
    assert.notEqual(ca?.cert.x509.subject, other?.cert.x509.subject);
    assert.ok(!isOurAuthority(leaf.cert));
  });

  test("a name longer than a common name may be is still named", async () => {
    const long = `${"a".repeat(63)}.${"b".repeat(63)}.svc`;
    const { cert } = await makeLeaf(ca as Authority, { hosts: [long], now, lifeMs: day });
    assert.equal(cert.x509.checkHost(long), long);
  });
});
