import assert from "node:assert/strict";
import { test } from "node:test";
import {
  certificatesIn,
  isEnding,
  isSignedWithSha1,
  misnaming,
  pathTo,
  remaining,
} from "../../../src/doctor/certificates.ts";
import { mint } from "../../../src/tls/mint.ts";
import { foreignPair } from "../../support/foreign-pair.ts";

const now = new Date();
const day = 86_400_000;
const after = (days: number): Date => new Date(now.getTime() + days * day);

function certificate(order: Parameters<typeof foreignPair>[0]) {
  const pair = foreignPair(order);
  const [leaf] = certificatesIn(pair.cert);
  assert.ok(leaf);
  return { leaf, authorities: certificatesIn(pair.ca) };
}

test("a name in the subject alone is no name", () => {
  const { leaf } = certificate({ subject: "a.b.svc" });
  assert.match(misnaming(leaf, "a.b.svc") ?? "", /no subject alternative names/);
  assert.equal(misnaming(certificate({ hosts: ["a.b.svc"] }).leaf, "a.b.svc"), undefined);
  assert.equal(misnaming(certificate({ hosts: ["a.b.svc"] }).leaf, "c.b.svc"), "names a.b.svc, not c.b.svc");
});

test("addresses are names of their own", async () => {
  const [leaf] = certificatesIn((await mint({ days: 1, now })).cert);
  assert.ok(leaf);
  assert.equal(misnaming(leaf, "127.0.0.1"), undefined);
  assert.equal(misnaming(leaf, "::1"), undefined);
  assert.match(misnaming(leaf, "10.0.0.1") ?? "", /not 10\.0\.0\.1$/);
});

test("SHA-1 is told from SHA-256, for RSA and in every certificate that is read", () => {
  assert.equal(isSignedWithSha1(certificate({ digest: "sha1" }).leaf), true);
  assert.equal(isSignedWithSha1(certificate({ digest: "sha256" }).leaf), false);
});

test("an end is near within a quarter of the life, or 30 days", () => {
  const quarter = certificate({ from: after(-75), to: after(25) }).leaf;
  assert.equal(isEnding(quarter, after(-1)), false);
  assert.equal(isEnding(quarter, after(1)), true);
  const year = certificate({ from: after(-200), to: after(200) }).leaf;
  assert.equal(isEnding(year, after(169)), false);
  assert.equal(isEnding(year, after(171)), true);
});

test("what is left is said in days, and near the end in hours", () => {
  const { leaf } = certificate({ to: after(10) });
  assert.equal(remaining(leaf, now), "9 days");
  assert.equal(remaining(leaf, after(9)), "23 hours");
});

test("a path leads from the leaf to the authority that signed it, and to no other", () => {
  const one = certificate({});
  const other = certificate({});
  assert.equal(pathTo(one.authorities, [one.leaf], now)?.length, 2);
  assert.equal(pathTo([...other.authorities, ...one.authorities], [one.leaf], now)?.length, 2);
  assert.equal(pathTo(other.authorities, [one.leaf], now), undefined);
  // A root that is sent along is nobody's to trust.
  assert.equal(pathTo(other.authorities, [one.leaf, ...one.authorities], now), undefined);
  assert.equal(pathTo([one.leaf], [one.leaf], now)?.length, 1);
  assert.equal(pathTo(one.authorities, [], now), undefined);
});

test("a broken certificate is no certificate", () => {
  assert.throws(() => certificatesIn("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"));
  assert.deepEqual(certificatesIn("nothing"), []);
});
