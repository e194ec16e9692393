import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { JsonDiagnosis } from "../../src/doctor/print.ts";
import { doctorGrants } from "../../src/doctor/rights.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { accountKubeconfig } from "../support/account.ts";
import type { Json } from "../support/deployment.ts";
import { foreignPair } from "../support/foreign-pair.ts";
import { type Result, runProgram } from "../support/program.ts";
import { run, sdep, until } from "../support/seldon-cluster.ts";
import type { WebhookProcess } from "../support/webhook-process.ts";
import { registerWebhook } from "../support/webhook-registration.ts";
import { withWebhook } from "../support/with-webhook.ts";

const name = "seldon-ambassador-webhook";
const mutating = `mutatingwebhookconfiguration/${name}`;
const validating = `validatingwebhookconfiguration/${name}`;

const doctor = ({ kubeconfig }: Pick<ControlPlane, "kubeconfig">, ...args: string[]): Promise<Result> =>
  runProgram(["doctor", `--kubeconfig=${kubeconfig}`, ...args]);

/** Waits until the API server, which reads its configurations a moment late, has doctor say all of this. */
async function says(plane: ControlPlane, code: number, ...expected: RegExp[]): Promise<Result> {
  let result: Result | undefined;
  const isSaid = async (): Promise<boolean> => {
    result = await doctor(plane);
    return result.code === code && expected.every((pattern) => pattern.test(result?.stdout ?? ""));
  };
  await until(`doctor ends with ${code} and says ${expected.join(" ")}`, isSaid).catch((error: Error) =>
    assert.fail(`${error.message}\n${result?.code}\n${result?.stdout}${result?.stderr}`),
  );
  return result as Result;
}

const patch = (plane: ControlPlane, kind: string, ...operations: Json[]): Promise<string> =>
  run(plane, `patch ${kind} --type=json -p ${JSON.stringify(operations)}`);

const workload = (namespace: string, label: string, container: Json): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: label, namespace },
  spec: {
    selector: { matchLabels: { "control-plane": label } },
    template: {
      metadata: { labels: { "control-plane": label } },
      spec: { containers: [{ name: "main", ...container }] },
    },
  },
});

/** The operator as Seldon's chart installs it: nobody runs it here, and nobody has to. */
const operator = (version: string, mode: string): Json =>
  workload("seldon-system", "seldon-controller-manager", {
    image: `docker.io/seldonio/seldon-core-operator:${version}`,
    env: [
      { name: "AMBASSADOR_ENABLED", value: "true" },
      { name: "AMBASSADOR_VERSION", value: mode },
      { name: "AMBASSADOR_SINGLE_NAMESPACE", value: "false" },
      { name: "ENGINE_SERVER_PORT", value: "8000" },
      { name: "ENGINE_SERVER_GRPC_PORT", value: "5001" },
      { name: "CONTROLLER_ID", value: "" },
    ],
  });

const emissary = (version: string): Json =>
  workload("emissary", "emissary-ingress", { image: `docker.io/emissaryingress/emissary:${version}` });

const stored = async (plane: ControlPlane): Promise<readonly string[]> => {
  const { items } = JSON.parse(await run(plane, "get sdep -A -o json")) as { items: Json[] };
  return items.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
};

async function allGood({ plane, webhook }: Stage): Promise<void> {
  const earlier = await stored(plane);
  const { stdout, stderr } = await says(plane, 0, /^0 problems, 0 warnings, \d+ ok, 3 skipped$/m);
  assert.match(stderr, /^looking at two dry runs$/m);
  assert.match(
    stdout,
    /^ok {6}operator: deployment\/seldon-system\/seldon-controller-manager: operator 1\.18\.2, ambassador v1$/m,
  );
  assert.match(
    stdout,
    /^ok {6}ambassador: deployment\/emissary\/emissary-ingress: 3\.9\.1, AMBASSADOR_ID default$/m,
  );
  assert.match(stdout, /^ok {6}dry-run: a right one in default: accepted, with the text injected/m);
  assert.match(stdout, /^ok {6}dry-run: a wrong one in default: rejected by ambassador-id-form/m);
  // All three of what is skipped is what no URL tells of.
  assert.equal(stdout.match(/^skipped (service|deployment|rights): .*called by URL/gm)?.length, 3);
  assert.deepEqual(await stored(plane), earlier);
  const tried = webhook.decisions().filter((decision) => decision.name?.startsWith("doctor-"));
  assert.ok(tried.length >= 3 && tried.every(({ dryRun }) => dryRun));
}

