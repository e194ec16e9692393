import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { makeAuthority } from "../../src/tls/authority.ts";
import { mint } from "../../src/tls/mint.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { admissionLoad } from "../support/admission-load.ts";
import type { Json } from "../support/deployment.ts";
import {
  accountKubeconfig,
  applyRights,
  balancer,
  bundles,
  configurationsFor,
  type Replica,
  secretName,
  servedCertificate,
  startReplica,
  storedAuthority,
  webhookName,
} from "../support/replicas.ts";
import { clientOf, run, sdep, until } from "../support/seldon-cluster.ts";

const kinds = ["mutating", "validating"].map((kind) => `${kind}webhookconfiguration`);

interface Stage {
  readonly plane: ControlPlane;
  readonly replicas: readonly Replica[];
}

const isReady = async (replicas: readonly Replica[]): Promise<boolean> => {
  const answers = await Promise.all(replicas.map((replica) => replica.ready()));
  return answers.every(({ code }) => code === 200);
};

const allReady = ({ replicas }: Stage): Promise<void> => until("all are ready", () => isReady(replicas));

/** Whether each replica serves a certificate of the Secret's CA. */
async function serveStored({ plane, replicas }: Stage): Promise<boolean> {
  const { cert } = await storedAuthority(plane).catch(() => ({ cert: "" }));
  if (cert === "") return false;
  const authority = (() => {
    try {
      return new X509Certificate(cert);
    } catch {
      return undefined;
    }
  })();
  if (authority === undefined) return false;
  const all = (await bundles(plane)).join("");
  const served = await Promise.all(replicas.map(({ port }) => servedCertificate(port, all)));
  return served.every((leaf) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
}

async function oneSecret(stage: Stage): Promise<void> {
  const { plane, replicas } = stage;
  const { items } = JSON.parse(await run(plane, `-n ${webhookName} get secrets -o json`));
  assert.deepEqual(
    items.map(({ metadata, type }: Json) => [metadata.name, type]),
    [[secretName, "Opaque"]],
  );
  const { cert } = await storedAuthority(plane);
  const subjects = await Promise.all(
    replicas.map(async ({ port }) => (await servedCertificate(port, cert)).issuer),
  );
  assert.deepEqual(new Set(subjects), new Set([new X509Certificate(cert).subject]));
  const wrote = replicas.filter((each) => /"certificate":"ca".*"certificate renewed"/.test(each.stdout()));
  assert.equal(wrote.length, 1, "one made the CA, and the others took it");
  const leaves = await Promise.all(replicas.map(({ port }) => servedCertificate(port, cert)));
  assert.equal(new Set(leaves.map(({ serialNumber }) => serialNumber)).size, replicas.length);
  await allReady(stage);
  const { text } = await (replicas[0] as Replica).ready();
  assert.match(
    text,
    /\[\+\]ca-bundle ok: mutatingwebhookconfiguration\/\S+ does not exist, so nobody calls by it/,
  );
}

async function bundleWritten(stage: Stage, port: number): Promise<void> {
  const { plane, replicas } = stage;
  for (const configuration of configurationsFor(port)) await run(plane, "apply -f -", configuration);
  const { cert } = await storedAuthority(plane);
  await until("caBundle is written", async () => (await bundles(plane)).every((bundle) => bundle === cert));
  await allReady(stage);
  const { text } = await (replicas[0] as Replica).ready();
  assert.match(
    text,
    /^\[\+\]serving ok\n\[\+\]certificate ok: until \S+Z\n\[\+\]certificate-stored ok\n\[\+\]ca-bundle ok\n/,
  );
  const printed = await run(plane, "apply -f -", sdep("first", "default"));
  assert.match(printed, /created/);
}

/** Every field that this manager owns, as paths. */
function ownedPaths(fields: Json, path = ""): readonly string[] {
  return Object.entries(fields).flatMap(([key, inner]) => {
    const name = key === "." ? path : `${path}/${key.replace(/^[fk]:/, "")}`;
    const below = Object.keys(inner as Json);
    return below.length === 0 ? [name] : ownedPaths(inner as Json, name);
  });
}

async function ownsBundleOnly({ plane }: Stage): Promise<void> {
  for (const kind of kinds) {
    const { metadata, webhooks } = JSON.parse(
      await run(plane, `get ${kind} ${webhookName} --show-managed-fields -o json`),
    );
    const managers: readonly Json[] = metadata.managedFields.filter(
      ({ manager }: Json) => manager === `${webhookName}-ca`,
    );
    assert.deepEqual(
      managers.map(({ operation }) => operation),
      ["Apply"],
    );
    const owned = managers.flatMap(({ fieldsV1 }) => ownedPaths(fieldsV1));
    // The name is the key of the list: without it there is no saying whose caBundle it is.
    const expected = webhooks.flatMap(({ name }: Json) => {
      const hook = `/webhooks/{"name":"${name}"}`;
      return [hook, `${hook}/name`, `${hook}/clientConfig/caBundle`];
    });
    assert.deepEqual(owned.toSorted(), expected.toSorted(), kind);
  }
}

async function heals(stage: Stage, spoil: () => Promise<unknown>): Promise<void> {
  const { plane } = stage;
  const before = await storedAuthority(plane);
  const load = admissionLoad(clientOf(plane));
  await spoil();
  await until("another CA is stored", async () => {
    const stored = await storedAuthority(plane).catch(() => undefined);
    return stored?.cert.startsWith("-----BEGIN CERTIFICATE") && stored.cert !== before.cert;
  });
  await until("every replica serves by it", () => serveStored(stage));
  await allReady(stage);
  const { made, failures } = await load.stop();
  assert.deepEqual(failures, []);
  assert.ok(made > 0);
  const { bundle } = await storedAuthority(plane);
  assert.ok(bundle.includes(before.cert), "the earlier CA is still trusted: its certificates may be served");
}

const patchSecret = (plane: ControlPlane, patch: Json): Promise<string> =>
  run(plane, `-n ${webhookName} patch secret ${secretName} --type=merge -p ${JSON.stringify(patch)}`);

async function restored(stage: Stage): Promise<void> {
  const { plane } = stage;
  for (const [kind, value] of [
    [kinds[0], undefined],
    [kinds[1], Buffer.from("no certificate").toString("base64")],
  ] as const) {
    const path = "/webhooks/0/clientConfig/caBundle";
    const patch = JSON.stringify([
      value === undefined ? { op: "remove", path } : { op: "replace", path, value },
    ]);
    const before = await bundles(plane);
    await run(plane, `patch ${kind} ${webhookName} --type=json -p ${patch}`);
    await until("caBundle is back", async () => (await bundles(plane)).join() === before.join());
  }
  // Replaced as a whole by a file without caBundle.
  const { cert } = await storedAuthority(plane);
  const stored: Json = JSON.parse(await run(plane, `get ${kinds[1]} ${webhookName} -o json`));
  for (const hook of stored.webhooks) delete hook.clientConfig.caBundle;
  await run(plane, "replace -f -", stored);
  await until("caBundle is back", async () =>
    (await bundles(plane)).every((bundle) => bundle.includes(cert)),
  );
  await allReady(stage);
}

async function unwritable(stage: Stage): Promise<void> {
  const { plane, replicas } = stage;
  const load = admissionLoad(clientOf(plane));
  await run(plane, `-n ${webhookName} delete rolebinding ${webhookName}`);
  await run(plane, `-n ${webhookName} delete secret ${secretName}`);
  await until("each has tried to write it", async () => {
    const pages = await Promise.all(replicas.map((replica) => replica.metrics()));
    return pages.every((page) =>
      /renewals_total\{certificate="ca",reason="missing",outcome="failed"\} [1-9]/.test(page),
    );
  });
  const answers = await Promise.all(replicas.map((replica) => replica.ready()));
  for (const { code, text } of answers) {
    assert.equal(code, 200, text);
    assert.match(
      text,
      /\[\+\]certificate ok: until \S+Z; the ca cannot be renewed \(there is none\): HTTP 403: /,
    );
    assert.match(text, /\[\+\]certificate-stored ok: .*the Secret does not hold the CA/);
  }
  await applyRights(plane);
  await until("it is written again", () => serveStored(stage));
  assert.deepEqual((await load.stop()).failures, []);
}

async function outlivesApiServer(stage: Stage): Promise<void> {
  const { plane } = stage;
  await plane.restartApiServer();
  const before = await bundles(plane);
  const patch = JSON.stringify([{ op: "remove", path: "/webhooks/0/clientConfig/caBundle" }]);
  await run(plane, `patch ${kinds[1]} ${webhookName} --type=json -p ${patch}`);
  await until("caBundle is back", async () => (await bundles(plane)).join() === before.join());
  await allReady(stage);
}

async function healsExpired(t: TestContext, plane: ControlPlane, kubeconfig: string): Promise<void> {
  const day = 86_400_000;
  const { cert, key } = await makeAuthority(Date.now() - 3 * day, 2 * day);
  const texts = Object.entries({ "ca.crt": cert.pem, "tls.crt": cert.pem, "tls.key": key });
  const data = texts.map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
  await patchSecret(plane, { data: Object.fromEntries(data) });
  const replica = await startReplica(t, kubeconfig, "--drain-seconds=0");
  const stage = { plane, replicas: [replica] };
  await allReady(stage);
  assert.ok(await serveStored(stage));
  assert.match(replica.stdout(), /"certificate":"ca","reason":"expired".*"certificate renewed"/);
}

async function clockJumps(stage: Stage): Promise<void> {
  const { plane, replicas } = stage;
  const before = await storedAuthority(plane);
  const load = admissionLoad(clientOf(plane));
  const [{ child, stderr, ready }] = replicas as [Replica];
  child.kill("SIGUSR2");
  await until("it has jumped", () => stderr().includes("the clock has jumped"));
  // Nothing is to happen, which cannot be waited for: a few times as long as it looks at the clock.
  await sleep(5000);
  const { code, text } = await ready();
  assert.equal(code, 200, text);
  assert.equal((await storedAuthority(plane)).cert, before.cert);
  assert.ok(await serveStored(stage));
  assert.deepEqual((await load.stop()).failures, []);
}

async function stopsCleanly({ replicas }: Stage): Promise<void> {
  for (const { child, ended, stderr } of replicas) {
    child.kill("SIGTERM");
    assert.equal(await ended, 0, stderr());
  }
}

withControlPlane(
  "certificates that the webhook manages itself, on a real API server",
  async (t: TestContext, plane) => {
    await installCrd(plane.kubectl);
    await applyRights(plane);
    const kubeconfig = await accountKubeconfig(t, plane);
    // The rights are known to the API server a moment after they were granted; the replicas wait for that too.
    const replicas = await Promise.all(
      ["a", "b", "c"].map(() => startReplica(t, kubeconfig, "--drain-seconds=1")),
    );
    const stage = { plane, replicas };
    const port = await balancer(t, () => replicas.map((replica) => replica.port));
    await t.test("three that start at once agree on one CA", () => oneSecret(stage));
    await t.test("configurations that come later get their caBundle", () => bundleWritten(stage, port));
    await t.test("nothing else of them is owned", () => ownsBundleOnly(stage));
    await t.test("a caBundle that was wiped or damaged is restored", () => restored(stage));
    await t.test("a Secret that was deleted is made anew, and no call fails", () =>
      heals(stage, () => run(plane, `-n ${webhookName} delete secret ${secretName}`)),
    );
    await t.test("a damaged Secret is mended, and no call fails", () =>
      heals(stage, () =>
        patchSecret(plane, { data: { "tls.key": Buffer.from("no key").toString("base64") } }),
      ),
    );
    await t.test("a Secret of others is taken over, its other keys stay, and no call fails", async () => {
      const { ca, cert, key } = await mint({ days: 1, now: new Date() });
      const texts = { "ca.crt": ca, "tls.crt": cert, "tls.key": key, other: "stays" };
      const data64 = Object.entries(texts).map(([name, text]) => [
        name,
        Buffer.from(text).toString("base64"),
      ]);
      await heals(stage, () => patchSecret(plane, { data: Object.fromEntries(data64) }));
      const { data } = JSON.parse(await run(plane, `-n ${webhookName} get secret ${secretName} -o json`));
      assert.equal(Buffer.from(data.other, "base64").toString(), "stays");
    });
    await t.test("while the Secret cannot be written, the certificate is served on", () => unwritable(stage));
    await t.test("a replica whose clock jumps ahead of the API server's replaces nothing", () =>
      clockJumps(stage),
    );
    await t.test("after a restart of the API server they watch on", () => outlivesApiServer(stage));
    await t.test("they end cleanly", () => stopsCleanly(stage));
    await t.test("a CA that expired while nobody ran is replaced", (t) => healsExpired(t, plane, kubeconfig));
  },
);
