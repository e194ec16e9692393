import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { running } from "../support/applied.ts";
import type { Json } from "../support/deployment.ts";
import { combine, componentFolder, manifests, render } from "../support/manifests.ts";
import { testFolder } from "../support/program.ts";
import { listOf, sdep, until } from "../support/seldon-cluster.ts";
import { startWebhook, type WebhookProcess } from "../support/webhook-process.ts";

const label = "seldon.io/controller-id";

/** Does what the guide says: copies the folder and puts another id in the place of the shipped one. */
function copyFor(t: TestContext, overlay: string, [from, to]: readonly [string, string]): string {
  const tree = testFolder(t);
  cpSync(manifests, tree, { recursive: true });
  const copy = join(tree, "overlays", to);
  cpSync(join(tree, "overlays", overlay), copy, { recursive: true });
  for (const file of readdirSync(copy)) {
    const path = join(copy, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(from, to));
  }
  return copy;
}

/** An installation whose configurations call a process in place of its Service. */
async function install(
  t: TestContext,
  plane: ControlPlane,
  name: string,
  folder: string,
): Promise<WebhookProcess> {
  const webhook = await startWebhook(t, plane, { name });
  const configurations = (render(folder) ?? []).filter(({ kind }) => /WebhookConfiguration$/.test(kind));
  const caBundle = Buffer.from(webhook.ca).toString("base64");
  const called = configurations.map((configuration) => ({
    ...configuration,
    webhooks: configuration.webhooks.map((hook: Json) => ({
      ...hook,
      clientConfig: { url: webhook.url + hook.clientConfig.service.path, caBundle },
    })),
  }));
  await running(plane)("apply -f -", listOf(...called));
  return webhook;
}

const asked = (webhook: WebhookProcess, name: string): readonly string[] => [
  ...new Set(
    webhook
      .decisions()
      .filter((decision) => decision.name === name)
      .map(({ path, operation }) => `${operation} ${path}`),
  ),
];

const all = ["CREATE /mutate", "CREATE /validate", "DELETE /validate"];

withControlPlane("several operators in one cluster", async (t, plane) => {
  await installCrd(plane.kubectl);
  const run = running(plane);
  for (const name of ["open", "ours", "theirs"]) await run(`create namespace ${name}`);
  await run(`label namespace ours ${label}=ours`);
  await run(`label namespace theirs ${label}=theirs`);
  const installations = {
    none: await install(t, plane, "none", combine(t, { components: [componentFolder("controller-none")] })),
    acme: await install(t, plane, "acme", copyFor(t, "controller-id", ["blue", "acme"])),
    ours: await install(t, plane, "ours", copyFor(t, "controller-namespace", ["green", "ours"])),
  };

  const whoIsAsked = async (namespace: string, id: string | undefined, name: string) => {
    const object = sdep(name, namespace);
    if (id !== undefined) object.metadata.labels = { [label]: id };
    await run("create -f -", object);
    await run(`-n ${namespace} delete sdep ${name}`);
    return Object.fromEntries(
      Object.entries(installations)
        .map(([key, webhook]) => [key, asked(webhook, name)] as const)
        .filter(([, calls]) => calls.length > 0),
    );
  };

  await t.test("the API server has read all configurations", async () => {
    const objects = [
      sdep("probe-none", "open"),
      {
        ...sdep("probe-acme", "open"),
        metadata: { name: "probe-acme", namespace: "open", labels: { [label]: "acme" } },
      },
      sdep("probe-ours", "ours"),
    ];
    await until("each is asked", async () => {
      for (const object of objects)
        await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { input: JSON.stringify(object) });
      return Object.entries(installations).every(
        ([key, webhook]) => asked(webhook, `probe-${key}`).length === 2,
      );
    });
  });
  await t.test("an object without an id, in a namespace without one", async () =>
    assert.deepEqual(await whoIsAsked("open", undefined, "plain"), { none: all }),
  );
  await t.test("an object with the id of an operator", async () =>
    assert.deepEqual(await whoIsAsked("open", "acme", "labelled"), { acme: all }),
  );
  await t.test("the namespace of an operator", async () =>
    assert.deepEqual(await whoIsAsked("ours", undefined, "housed"), { ours: all }),
  );
  await t.test("what no operator here manages", async () => {
    assert.deepEqual(await whoIsAsked("open", "elsewhere", "foreign"), {});
    assert.deepEqual(await whoIsAsked("theirs", undefined, "distant"), {});
    assert.deepEqual(await whoIsAsked("ours", "acme", "between"), {});
  });
});
