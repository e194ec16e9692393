import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, type TestContext, test } from "node:test";
import forge from "node-forge";
import { ConfigError } from "../../../src/config/config-error.ts";
import { localPair } from "../../../src/tls/local-pair.ts";
import { namesOf } from "../../../src/tls/renewal.ts";

const now = new Date();
const later = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

let dir: string;
beforeEach((t) => {
  const folder = mkdtempSync(join(tmpdir(), "pair-"));
  (t as TestContext).after(() => rmSync(folder, { recursive: true }));
  dir = join(folder, "not", "yet", "there");
});

const contents = (): string[] => readdirSync(dir).map((name) => readFileSync(join(dir, name), "utf8"));
const refusal = (message: RegExp) => (error: unknown) =>
  error instanceof ConfigError && message.test(error.message);

/** A certificate that somebody else made. */
function foreignPair(): { cert: string; key: string } {
  const keys = forge.pki.rsa.generateKeyPair(1024);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = "01";
  certificate.validity.notBefore = later(-1);
  certificate.validity.notAfter = later(1);
  certificate.setIssuer([{ name: "commonName", value: "Example Corp CA" }]);
  certificate.setSubject([{ name: "commonName", value: "webhook" }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(keys.privateKey) };
}

function put(files: Record<string, string>): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
}

test("made where there is none, folder included, and read back as it was made", async () => {
  const made = await localPair(dir, { now });
  assert.deepEqual([made.outcome, made.reason], ["made", "there was none"]);
  assert.deepEqual(readdirSync(dir).toSorted(), ["ca.crt", "tls.crt", "tls.key"]);
  assert.deepEqual(await localPair(dir, { now }), { ...made, outcome: "kept", reason: undefined });
});

test("the key is readable by its owner only, whatever the umask", async () => {
  const umask = process.umask(0);
  try {
    await localPair(dir, { now });
  } finally {
    process.umask(umask);
  }
  assert.equal(statSync(join(dir, "tls.key")).mode & 0o777, 0o600);
});

test("a sound pair is never touched", async () => {
  await localPair(dir, { now });
  const before = contents();
  await localPair(dir, { now: later(364) });
  assert.deepEqual(contents(), before);
});

test("made anew when expired, with the names that it had", async () => {
  await localPair(dir, { now, days: 2, hosts: ["webhook.local"] });
  const made = await localPair(dir, { now: later(3) });
  assert.equal(made.outcome, "made");
  assert.match(made.reason ?? "", /^tls\.crt expired/);
  assert.ok(namesOf(made.cert).includes("webhook.local"));
});

test("made anew when a file is missing or belongs elsewhere", async () => {
  for (const [name, reason] of [
    ["tls.key", "tls.key is missing"],
    ["ca.crt", "ca.crt is missing"],
  ] as const) {
    await localPair(dir, { now });
    rmSync(join(dir, name));
    assert.equal((await localPair(dir, { now })).reason, reason);
  }
  await localPair(dir, { now });
  put({ "tls.key": foreignPair().key });
  assert.equal((await localPair(dir, { now })).reason, "tls.key does not belong to tls.crt");
});

/** Runs with the rights of nobody, for whom a folder can be read-only; root may write everywhere. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test("a pair of ours in a read-only folder is served as it is, without its CA and even expired", async () => {
  const { cert, key } = await localPair(dir, { now: later(-3), days: 1 });
  rmSync(join(dir, "ca.crt"));
  chmodSync(join(dir, "tls.key"), 0o444);
  for (const folder of [dir, join(dir, ".."), join(dir, "../.."), join(dir, "../../..")])
    chmodSync(folder, 0o555);
  const served = await asNobody(() => localPair(dir, { now }));
  for (const folder of [join(dir, "../../.."), join(dir, "../.."), join(dir, ".."), dir])
    chmodSync(folder, 0o755);
  assert.deepEqual(
    { cert: served.cert, key: served.key, outcome: served.outcome },
    { cert, key, outcome: "foreign" },
  );
  assert.match(served.reason ?? "", /expired/);
});

test("made anew on demand, forgetting earlier names", async () => {
  await localPair(dir, { now, hosts: ["old.local"] });
  const made = await localPair(dir, { now, hosts: ["new.local"], force: true });
  assert.equal(made.reason, "asked for");
  assert.deepEqual(namesOf(made.cert).includes("old.local"), false);
});

test("a certificate of others is used and never replaced", async () => {
  const { cert, key } = foreignPair();
  put({ "tls.crt": cert, "tls.key": key });
  assert.deepEqual(await localPair(dir, { now }), {
    ca: undefined,
    cert,
    key,
    outcome: "foreign",
    reason: undefined,
  });
  const expired = await localPair(dir, { now: later(2) });
  assert.equal(expired.outcome, "foreign");
  assert.match(expired.reason ?? "", /^expired on/);
  assert.deepEqual(contents(), [cert, key]);
  assert.equal((await localPair(dir, { now, force: true })).outcome, "made");
});

test("an incomplete or mismatched pair of others is refused and left alone", async () => {
  const { cert, key } = foreignPair();
  const cases: [files: Record<string, string>, message: RegExp][] = [
    [{ "tls.key": key }, /tls\.crt is missing; .*--force$/],
    [{ "tls.crt": cert }, /tls\.key is missing/],
    [{ "ca.crt": cert }, /tls\.crt is missing/],
    [{ "tls.crt": cert, "tls.key": foreignPair().key }, /tls\.key does not belong to tls\.crt/],
    [{ "tls.crt": "not PEM", "tls.key": key }, /tls\.crt is not a certificate/],
  ];
  for (const [files, message] of cases) {
    rmSync(dir, { recursive: true, force: true });
    put(files);
    await assert.rejects(localPair(dir, { now }), refusal(message));
    assert.deepEqual(contents().toSorted(), Object.values(files).toSorted());
  }
});

test("a file where the folder should be is an error that says so", async () => {
  mkdirSync(join(dir, ".."), { recursive: true });
  writeFileSync(dir, "");
  await assert.rejects(localPair(dir, { now }), refusal(/not\/yet\/there.*ENOTDIR/));
});
