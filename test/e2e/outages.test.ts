import assert from "node:assert/strict";
import type { Json } from "../support/deployment.ts";
import { carriedBy, mappingsIn } from "../support/injection.ts";
import { until } from "../support/seldon-cluster.ts";
import { fileOf, resource, type Tenant, tenant } from "../support/tenant.ts";
import { registerWebhook } from "../support/webhook-registration.ts";
import { type Stage, withWebhook } from "../support/with-webhook.ts";

const canary = (name: string, main = 75): Json =>
  fileOf({
    name,
    predictors: [
      { name: "main", traffic: main },
      { name: "canary", traffic: 100 - main },
    ],
  });

const weights = (object: Json): readonly unknown[] =>
  mappingsIn(carriedBy(object) ?? "").map(({ weight }) => weight);

/** Changes one field of a shipped configuration. */
async function configure({ plane }: Stage, kind: string, path: string, value: string): Promise<void> {
  const patch = JSON.stringify([{ op: "replace", path, value }]);
  const args = ["patch", kind, "seldon-ambassador-webhook", "--type=json", "-p", patch];
  const { status, stderr } = await plane.kubectl(args);
  assert.equal(status, 0, stderr);
}

/** The API server reads its configurations a moment late. */
async function untilAnswered(shop: Tenant, file: Json, answer: RegExp): Promise<void> {
  await until(`the answer is ${answer}`, async () => {
    const { stdout, stderr } = await shop.run("apply --dry-run=server -f -", { input: JSON.stringify(file) });
    return answer.test(stdout + stderr);
  });
}

async function failsClosed(shop: Tenant, { webhook }: Stage): Promise<void> {
  await shop.quietly("apply -f -", canary("kept"));
  await webhook.stop();
  const failed =
    /^Error from server \(InternalError\): .*failed calling webhook "validate\.seldon-ambassador-webhook\.io": .*refused/s;
  assert.match(await shop.complaint("apply -f -", canary("new")), failed);
  assert.match(await shop.complaint("get sdep new"), /\(NotFound\)/);
  assert.match(await shop.complaint("label sdep kept tier=test"), failed);
  // What carries no routes does not need the webhook, and what goes may go.
  await shop.quietly("scale sdep kept --replicas=2");
  const status = ["patch", "sdep", "kept", "--subresource=status", "--type=merge"];
  await shop.quietly([...status, "-p", '{"status":{"state":"Available"}}']);
  await shop.quietly("delete sdep kept");
  await webhook.start();
  assert.equal(await shop.quietly("apply -f -", canary("new")), `${resource("new")} created\n`);
  assert.deepEqual(weights(await shop.stored("new")), [75, 75, 25, 25]);
}

async function failsOpen(shop: Tenant, stage: Stage): Promise<void> {
  const { webhook, plane } = stage;
  await configure(stage, "validatingwebhookconfiguration", "/webhooks/0/failurePolicy", "Ignore");
  await webhook.stop();
  await untilAnswered(shop, canary("open"), /created \(server dry run\)/);
  assert.equal(await shop.quietly("apply -f -", canary("open")), `${resource("open")} created\n`);
  assert.equal(carriedBy(await shop.stored("open")), undefined);
  await webhook.start();
  await registerWebhook(plane, webhook);
  const again = await shop.quietly("apply -f -", canary("open"));
  assert.equal(again, `${resource("open")} unchanged\n`, "kubectl writes nothing, so nobody is asked");
  await shop.quietly("label sdep open tier=test");
  assert.deepEqual(weights(await shop.stored("open")), [75, 75, 25, 25], "the next write makes up for it");
}

async function catchesWhatSlipped(shop: Tenant, stage: Stage): Promise<void> {
  await shop.quietly("apply -f -", canary("mutated"));
  const nobody = "https://localhost:1/mutate";
  await configure(stage, "mutatingwebhookconfiguration", "/webhooks/0/clientConfig/url", nobody);
  await untilAnswered(shop, canary("bare"), /\[mapping-injected\]/);
  assert.match(
    await shop.complaint("apply -f -", canary("bare")),
    /^The SeldonDeployment "bare" is invalid: metadata\.annotations\[seldon\.io\/ambassador-config\]: Required value: the mutating webhook did not run .*\[mapping-injected\]\n$/s,
  );
  assert.match(
    await shop.complaint("apply -f -", canary("mutated", 50)),
    /the generated text is of an earlier state of the object.*\[mapping-injected\]\n$/s,
  );
  await shop.quietly("label sdep mutated tier=test");
  assert.deepEqual(weights(await shop.stored("mutated")), [75, 75, 25, 25]);
  await registerWebhook(stage.plane, stage.webhook);
  await shop.quietly("apply -f -", [canary("bare"), canary("mutated", 50)]);
  assert.deepEqual(weights(await shop.stored("mutated")), [50, 50, 50, 50]);
}

async function outlivesApiServer(shop: Tenant, { plane }: Stage): Promise<void> {
  await shop.quietly("apply -f -", canary("before"));
  await plane.restartApiServer();
  const shadow = (target: string): Json =>
    fileOf({
      name: `${target}-shadow`,
      annotations: { "seldon.io/ambassador-shadow": "true", "seldon.io/ambassador-service-name": target },
    });
  await shop.quietly("apply -f -", [shadow("before"), canary("after"), shadow("after")]);
  assert.match(await shop.complaint("apply -f -", shadow("nobody")), /\[service-name-exists\]\n$/);
  for (const name of ["before-shadow", "after-shadow"])
    assert.equal(mappingsIn(carriedBy(await shop.stored(name)) ?? "")[0]?.shadow, true);
}

withWebhook("when something does not answer", async (t, stage) => {
  const shop = await tenant(stage.plane, "shop");
  await t.test("webhook down, failurePolicy Fail", () => failsClosed(shop, stage));
  await t.test("webhook down, failurePolicy Ignore", () => failsOpen(shop, stage));
  await t.test("/mutate down alone: the final state is judged", () => catchesWhatSlipped(shop, stage));
  await t.test("API server restarted", () => outlivesApiServer(shop, stage));
});
