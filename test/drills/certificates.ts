import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../support/deployment.ts";
import { bundles, secretName, storedAuthority, webhookName } from "../support/replicas.ts";
import { run, until } from "../support/seldon-cluster.ts";
import type { Course, Drill, Excuse } from "./drill.ts";
import { FreshConnections } from "./fresh-connections.ts";
import { selfManaged } from "./self-managed.ts";
import { configurationPath, type Stage } from "./stage.ts";

const patienceMs = 300_000;
const endOf = (certificate: X509Certificate): number => Date.parse(certificate.validTo);

const leaves = (stage: Stage): Promise<X509Certificate[]> =>
  Promise.all(stage.replicas.map((replica) => replica.leaf()));

const authority = async ({ plane }: Stage): Promise<X509Certificate | undefined> =>
  storedAuthority(plane).then(
    ({ cert }) => new X509Certificate(cert),
    () => undefined,
  );

/** Waits until all that is served now is expired, and something else served in its place. */
async function untilExpired(stage: Stage): Promise<void> {
  const before = await leaves(stage);
  const end = Math.max(...before.map(endOf));
  await until("the leaves have expired", () => Date.now() > end, patienceMs);
  const old = new Set(before.map(({ serialNumber }) => serialNumber));
  if ((await leaves(stage)).some((leaf) => old.has(leaf.serialNumber)))
    throw new Error("a leaf is served although it has expired");
}

/** Waits until every replica serves by the CA that is stored. */
const untilServed = (stage: Stage): Promise<void> =>
  until(
    "every replica serves by the stored CA",
    async () => {
      const ca = await authority(stage);
      return ca !== undefined && (await leaves(stage)).every((leaf) => leaf.verify(ca.publicKey));
    },
    patienceMs,
  );

export const leafExpiry: Drill = {
  name: "leaf-expiry",
  what: "the certificates of all replicas expire; the API server makes new connections every second",
  cast: (pace) => selfManaged(pace, `--tls-leaf-seconds=${pace.leafSeconds}`),
  run: (stage, { rounds, leafSeconds }) =>
    FreshConnections.during(stage, async () => {
      for (let round = 0; round <= rounds; round++) await untilExpired(stage);
      return { note: `leaves of ${leafSeconds} s expired ${rounds + 1} times` };
    }),
};

/** Waits until the CA that is stored now is expired and trusted no longer. */
async function untilRotated(stage: Stage): Promise<void> {
  const ca = await authority(stage);
  if (ca === undefined) throw new Error("there is no CA");
  await until("the CA has expired", () => Date.now() > endOf(ca), patienceMs);
  const serial = ca.serialNumber;
  await until(
    "the CA is trusted no longer",
    async () => (await bundles(stage.plane)).every((bundle) => !serials(bundle).includes(serial)),
    patienceMs,
  );
  await untilServed(stage);
}

const serials = (bundle: string): readonly string[] =>
  (bundle.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem).serialNumber,
  );

export const caRotation: Drill = {
  name: "ca-rotation",
  what: "the CA is replaced before it expires, and then expires",
  cast: (pace) =>
    selfManaged(pace, `--tls-leaf-seconds=${pace.leafSeconds}`, `--tls-ca-seconds=${pace.caSeconds}`),
  async run(stage, { rounds, caSeconds }) {
    for (let round = 0; round < rounds; round++) await untilRotated(stage);
    return { note: `CAs of ${caSeconds} s expired ${rounds} times` };
  },
};

export const secretDeleted: Drill = {
  name: "secret-deleted",
  what: "the Secret of the CA is deleted",
  cast: (pace) => selfManaged(pace),
  async run(stage, { rounds }) {
    for (let round = 0; round < rounds; round++) {
      const before = await authority(stage);
      await run(stage.plane, `-n ${webhookName} delete secret ${secretName}`);
      const isNew = async () => {
        const now = await authority(stage);
        return now !== undefined && now.serialNumber !== before?.serialNumber;
      };
      await until("another CA is stored", isNew, patienceMs);
      await untilServed(stage);
    }
    return { note: `deleted ${rounds} times, and every replica serves by the new CA` };
  },
};

/** Takes the caBundle out of every webhook of both configurations; says how long it took to come back. */
async function wipe({ client }: Stage): Promise<{ readonly from: number; readonly to: number }> {
  const limit = () => ({ signal: AbortSignal.timeout(60_000) });
  const from = Date.now();
  await Promise.all(
    (["mutating", "validating"] as const).map(async (kind) => {
      const path = configurationPath(kind);
      const { webhooks } = (await client.json(path, limit())) as Json;
      const body = webhooks.map((_: Json, index: number) => ({
        op: "remove",
        path: `/webhooks/${index}/clientConfig/caBundle`,
      }));
      const contentType = "application/json-patch+json";
      await client.json(path, { method: "PATCH", contentType, body, ...limit() });
      await until("caBundle is back", async () => {
        const { webhooks } = (await client.json(path, limit())) as Json;
        return webhooks.every(({ clientConfig }: Json) => clientConfig.caBundle !== undefined);
      });
    }),
  );
  return { from, to: Date.now() };
}

/** The API server goes by what is stored a moment late. */
const lagMs = 1000;

export const bundleWiped: Drill = {
  name: "ca-bundle-wiped",
  what: "caBundle is taken out of both configurations, as a careless apply does",
  cast: (pace) => selfManaged(pace),
  async run(stage, { rounds }): Promise<Course> {
    const gaps: { readonly from: number; readonly to: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      gaps.push(await wipe(stage));
      await sleep(lagMs + 500);
    }
    const excuse: Excuse = {
      why: "until caBundle was back, the API server trusted nobody",
      most: Number.POSITIVE_INFINITY,
      isExcused: ({ message, sentAt }) =>
        message.includes("x509: certificate signed by unknown authority") &&
        gaps.some(({ from, to }) => sentAt >= from - lagMs && sentAt <= to + lagMs),
    };
    const took = gaps.map(({ from, to }) => to - from).join(", ");
    return { note: `wiped and seen to be back within ${took} ms`, excuse };
  },
};
