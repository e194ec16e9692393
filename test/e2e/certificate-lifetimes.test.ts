import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { admissionLoad } from "../support/admission-load.ts";
import {
  accountKubeconfig,
  applyRights,
  balancer,
  bundles,
  configurationsFor,
  startReplica,
  storedAuthority,
} from "../support/replicas.ts";
import { clientOf, run, until } from "../support/seldon-cluster.ts";
import { trustProbe } from "../support/trust-probe.ts";

/** A third of the leaf's life is what a busy machine may be late by. */
const [leafSeconds, caSeconds] = [24, 75];
const lifetimes = [`--tls-leaf-seconds=${leafSeconds}`, `--tls-ca-seconds=${caSeconds}`];

withControlPlane("certificates and CAs that really expire, under load", async (t, plane) => {
  await installCrd(plane.kubectl);
  await applyRights(plane);
  const kubeconfig = await accountKubeconfig(t, plane);
  const replicas = await Promise.all(["a", "b", "c"].map(() => startReplica(t, kubeconfig, ...lifetimes)));
  const port = await balancer(t, () => replicas.map((replica) => replica.port));
  for (const configuration of configurationsFor(port)) await run(plane, "apply -f -", configuration);
  const first = await storedAuthority(plane);
  const firstEnd = Date.parse(new X509Certificate(first.cert).validTo);
  await until("caBundle is written", async () =>
    (await bundles(plane)).every((bundle) => bundle.includes(first.cert)),
  );
  const client = clientOf(plane);
  const probe = trustProbe(
    client,
    replicas.map((replica) => replica.port),
  );
  const load = admissionLoad(client);

  await until("the first CA has expired", () => Date.now() > firstEnd, 300_000);
  await until("it is trusted no longer", async () =>
    (await bundles(plane)).every((bundle) => !bundle.includes(first.cert)),
  );
  const seen = await probe.stop();
  const calls = await load.stop();

  assert.deepEqual(seen.failures, [], "what is served is always trusted and valid");
  assert.deepEqual(calls.failures, [], "no call fails");
  assert.ok(calls.made > 0 && seen.made > 0);
  const now = Date.now();
  const expired = [...seen.leaves.values()].filter((end) => end < now);
  assert.ok(expired.length >= 2 * replicas.length, "each replica has served leaves that have expired since");
  assert.ok(seen.signers.size >= 2, "leaves of the first CA and of another were served");
  assert.equal(seen.mostTrusted, 2, "both were trusted for a while");
  const made = replicas.flatMap(({ stdout }) =>
    stdout()
      .split("\n")
      .filter((line) => /"certificate":"ca".*"certificate renewed"/.test(line)),
  );
  assert.match(made.join("\n"), /"reason":"due"/);
  assert.equal(made.length, seen.signers.size, "each CA was made by one replica, whoever was first");
  t.diagnostic(
    `${calls.made} admission calls and ${seen.made} handshakes, none failed; ${seen.leaves.size} leaves`,
  );
});