async function asJson({ plane }: Stage): Promise<void> {
  const { code, stdout } = await doctor(plane, "-o", "json", "--severity", "skipped");
  const { findings, summary } = JSON.parse(stdout) as JsonDiagnosis;
  assert.equal(code, 1);
  assert.deepEqual([summary.problems, summary.warnings, summary.skipped], [0, 0, 3]);
  assert.equal(findings.length, summary.ok + summary.skipped);
  assert.deepEqual(findings.at(0), {
    check: "crd",
    status: "ok",
    object: "customresourcedefinition/seldondeployments.machinelearning.seldon.io",
    message: "served as v1, v1alpha3, v1alpha2",
    fix: null,
  });
}

const bundle = (index: number): string => `/webhooks/${index}/clientConfig/caBundle`;

async function bundleWiped({ plane }: Stage): Promise<void> {
  await patch(plane, mutating, { op: "remove", path: bundle(0) });
  await says(
    plane,
    1,
    /^warning ca-bundle: mutatingwebhookconfiguration\/\S+ mutate\S+: caBundle is empty/m,
    /^problem dry-run: a right one in default: denied because nothing was injected/m,
    /^ok {6}dry-run: a wrong one/m,
  );
}

async function wrongCa({ plane }: Stage): Promise<void> {
  const value = Buffer.from(foreignPair().ca).toString("base64");
  await patch(plane, validating, { op: "replace", path: bundle(0), value });
  await says(
    plane,
    1,
    /^problem served-certificate: validating\S+ validate\S+: caBundle \(CN=somebody's CA .*\) did not sign the served CN=localhost/m,
    /^problem dry-run: a right one in default: caBundle is not of the CA that signed what the pods serve.* \(.*x509: certificate signed by unknown authority/m,
  );
}

/** Something that answers TLS with this certificate, in the place of the webhook. */
async function imposter(t: TestContext, order: Parameters<typeof foreignPair>[0]): Promise<WebhookProcess> {
  const { ca, cert, key } = foreignPair(order);
  const server = createServer({ cert, key }, (_request, response) => response.end("{}"));
  server.listen(0, "localhost");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca } as WebhookProcess;
}

async function registerOther(plane: ControlPlane, { url, ca }: WebhookProcess): Promise<void> {
  const caBundle = Buffer.from(ca).toString("base64");
  const set = (index: number, path: string): Json => ({
    op: "replace",
    path: `/webhooks/${index}/clientConfig`,
    value: { url: `${url}${path}`, caBundle },
  });
  await patch(plane, mutating, set(0, "/mutate"));
  await patch(plane, validating, set(0, "/validate"), set(1, "/validate"));
}

async function expired(t: TestContext, { plane }: Stage): Promise<void> {
  await registerOther(plane, await imposter(t, { hosts: ["localhost"], to: new Date(Date.now() - 60_000) }));
  await says(
    plane,
    1,
    /^problem served-certificate: .* CN=somebody \(serial 4F01\) expired on/m,
    /^problem dry-run: .*nobody renews.*x509: certificate has expired or is not yet valid/m,
  );
}

async function nameless(t: TestContext, { plane }: Stage): Promise<void> {
  await registerOther(plane, await imposter(t, { subject: "localhost" }));
  await says(
    plane,
    1,
    /^problem served-certificate: .* has no subject alternative names/m,
    /^problem dry-run: .*x509: certificate relies on legacy Common Name field/m,
  );
  await registerOther(plane, await imposter(t, { hosts: ["elsewhere"] }));
  await says(
    plane,
    1,
    /^problem served-certificate: .* names elsewhere, not localhost/m,
    /^problem dry-run: .*x509: certificate is valid for elsewhere, not localhost/m,
  );
}

async function unregistered({ plane }: Stage): Promise<void> {
  await run(plane, `delete ${mutating}`);
  await says(
    plane,
    1,
    /^problem webhooks: \S+: no mutating webhook is called for CREATE/m,
    /^problem dry-run: a right one in default: denied because nothing was injected/m,
  );
  await run(plane, `delete ${validating}`);
  await says(
    plane,
    1,
    /^problem webhooks: no webhook configuration of seldon-ambassador-webhook exists/m,
    /^problem dry-run: a right one in default: accepted without the injected text/m,
    /^problem dry-run: a wrong one in default: accepted: nothing judges what is written/m,
  );
}

/** While nobody is registered, anything is stored. */
async function slippedPast({ plane, webhook }: Stage): Promise<void> {
  await run(plane, "apply -f -", sdep("slipped", "default"));
  await registerWebhook(plane, webhook);
  await says(plane, 1, /^problem deployments: 1 of 2 never went through the webhook.*: default\/slipped$/m);
  const adopted = await runProgram(["adopt", `--kubeconfig=${plane.kubeconfig}`]);
  assert.equal(adopted.code, 0, adopted.stdout + adopted.stderr);
  await says(plane, 0, /^ok {6}deployments: 2 deployments are as they should be$/m);
}

async function wrongPath({ plane, webhook }: Stage): Promise<void> {
  const path = "/webhooks/0/clientConfig/url";
  await patch(plane, validating, { op: "replace", path, value: `${webhook.url}/nothing` });
  await says(
    plane,
    1,
    /^problem webhooks: .* calls the path \/nothing, not \/validate$/m,
    /^problem dry-run: .*but not at this path \(.*there is nothing at this path/m,
  );
}

async function policies({ plane }: Stage): Promise<void> {
  await patch(plane, validating, { op: "replace", path: "/webhooks/0/failurePolicy", value: "Ignore" });
  await says(
    plane,
    0,
    /^warning failure-policy: .* failurePolicy Ignore: while the webhook cannot be called/m,
  );
  assert.equal((await doctor(plane, "--severity", "warning")).code, 1);
}

/** What the README shows, without what it leaves out. */
const shown = (readFileSync("README.md", "utf8").split("$ npx seldon-ambassador-webhook doctor")[1] ?? "")
  .split("```")[0]
  ?.split("\n")
  .slice(1)
  .filter((line) => line !== "" && line !== "…");

async function operatorInV2({ plane }: Stage): Promise<void> {
  await run(plane, "apply -f -", operator("1.18.2", "v2"));
  const { stdout } = await says(plane, 1, /^problem operator: .*seldon\.ambassador: Invalid value: "v2"/m);
  assert.match(stdout, /^ +fix: Set it for the operator: helm upgrade .*ambassador\.version=v1/m);
  const lines = stdout.split("\n");
  assert.ok(shown !== undefined && shown.length > 5);
  for (const line of shown)
    assert.ok(lines.includes(line), `the README shows ${line}, but not so:\n${stdout}`);
  await run(plane, "apply -f -", operator("1.8.0", "v1"));
  await says(
    plane,
    1,
    /^problem operator: .*operatorVersion: Invalid value: "1\.8\.0": must be 1\.9 or later/m,
  );
  await run(plane, "apply -f -", operator("1.18.2", "v1"));
}

async function otherAmbassador({ plane }: Stage): Promise<void> {
  await run(plane, "apply -f -", emissary("2.1.0"));
  await says(
    plane,
    1,
    /^problem ambassador: .*getambassador\.io\/v2, and Ambassador 2\.1\.0 makes no route of it$/m,
  );
  await run(plane, "apply -f -", emissary("3.9.1"));
  const id = "seldon.io/ambassador-id";
  await run(plane, `-n default annotate sdep sound ${id}=blue`);
  await says(
    plane,
    1,
    /^problem ambassador: no Ambassador that was found has the id blue: default\/sound is served by none$/m,
  );
  await run(plane, `-n default annotate sdep sound ${id}-`);
}

/** No more of Ambassador's Mapping than has to be for one to be stored. */
const mappingCrd: Json = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: "mappings.getambassador.io",
    annotations: { "api-approved.kubernetes.io": "unapproved" },
  },
  spec: {
    group: "getambassador.io",
    scope: "Namespaced",
    names: { kind: "Mapping", listKind: "MappingList", plural: "mappings", singular: "mapping" },
    versions: [
      {
        name: "v2",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

const mapping = (metadata: Json): Json => ({
  apiVersion: "getambassador.io/v2",
  kind: "Mapping",
  metadata: { namespace: "default", ...metadata },
  spec: { prefix: "/seldon/default/sound/", service: "sound-default.default:8000" },
});

async function leftOver({ plane }: Stage): Promise<void> {
  await run(plane, "apply -f -", mappingCrd);
  await until("Mappings are served", async () => {
    const { status } = await plane.kubectl(["get", "mappings.getambassador.io", "-A"]);
    return status === 0;
  });
  const { uid } = JSON.parse(await run(plane, "-n default get sdep sound -o json")).metadata;
  const owner = { apiVersion: "machinelearning.seldon.io/v1", kind: "SeldonDeployment", name: "sound", uid };
  const labels = { "seldon-deployment-id": "sound" };
  const made = { name: "seldon-default-sound-default-rest", labels, ownerReferences: [owner] };
  await run(plane, "apply -f -", mapping(made));
  await run(plane, "apply -f -", mapping({ name: "somebody-elses" }));
  const { stdout } = await says(
    plane,
    1,
    /^problem left-over-mappings: mappings\.getambassador\.io in default: 1 made by .*: seldon-default-sound-default-rest; /m,
  );
  const [, command = ""] = /fix: kubectl (delete mappings.*)$/m.exec(stdout) ?? [];
  await run(plane, command);
  assert.equal(
    await run(plane, "get mappings.getambassador.io -A -o name"),
    "mapping.getambassador.io/somebody-elses\n",
  );
  await says(plane, 0, /^ok {6}left-over-mappings: there are none$/m);
}

async function stopped({ plane, webhook }: Stage): Promise<void> {
  await webhook.stop();
  await says(
    plane,
    1,
    /^skipped served-certificate: .*cannot read the served certificate at localhost:\d+ \(.*ECONNREFUSED/m,
    /^problem dry-run: a right one in default: the pod has just ended, or nothing listens there \(.*connection refused/m,
  );
  await webhook.start();
  await says(plane, 0);
}

async function rights(t: TestContext, { plane }: Stage): Promise<void> {
  const as = { kubeconfig: await accountKubeconfig(t, plane, "doctor") };
  const without = await doctor(as);
  assert.equal(without.code, 2, without.stdout);
  assert.match(without.stderr, /^error: the dry runs could not be made: nothing is known for certain$/m);
  assert.match(
    without.stdout,
    /^skipped webhooks: \S+: cannot read mutatingwebhookconfigurations \(forbidden\)$/m,
  );
  assert.match(
    without.stdout,
    /^skipped dry-run: .*cannot read what becomes of a write in default \(forbidden\)$/m,
  );
  assert.doesNotMatch(
    without.stdout,
    /^(ok|warning|problem) .*(webhooks|crd|operator|deployments|dry-run):/m,
  );

  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "doctor" },
  };
  await run(plane, "apply -f -", { ...role, rules: doctorGrants });
  await run(plane, "create clusterrolebinding doctor --clusterrole=doctor --serviceaccount=default:doctor");
  await until("what is granted is enough", async () => {
    const { stdout, code } = await doctor(as);
    return code === 0 && !stdout.includes("forbidden");
  });
}

async function unreachable({ plane }: Stage): Promise<void> {
  await plane.restartApiServer(async () => {
    const { code, stderr } = await doctor(plane);
    assert.equal(code, 2);
    assert.match(stderr, /^error: https:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/m);
  });
}

interface Stage {
  readonly plane: ControlPlane;
  readonly webhook: WebhookProcess;
}

withWebhook("doctor on a real API server, with a webhook called by URL", async (t, stage) => {
  const { plane, webhook } = stage;
  for (const namespace of ["seldon-system", "emissary"]) await run(plane, `create namespace ${namespace}`);
  for (const object of [operator("1.18.2", "v1"), emissary("3.9.1"), sdep("sound", "default")])
    await run(plane, "apply -f -", object);
  const mended = () => registerWebhook(plane, webhook);

  await t.test("finds nothing wrong, and stores nothing", () => allGood(stage));
  await t.test("says the same as JSON", () => asJson(stage));
  await t.test("a caBundle that was wiped", () => bundleWiped(stage));
  await mended();
  await t.test("a caBundle of another CA", () => wrongCa(stage));
  await mended();
  await t.test("a certificate that expired", (t) => expired(t, stage));
  await t.test("certificates that do not name the host", (t) => nameless(t, stage));
  await mended();
  await t.test("configurations that were deleted", () => unregistered(stage));
  await t.test("an object that slipped past", () => slippedPast(stage));
  await t.test("a path that nobody serves", () => wrongPath(stage));
  await mended();
  await t.test("a first rollout that stayed one", () => policies(stage));
  await mended();
  await t.test("an operator that makes nothing of the text", () => operatorInV2(stage));
  await t.test("an Ambassador that makes nothing of the text", () => otherAmbassador(stage));
  await t.test("Mapping objects of the operator's v2 mode", () => leftOver(stage));
  await t.test("a webhook that is down", () => stopped(stage));
  await t.test("skips what it may not read, and needs what it says", (t) => rights(t, stage));
  await t.test("an API server that is down", () => unreachable(stage));
});
