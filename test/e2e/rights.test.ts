import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { launchReady } from "../control-plane/readiness.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { type Run, running } from "../support/applied.ts";
import type { Json } from "../support/deployment.ts";
import { base, combine, componentFolder, overlayFolder, ownName, render } from "../support/manifests.ts";
import { testFolder } from "../support/program.ts";
import { asked, auditArgs, granted, misfits } from "../support/rights.ts";
import { sdep, until } from "../support/seldon-cluster.ts";
import { installThirdPartyCrds } from "../support/third-party.ts";
import { testPair } from "../support/tls.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const account = `system:serviceaccount:${ownName}:${ownName}`;

/** Lifetimes that let the CA be renewed, and with it the Secret and both bundles, while the test waits. */
const selfManaged = [
  ...["--tls-source=self-managed", `--tls-namespace=${ownName}`],
  ...["--tls-ca-seconds=24", "--tls-leaf-seconds=8"],
];

/** Places and times of the Deployment that are others outside of a pod. */
const replaced = /^--(config|port|metrics-port|cert-dir|drain-seconds|audit-interval-seconds)=/;

interface Installed {
  readonly plane: ControlPlane;
  readonly run: Run;
  readonly objects: readonly Json[];
  /** Where the certificate comes from. */
  readonly source: readonly string[];
}

/** A kubeconfig that knows nothing but a token of the pods' account. */
async function podKubeconfig({ plane, run }: Installed): Promise<string> {
  const token = (await run(`-n ${ownName} create token ${ownName}`)).trim();
  const file = join(dirname(plane.kubeconfig), "pod-kubeconfig");
  writeFileSync(file, kubeconfigText(plane.url, { ca: plane.ca, token }), { mode: 0o600 });
  return file;
}

/** The program as the Deployment starts it, on ports of its own; the one that it is called on. */
async function started(t: TestContext, installed: Installed): Promise<number> {
  const { plane, objects } = installed;
  const { containers } = objects.find(({ kind }) => kind === "Deployment")?.spec.template.spec ?? {};
  const [port, metricsPort] = [await freePort(), await freePort()];
  const args: readonly string[] = containers[0].args;
  const own = [
    ...[`--kubeconfig=${await podKubeconfig(installed)}`, "--host=localhost", "--drain-seconds=0"],
    ...[`--port=${port}`, `--metrics-port=${metricsPort}`, "--audit-interval-seconds=1"],
    ...installed.source,
  ];
  const program = {
    name: `webhook-${port}`,
    path: process.execPath,
    args: [main, "serve", ...args.filter((arg) => !replaced.test(arg)), ...own],
    folder: dirname(plane.kubeconfig),
  };
  const ready = () => get({ host: "localhost", port: metricsPort, path: "/readyz", agent: false });
  const server = await launchReady(program, ready);
  t.after(() => server.stop("SIGKILL"));
  return port;
}

/** Both configurations call the process; the bundle is for whoever keeps it to write. */
async function callIt({ run }: Installed, port: number, ca?: string): Promise<void> {
  const caBundle = ca === undefined ? {} : { caBundle: Buffer.from(ca).toString("base64") };
  for (const kind of ["mutating", "validating"]) {
    const name = [`${kind}webhookconfiguration`, ownName];
    const { webhooks } = JSON.parse(await run(["get", ...name, "-o", "json"]));
    const patch = webhooks.map((hook: Json, index: number) => {
      const url = `https://localhost:${port}/${hook.name.startsWith("mutate") ? "mutate" : "validate"}`;
      return { op: "replace", path: `/webhooks/${index}/clientConfig`, value: { url, ...caBundle } };
    });
    await run(["patch", ...name, "--type=json", "-p", JSON.stringify(patch)]);
  }
}

const shadowOf = (name: string, target: string): Json =>
  sdep(name, "default", {
    "seldon.io/ambassador-service-name": target,
    "seldon.io/ambassador-shadow": "true",
  });

/** Asks for a target that the view does not know, which is looked for once more before the denial. */
const asksForTarget = ({ plane }: Installed): Promise<void> =>
  until("a denial that took a look at the cluster", async () => {
    const input = JSON.stringify(shadowOf("copy", "nobody"));
    const { stderr } = await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { input });
    return stderr.includes("[service-name-exists]");
  });

/** Whatever it is granted, it uses, and nothing else; `ca` is the bundle where it does not keep it itself. */
async function lives(t: TestContext, installed: Installed, ca?: string): Promise<void> {
  const { plane, objects } = installed;
  const before = asked(plane, account).length;
  const misfit = () => misfits(granted(objects), asked(plane, account).slice(before));
  await callIt(installed, await started(t, installed), ca);
  await asksForTarget(installed);
  const isUnused = (each: string): boolean => each.startsWith("granted and not used");
  await until("every right is used", () => !misfit().some(isUnused)).catch(() => {});
  assert.deepEqual(misfit(), []);
}

/** The base as it is shipped, and what is in the way of another one taken away as its guide says. */
async function withCertManager(
  t: TestContext,
  { plane, run }: Pick<Installed, "plane" | "run">,
): Promise<void> {
  const folder = overlayFolder("cert-manager");
  await run(["delete", "validatingwebhookconfiguration,mutatingwebhookconfiguration", ownName]);
  await run(["apply", "-k", folder]);
  await run(`-n ${ownName} delete role,rolebinding ${ownName}`);
  const pair = await testPair();
  const certs = testFolder(t);
  writeFileSync(join(certs, "tls.crt"), pair.cert);
  writeFileSync(join(certs, "tls.key"), pair.key);
  const source = [`--cert-dir=${certs}`, "--tls-source=files"];
  await lives(t, { plane, run, objects: render(folder) ?? [], source }, pair.ca);
}

withControlPlane(
  "the rights of the pods",
  async (t, plane) => {
    assert.ok(existsSync(main), "npm run build");
    await installCrd(plane.kubectl);
    await installThirdPartyCrds(plane);
    const run = running(plane);
    // Written before there is a webhook, so that the audit has something to find.
    await run("create -f -", sdep("bare", "default"));
    await run(["apply", "-k", base]);
    await t.test("base: each is used, and nothing else is asked for", (t) =>
      lives(t, { plane, run, objects: render(base) ?? [], source: selfManaged }),
    );
    await t.test("with Events: likewise", async (t) => {
      const folder = combine(t, { components: [componentFolder("events")] });
      await run(["delete", "validatingwebhookconfiguration,mutatingwebhookconfiguration", ownName]);
      await run(`-n ${ownName} delete secret ${ownName}-ca`);
      await run(["apply", "-k", folder]);
      await lives(t, { plane, run, objects: render(folder) ?? [], source: selfManaged });
      await run(["delete", "clusterrole,clusterrolebinding", `${ownName}-events`]);
    });
    await t.test("cert-manager: likewise, and neither Secrets nor configurations are", (t) =>
      withCertManager(t, { plane, run }),
    );
  },
  { apiServerArgs: auditArgs },
);
