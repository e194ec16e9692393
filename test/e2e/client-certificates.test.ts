import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { after, type TestContext } from "node:test";
import { callFailureIn } from "../../src/doctor/call-failures.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { type ClientPair, TestAuthority } from "../support/client-authority.ts";
import { canary } from "../support/reviews.ts";
import { until } from "../support/seldon-cluster.ts";
import { fileOf, resource, type Tenant, tenant } from "../support/tenant.ts";
import { startWebhook, type WebhookProcess } from "../support/webhook-process.ts";
import { registerWebhook } from "../support/webhook-registration.ts";

const folder = mkdtempSync(join(tmpdir(), "client-certificates-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const [admission, kubeconfig, caFile] = ["admission.yaml", "webhooks.kubeconfig", "ca.crt"].map((name) =>
  join(folder, name),
) as [string, string, string];
const authority = await TestAuthority.make();

const plugin = (name: string): object => ({
  name,
  configuration: {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "WebhookAdmissionConfiguration",
    kubeConfigFile: kubeconfig,
  },
});

/** What API servers show to webhooks, as manifests/README.md tells; JSON is YAML. */
function present(pair: ClientPair | undefined): void {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const user = pair && {
    "client-certificate-data": base64(pair.cert),
    "client-key-data": base64(pair.key),
  };
  const users = user === undefined ? [] : [{ name: "*", user }];
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: "v1", kind: "Config", users }), { mode: 0o600 });
}

writeFileSync(
  admission,
  JSON.stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: ["MutatingAdmissionWebhook", "ValidatingAdmissionWebhook"].map(plugin),
  }),
);
present(await authority.client({ name: "kube-apiserver" }));
writeFileSync(caFile, authority.pem);

/** Somebody else's call, who reached the port. */
async function stranger({ url, ca }: WebhookProcess): Promise<unknown> {
  const agent = new Agent({ ca });
  const call = request(`${url}/mutate`, { method: "POST", agent });
  call.setHeader("Content-Type", "application/json");
  call.end(JSON.stringify(canary()));
  const [response] = await once(call, "response");
  const { code, reason } = (await json(response)) as { code: number; reason: string };
  return [code, reason];
}

const asked = "this webhook is called with a client certificate (--client-ca-file), and";

/** What the API server says of a write, with another certificate or none. */
async function complaintWith(
  { plane, shop }: { plane: ControlPlane; shop: Tenant },
  pair: ClientPair | undefined,
): Promise<string> {
  await plane.restartApiServer(async () => present(pair));
  const complaint = await shop.complaint("create -f -", fileOf({ name: "refused" }));
  assert.match(callFailureIn(complaint)?.text ?? "", /client certificate/, complaint);
  return complaint;
}

async function body(t: TestContext, plane: ControlPlane): Promise<void> {
  await installCrd(plane.kubectl);
  const flags = [`--client-ca-file=${caFile}`, "--client-allowed-names=kube-apiserver"];
  const webhook = await startWebhook(t, plane, { flags });
  await registerWebhook(plane, webhook);
  const shop = await tenant(plane, "shop");
  const world = { plane, shop };

  await t.test("the API server shows its certificate and is answered; a stranger is not", async () => {
    assert.equal(
      await shop.quietly("create -f -", fileOf({ name: "iris" })),
      `${resource("iris")} created\n`,
    );
    assert.match(JSON.stringify(await shop.stored("iris")), /Made by seldon-ambassador-webhook/);
    assert.deepEqual(await stranger(webhook), [401, "Unauthorized"]);
  });

  await t.test("an API server without a certificate is told so", async () => {
    assert.ok(
      (await complaintWith(world, undefined)).includes(`${asked} there was none of a CA that it trusts`),
    );
  });

  await t.test("so is one with a certificate of another CA", async () => {
    const other = await TestAuthority.make("another CA");
    const complaint = await complaintWith(world, await other.client({ name: "kube-apiserver" }));
    assert.ok(complaint.includes(`${asked} the one presented is refused: UNABLE_TO_VERIFY_LEAF_SIGNATURE`));
  });

  await t.test("with one that has expired", async () => {
    const pair = await authority.client({ name: "kube-apiserver", notAfter: Date.now() - 3_600_000 });
    assert.ok((await complaintWith(world, pair)).includes(`${asked} the one presented has expired`));
  });

  await t.test("with one of another name", async () => {
    const complaint = await complaintWith(world, await authority.client({ name: "kubelet" }));
    assert.ok(complaint.includes('certificate of "kubelet" is not one of those that may call'), complaint);
  });

  await t.test("another CA is taken without a restart of the webhook", async () => {
    const next = await TestAuthority.make("the next CA");
    writeFileSync(caFile, next.pem);
    await until("it is loaded", () => webhook.log().some(({ msg }) => msg === "client CA loaded anew"));
    const pair = await next.client({ name: "kube-apiserver" });
    await plane.restartApiServer(async () => present(pair));
    assert.equal(
      await shop.quietly("create -f -", fileOf({ name: "rose" })),
      `${resource("rose")} created\n`,
    );
  });
}

withControlPlane("client certificates", body, {
  apiServerArgs: [`--admission-control-config-file=${admission}`],
});
