import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { type CommandResult, runCommand } from "../support/command.ts";
import type { Json } from "../support/deployment.ts";
import { testFolder } from "../support/program.ts";
import { createAll, group, listOf, run, sdep } from "../support/seldon-cluster.ts";

const [namespace, other] = ["models", "other"];

const london = {
  "seldon.io/ambassador-service-name": "iris",
  "seldon.io/ambassador-header": "location: london",
};

function kubeconfig(t: TestContext, { url, ca }: ControlPlane, token: string): string {
  const file = join(testFolder(t), "kubeconfig");
  writeFileSync(file, kubeconfigText(url, { ca, token }));
  return `--kubeconfig=${file}`;
}

/** An account that may list the deployments of one namespace only. */
async function confined(plane: ControlPlane): Promise<string> {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name: "confined", namespace };
  const rules = [{ apiGroups: [group], resources: ["seldondeployments"], verbs: ["list"] }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "confined" };
  const subjects = [{ kind: "ServiceAccount", ...metadata }];
  await run(plane, `-n ${namespace} create serviceaccount confined`);
  await run(
    plane,
    "apply -f -",
    listOf(
      { apiVersion, kind: "Role", metadata, rules },
      { apiVersion, kind: "RoleBinding", metadata, roleRef, subjects },
    ),
  );
  return (await run(plane, `-n ${namespace} create token confined`)).trim();
}

const refused = ({ status, stdout, stderr }: CommandResult, message: RegExp): void => {
  assert.deepEqual([status, stdout], [2, ""], stderr);
  assert.match(stderr, message);
};

async function lists(t: TestContext, server: string): Promise<void> {
  const { status, stdout, stderr } = await runCommand(t, "routes", server, "-o", "json");
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^warning: 603 without text of the webhook yet; /);
  const [ambassador]: Json[] = JSON.parse(stdout).ambassadors;
  assert.equal(ambassador?.routes.length, 2 * 603);
  const one = await runCommand(t, "routes", server, "-n", other);
  assert.match(one.stdout, /^2 routes of 1 deployment, 0 with problems$/m);
}

async function explains(t: TestContext, server: string): Promise<void> {
  const url = "http://localhost/seldon/models/iris/api/v1.0/predictions";
  const ask = (...more: string[]) => runCommand(t, "routes", server, "--explain", "POST", url, ...more);
  assert.match((await ask()).stdout, /iris-default\.models:8000 +models\/iris\n/);
  assert.match((await ask("-H", "location: london")).stdout, /london-default\.models:8000 +models\/london\n/);
}

async function overlays(t: TestContext, server: string): Promise<void> {
  const file = join(testFolder(t), "london.json");
  const changed = { ...london, "seldon.io/ambassador-header": "location: paris" };
  writeFileSync(file, JSON.stringify(sdep("london", namespace, changed)));
  const { stdout } = await runCommand(t, "routes", server, "-n", namespace, file);
  assert.match(stdout, /^\/seldon\/models\/iris\/ {2}header location: paris$/m);
  assert.doesNotMatch(stdout, /header location: london/);
}

async function respectsRights(t: TestContext, plane: ControlPlane): Promise<void> {
  const server = kubeconfig(t, plane, await confined(plane));
  refused(
    await runCommand(t, "routes", server),
    /: the right to list seldondeployments is missing \(HTTP 403/,
  );
  refused(await runCommand(t, "routes", server, "-n", other), /is missing \(HTTP 403/);
  const { status, stdout, stderr } = await runCommand(t, "routes", server, "-n", namespace);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^warning: only this namespace may be read: routes of others are not known$/m);
  assert.match(stdout, /^1204 routes of 602 deployments, /m);
  refused(
    await runCommand(t, "routes", kubeconfig(t, plane, "nobody")),
    /: the API server does not accept the credentials \(HTTP 401/,
  );
}

withControlPlane("routes of a real API server", async (t, plane) => {
  const server = `--kubeconfig=${plane.kubeconfig}`;
  await t.test("without the CRD", async (t) =>
    refused(
      await runCommand(t, "routes", server),
      /: it knows no SeldonDeployments: the CRD .* is not installed/,
    ),
  );
  await installCrd(plane.kubectl);
  await run(
    plane,
    "apply -f -",
    listOf(
      ...[namespace, other].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ),
  );
  await createAll(plane, [
    sdep("iris", namespace),
    sdep("london", namespace, london),
    sdep("iris", other),
    ...Array.from({ length: 600 }, (_, index) => sdep(`model-${index}`, namespace)),
  ]);
  await t.test("lists every page of every namespace, or of one", (t) => lists(t, server));
  await t.test("says who answers a request", (t) => explains(t, server));
  await t.test("puts files in the place of what exists", (t) => overlays(t, server));
  await t.test("says what rights are missing, and makes do with one namespace", (t) =>
    respectsRights(t, plane),
  );
  await t.test("an API server out of reach", (t) =>
    plane.restartApiServer(async () =>
      refused(await runCommand(t, "routes", server), /: the API server cannot be reached/),
    ),
  );
});
