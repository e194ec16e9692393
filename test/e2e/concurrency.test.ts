import assert from "node:assert/strict";
import { CustomObjectsApi, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { Json } from "../support/deployment.ts";
import { carriedBy, mappingsIn } from "../support/injection.ts";
import { fileOf, type Tenant, tenant } from "../support/tenant.ts";
import { type Stage, withWebhook } from "../support/with-webhook.ts";

const group = "machinelearning.seldon.io";

/** Two in ten are wrong, three in ten attached. */
function nth(index: number): Json {
  const name = `model-${index}`;
  if (index % 10 < 2) return fileOf({ name, predictors: [{ name: "main", traffic: 50 }] });
  if (index % 10 > 4) return fileOf({ name, apiVersion: "v1alpha2" });
  const header = { "seldon.io/ambassador-header": `tenant: t${index}` };
  return fileOf({ name, annotations: { ...header, "seldon.io/ambassador-service-name": "target" } });
}

/** The messages of those that were refused, by index. */
async function applyAll(
  plane: Stage["plane"],
  shop: Tenant,
  count: number,
): Promise<ReadonlyMap<number, string>> {
  const api = plane.adminClientConfig.makeApiClient(CustomObjectsApi);
  const refused = new Map<number, string>();
  const apply = async (_: unknown, index: number): Promise<void> => {
    const body = nth(index);
    const target = { group, version: body.apiVersion.split("/")[1], plural: "seldondeployments" };
    const { namespace } = shop;
    const call = { ...target, namespace, name: body.metadata.name, body, fieldManager: "test" };
    const contentType = setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply);
    await api.patchNamespacedCustomObject(call, contentType).catch((error: Error) => {
      refused.set(index, error.message);
    });
  };
  await Promise.all(Array.from({ length: count }, apply));
  return refused;
}

async function concurrentApplies(shop: Tenant, { plane, webhook }: Stage): Promise<void> {
  const count = 200;
  await shop.quietly("apply -f -", fileOf({ name: "target" }));
  const refused = await applyAll(plane, shop, count);
  const wrong = Array.from({ length: count }, (_, index) => index).filter((index) => index % 10 < 2);
  assert.deepEqual(
    [...refused.keys()].toSorted((a, b) => a - b),
    wrong,
  );
  for (const message of refused.values()) assert.match(message, /422[\s\S]*\[single-predictor-traffic\]/);
  const { items } = JSON.parse(await shop.quietly("get sdep -o json"));
  assert.equal(items.length, count - wrong.length + 1);
  for (const item of items) assert.equal(mappingsIn(carriedBy(item) ?? "").length, 2, item.metadata.name);
  const judged = webhook
    .decisions()
    .filter(({ name, path }) => path === "/validate" && name?.startsWith("model-"));
  assert.equal(judged.length, count);
}

async function rivalsForOneObject(shop: Tenant): Promise<void> {
  const shares = Array.from({ length: 20 }, (_, index) => 5 * index);
  const file = (main: number): Json => {
    const predictors = [
      { name: "main", traffic: main },
      { name: "canary", traffic: 100 - main },
    ];
    return fileOf({ name: "contested", predictors });
  };
  const apply = "apply --server-side --force-conflicts -f -";
  await shop.quietly(apply, file(100));
  await Promise.all(shares.map((share) => shop.run(apply, { input: JSON.stringify(file(share)) })));
  const stored = await shop.stored("contested");
  const [rest, , other] = mappingsIn(carriedBy(stored) ?? "");
  const { traffic } = stored.spec.predictors[0];
  assert.deepEqual(
    [rest?.weight, other?.weight],
    [traffic, 100 - traffic],
    "whoever won, the text is the winner's",
  );
}

withWebhook("many at once", async (t, stage) => {
  const shop = await tenant(stage.plane, "shop");
  await t.test("200 concurrent applies", () => concurrentApplies(shop, stage));
  await t.test("20 rivals for one object", () => rivalsForOneObject(shop));
});
