import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { Json } from "../support/deployment.ts";
import { carriedBy, mappingsIn } from "../support/injection.ts";
import { type Difference, otherVersion } from "../support/other-version.ts";
import { fileOf, type Tenant, tenant } from "../support/tenant.ts";
import { startWebhook, type WebhookProcess } from "../support/webhook-process.ts";
import { registerWebhook } from "../support/webhook-registration.ts";
import { type Stage, withWebhook } from "../support/with-webhook.ts";

/** A version whose digests cannot be compared with ours. */
const digests: readonly Difference[] = [
  { file: "mapping/marker.ts", from: "const format = 1;", to: "const format = 2;" },
  {
    file: "mapping/marker.ts",
    from: "digest(JSON.stringify(fields))",
    to: "digest(JSON.stringify([2, fields]))",
  },
];

/** One that makes other Mappings, too. */
const mappings: readonly Difference[] = [
  ...digests,
  { file: "mapping/documents.ts", from: '"grpc_mapping"', to: '"grpc_route"' },
];

const canary = (name: string, main: number): Json =>
  fileOf({
    name,
    predictors: [
      { name: "main", traffic: main },
      { name: "canary", traffic: 100 - main },
    ],
  });

const shadowOf = (target: string): Json =>
  fileOf({
    name: `${target}-shadow`,
    annotations: { "seldon.io/ambassador-shadow": "true", "seldon.io/ambassador-service-name": target },
  });

const textOf = async (shop: Tenant, name: string): Promise<string> =>
  carriedBy(await shop.stored(name)) ?? "";

const formatOf = (text: string): string | undefined => /^#.* \((\d) routing:/.exec(text)?.[1];

async function weightsOf(shop: Tenant, name: string): Promise<readonly unknown[]> {
  return mappingsIn(await textOf(shop, name)).map(({ weight }) => weight);
}

async function startOther(
  t: TestContext,
  plane: ControlPlane,
  name: string,
  differences: readonly Difference[],
): Promise<WebhookProcess> {
  const folder = join(dirname(plane.kubeconfig), name);
  mkdirSync(folder);
  return startWebhook(t, plane, { name, root: otherVersion(folder, differences) });
}

/** During a rollout any replica may answer any call: one version writes what the other judges. */
async function sidesByTurns(shop: Tenant, { plane, webhook }: Stage, other: WebhookProcess): Promise<void> {
  await registerWebhook(plane, { mutate: webhook, validate: other });
  await shop.quietly("apply -f -", [canary("turns", 75), shadowOf("turns")]);
  const ours = await textOf(shop, "turns");
  assert.equal(formatOf(ours), "1");

  await registerWebhook(plane, { mutate: other, validate: webhook });
  await shop.quietly("label sdep turns tier=test");
  assert.equal(await textOf(shop, "turns"), ours, "a text that says the same keeps its bytes");
  await shop.quietly("apply -f -", canary("turns", 50));
  assert.equal(formatOf(await textOf(shop, "turns")), "2");
  assert.deepEqual(await weightsOf(shop, "turns"), [50, 50, 50, 50]);
  assert.match(
    await shop.complaint("apply -f -", { ...canary("turns", 50), spec: canary("turns", 150).spec }),
    /\[predictor-traffic-range\]/,
    "what is wrong is still refused",
  );

  await registerWebhook(plane, webhook);
  const theirs = await textOf(shop, "turns");
  assert.match(
    await shop.quietly("apply -f -", [canary("turns", 50), shadowOf("turns")]),
    /^(\S+ unchanged\n){2}$/,
  );
  await shop.quietly("label sdep turns tier-");
  assert.equal(await textOf(shop, "turns"), theirs);
  await shop.quietly("apply -f -", canary("turns", 60));
  assert.equal(formatOf(await textOf(shop, "turns")), "1");
}

const isAnotherVersions =
  /^(Warning: seldon\.io\/ambassador-config: the generated text is of another version .*\n)*$/;

async function withOtherMappings(
  shop: Tenant,
  { plane, webhook }: Stage,
  other: WebhookProcess,
): Promise<void> {
  const turns = [
    [webhook, other],
    [other, webhook],
    [webhook, webhook],
  ] as const;
  for (const [step, [mutate, validate]] of turns.entries()) {
    await registerWebhook(plane, { mutate, validate });
    for (const main of [75, 50])
      assert.match(await shop.warnings("apply -f -", canary("changing", main)), isAnotherVersions);
    assert.match(await shop.warnings(`label sdep changing step=${step} --overwrite`), isAnotherVersions);
    const text = await textOf(shop, "changing");
    assert.equal(/grpc_route/.test(text), mutate === other, "of the version that wrote last");
    assert.deepEqual(await weightsOf(shop, "changing"), [50, 50, 50, 50]);
  }
}

withWebhook("two versions side by side", async (t, stage) => {
  const shop = await tenant(stage.plane, "shop");
  await t.test("with other digests", async (t) =>
    sidesByTurns(shop, stage, await startOther(t, stage.plane, "other-digests", digests)),
  );
  await t.test("with other Mappings", async (t) =>
    withOtherMappings(shop, stage, await startOther(t, stage.plane, "other-mappings", mappings)),
  );
});
