import assert from "node:assert/strict";
import type { Json } from "../support/deployment.ts";
import { carriedBy, mappingsIn } from "../support/injection.ts";
import { until } from "../support/seldon-cluster.ts";
import { fileOf, resource, type Tenant, tenant } from "../support/tenant.ts";
import { withWebhook } from "../support/with-webhook.ts";

const shadowOf = (target: string): Json =>
  fileOf({
    name: `${target}-shadow`,
    annotations: { "seldon.io/ambassador-shadow": "true", "seldon.io/ambassador-service-name": target },
  });

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join("");

async function assertShadow(shop: Tenant, target: string): Promise<void> {
  const [mapping] = mappingsIn(carriedBy(await shop.stored(`${target}-shadow`)) ?? "");
  assert.deepEqual([mapping?.prefix, mapping?.shadow], [`/seldon/${shop.namespace}/${target}/`, true]);
}

async function isMissing(shop: Tenant, name: string): Promise<void> {
  assert.match(await shop.complaint(`get sdep ${name}`), /\(NotFound\)/);
}

/** What Argo CD and `kubectl diff` do before the first sync. */
async function dryRuns(shop: Tenant): Promise<void> {
  const set = [fileOf({ name: "planned" }), shadowOf("planned")];
  const { stdout, stderr, status } = await shop.run("apply --dry-run=server -f -", {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items: set }),
  });
  assert.equal(status, 0, stderr);
  assert.equal(
    stdout,
    lines(
      `${resource("planned")} created (server dry run)`,
      `${resource("planned-shadow")} created (server dry run)`,
    ),
  );
  assert.match(
    stderr,
    /^Warning: seldon\.io\/ambassador-service-name: no SeldonDeployment planned in namespace \w+.* \[service-name-exists\]\n$/,
  );
  await isMissing(shop, "planned");
}

async function diffs(shop: Tenant): Promise<void> {
  const set = [fileOf({ name: "planned" }), shadowOf("planned")];
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: set });
  const { stdout, stderr, status } = await shop.run("diff -f -", { input });
  assert.equal(status, 1, stderr);
  assert.match(stdout, /^\+ {2}name: planned$/m);
  assert.match(stdout, /^\+ {2}name: planned-shadow$/m);
  assert.match(stdout, /^\+ +"shadow": true$/m);
  assert.doesNotMatch(stdout, /^-[^-]/m);
  await isMissing(shop, "planned-shadow");
}

async function appliesTargetFirst(shop: Tenant): Promise<void> {
  // More than one, because what is late is late by chance.
  const names = Array.from({ length: 5 }, (_, index) => `pair-${index}`);
  const set = names.flatMap((name) => [fileOf({ name }), shadowOf(name)]);
  assert.equal(
    await shop.quietly("apply -f -", set),
    lines(...names.flatMap((name) => [`${resource(name)} created`, `${resource(`${name}-shadow`)} created`])),
  );
  for (const name of names) await assertShadow(shop, name);
  assert.match(await shop.quietly("apply -f -", set), /^(\S+ unchanged\n){10}$/);
}

/** kubectl goes on after a rejection, in the order of the file; the next run finds the target. */
async function appliesShadowFirst(shop: Tenant): Promise<void> {
  const set = [shadowOf("late"), fileOf({ name: "late" })];
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: set });
  const first = await shop.run("apply -f -", { input });
  assert.deepEqual([first.status, first.stdout], [1, `${resource("late")} created\n`]);
  assert.match(
    first.stderr,
    /The SeldonDeployment "late-shadow" is invalid: \S+: Not found: "late": .* \[service-name-exists\]\n$/,
  );
  await isMissing(shop, "late-shadow");
  assert.equal(
    await shop.quietly("apply -f -", set),
    lines(`${resource("late-shadow")} created`, `${resource("late")} unchanged`),
  );
  await assertShadow(shop, "late");
}

async function deletesTarget(shop: Tenant): Promise<void> {
  await shop.quietly("apply -f -", [fileOf({ name: "target" }), shadowOf("target")]);
  await until("the webhook has heard of the shadow", async () =>
    (await shop.warnings("delete sdep target --dry-run=server")).includes("target-shadow"),
  );
  const { stdout, stderr, status } = await shop.run("delete sdep target");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^seldondeployment\.machinelearning\.seldon\.io "target" deleted/);
  assert.match(stderr, /^Warning: .*target-shadow.* \[deletion-unattached\]\n$/);
  await isMissing(shop, "target");
  assert.match(
    await shop.warnings("label sdep target-shadow tier=test"),
    /^Warning: .*no SeldonDeployment target .*\[service-name-exists\]\n$/s,
    "the one left behind can still be written",
  );
  await shop.quietly("delete sdep target-shadow");
}

withWebhook("deployments that refer to each other", async (t, { plane }) => {
  const shop = await tenant(plane, "shop");
  await t.test("--dry-run=server of a target and its shadow, both new", () => dryRuns(shop));
  await t.test("diff of a target and its shadow, both new", () => diffs(shop));
  await t.test("a target and its shadow in one file", () => appliesTargetFirst(shop));
  await t.test("a shadow and its target in one file", () => appliesShadowFirst(shop));
  await t.test("delete of a target with an attached shadow", () => deletesTarget(shop));
});
