import assert from "node:assert/strict";
import { before, test } from "node:test";
import { localHosts, mint, type Pair } from "../../../src/tls/mint.ts";
import { invalidity, isOurs, mismatch, namesOf, renewalReason } from "../../../src/tls/renewal.ts";

const day = 86_400_000;
const now = new Date();
let pair: Pair;
let other: Pair;
before(async () => {
  [pair, other] = await Promise.all([mint({ days: 10, now }), mint({ days: 10, now })]);
});

const cases: [reason: RegExp | undefined, from: () => [pair: Pair, hosts: readonly string[], now: Date]][] = [
  [undefined, () => [pair, localHosts, now]],
  [undefined, () => [pair, localHosts, new Date(now.getTime() + 10 * day - 2000)]],
  [/^tls\.crt expired on .+ GMT$/, () => [pair, localHosts, new Date(now.getTime() + 10 * day + 1000)]],
  [/^tls\.crt is not valid before .+ GMT$/, () => [pair, localHosts, new Date(now.getTime() - day)]],
  [/^tls\.crt does not name webhook\.local$/, () => [pair, [...localHosts, "webhook.local"], now]],
  [/^tls\.crt does not name 10\.0\.0\.1$/, () => [pair, ["10.0.0.1"], now]],
  [/^tls\.key does not belong to tls\.crt$/, () => [{ ...pair, key: other.key }, localHosts, now]],
  [/^tls\.crt is not signed by ca\.crt$/, () => [{ ...pair, ca: other.ca }, localHosts, now]],
  [/^tls\.crt is not a certificate$/, () => [{ ...pair, cert: "" }, localHosts, now]],
  [/^tls\.key is not a private key$/, () => [{ ...pair, key: "-----BEGIN" }, localHosts, now]],
  [/^ca\.crt is not a certificate$/, () => [{ ...pair, ca: pair.key }, localHosts, now]],
];
for (const [index, [reason, from]] of cases.entries())
  test(`renewal: ${reason?.source ?? "none"} (${index})`, () => {
    const actual = renewalReason(...from());
    if (reason === undefined) assert.equal(actual, undefined);
    else assert.match(actual ?? "", reason);
  });

test("a pair of files that TLS cannot use", () => {
  assert.equal(mismatch(pair), undefined);
  assert.equal(mismatch({ cert: pair.cert, key: other.key }), "tls.key does not belong to tls.crt");
});

test("a certificate out of its time", () => {
  assert.equal(invalidity(pair.cert, now), undefined);
  assert.match(invalidity(pair.cert, new Date(0)) ?? "", /^not valid before/);
});

test("our own certificates are known again", () => {
  assert.ok(isOurs(pair.cert));
  assert.ok(isOurs(pair.ca));
  assert.ok(!isOurs("no certificate"));
});

test("names are read back", () => {
  assert.deepEqual(namesOf(pair.cert), ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"]);
  assert.deepEqual(namesOf("no certificate"), []);
});
