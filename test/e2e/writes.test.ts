import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import type { Json } from "../support/deployment.ts";
import { editor } from "../support/editor.ts";
import { carriedBy, type Document, mappingsIn } from "../support/injection.ts";
import { fileOf, resource, type Tenant, tenant } from "../support/tenant.ts";
import { type Stage, withWebhook } from "../support/with-webhook.ts";

const versions = ["v1alpha2", "v1"];

const canary = (name: string, version: string, main: number): Json => {
  const predictors = [
    { name: "main", traffic: main },
    { name: "canary", traffic: 100 - main },
  ];
  return fileOf({ name, apiVersion: version, predictors });
};

const weights = (object: Json): readonly unknown[] =>
  mappingsIn(carriedBy(object) ?? "")
    .filter((mapping: Document) => mapping.grpc !== true)
    .map(({ weight }) => weight);

async function applies(shop: Tenant, version: string): Promise<void> {
  const name = `applied-${version}`;
  const file = canary(name, version, 75);
  assert.equal(await shop.quietly("apply -f -", file), `${resource(name)} created\n`);
  const before = await shop.stored(name);
  assert.deepEqual(weights(before), [75, 25]);
  assert.equal(await shop.quietly("apply -f -", file), `${resource(name)} unchanged\n`);
  assert.equal(await shop.quietly("diff -f -", file), "", "kubectl diff sees nothing that the webhook added");
  assert.equal((await shop.stored(name)).metadata.resourceVersion, before.metadata.resourceVersion);
  const changed = canary(name, version, 50);
  const difference = await shop.run("diff -f -", { input: JSON.stringify(changed) });
  assert.equal(difference.status, 1, difference.stderr);
  assert.match(difference.stdout, /^-.*traffic: 75\n\+.*traffic: 50$/m);
  assert.match(difference.stdout, /^\+ +"weight": 50$/m, "the difference shows the routes that would result");
  assert.equal(await shop.quietly("apply -f -", changed), `${resource(name)} configured\n`);
  assert.deepEqual(weights(await shop.stored(name)), [50, 50]);
}

async function appliesServerSide(shop: Tenant, version: string): Promise<void> {
  const name = `server-side-${version}`;
  const apply = "apply --server-side --field-manager=gitops -f -";
  const file = canary(name, version, 75);
  assert.equal(await shop.quietly(apply, file), `${resource(name)} serverside-applied\n`);
  const before = await shop.stored(name);
  await shop.quietly(apply, file);
  assert.equal(await shop.quietly("diff --server-side --field-manager=gitops -f -", file), "");
  assert.deepEqual(await shop.stored(name), before);
  await shop.quietly(apply, canary(name, version, 90));
  assert.deepEqual(weights(await shop.stored(name)), [90, 10]);
  const wrong = canary(name, version, 90);
  wrong.spec.predictors[0].traffic = 95;
  assert.match(await shop.complaint(apply, wrong), /is invalid: .*\[predictor-traffic-sum\]\n$/s);
  const { metadata } = JSON.parse(await shop.quietly(`get sdep ${name} -o json --show-managed-fields`));
  const own = metadata.managedFields.find(({ operation }: Json) => operation === "Apply");
  assert.equal(own.manager, "gitops");
  assert.ok(
    !JSON.stringify(own).includes("ambassador-config"),
    "who applied the file owns what it says, no more",
  );
}

async function creates(shop: Tenant, version: string): Promise<void> {
  const name = `created-${version}`;
  assert.equal(await shop.quietly("create -f -", canary(name, version, 60)), `${resource(name)} created\n`);
  assert.deepEqual(weights(await shop.stored(name)), [60, 40]);
}

async function replaces(shop: Tenant, version: string): Promise<void> {
  const name = `created-${version}`;
  const file = canary(name, version, 30);
  assert.equal(await shop.quietly("replace -f -", file), `${resource(name)} replaced\n`);
  assert.deepEqual(weights(await shop.stored(name)), [30, 70]);
  file.spec.predictors[0].traffic = 31;
  assert.match(await shop.complaint("replace -f -", file), /the live predictors total 101, not 100/);
  assert.deepEqual(weights(await shop.stored(name)), [30, 70]);
}

async function patches(shop: Tenant, version: string): Promise<void> {
  const name = `created-${version}`;
  const target = `seldondeployments.${version}.machinelearning.seldon.io ${name}`.split(" ");
  const patch = (type: string, body: unknown) => [
    "patch",
    ...target,
    `--type=${type}`,
    "-p",
    JSON.stringify(body),
  ];
  const shares = (main: number, other: number) => [
    { op: "replace", path: "/spec/predictors/0/traffic", value: main },
    { op: "replace", path: "/spec/predictors/1/traffic", value: other },
  ];
  assert.equal(await shop.quietly(patch("json", shares(80, 20))), `${resource(name)} patched\n`);
  assert.deepEqual(weights(await shop.stored(name)), [80, 20]);
  assert.match(
    await shop.complaint(patch("json", shares(80, 30))),
    /is invalid: .*\[predictor-traffic-sum\]\n$/s,
  );
  const annotations = { "seldon.io/rest-timeout": "60000" };
  await shop.quietly(patch("merge", { metadata: { annotations } }));
  const [route] = mappingsIn(carriedBy(await shop.stored(name)) ?? "");
  assert.equal(route?.timeout_ms, 60000);
  const wrong = { metadata: { annotations: { "seldon.io/rest-timeout": "1m" } } };
  assert.match(await shop.complaint(patch("merge", wrong)), /\[annotation-integer\]\n$/);
  await shop.quietly(`annotate sdep ${name} seldon.io/rest-timeout-`);
}

async function edits(t: TestContext, shop: Tenant): Promise<void> {
  await shop.quietly("create -f -", canary("edited", "v1", 50));
  await shop.quietly(
    "patch sdep edited --type=json -p"
      .split(" ")
      .concat(
        JSON.stringify([
          { op: "add", path: "/metadata/annotations/seldon.io~1ambassador-id", value: "blue" },
        ]),
      ),
  );
  const right = await shop.run("edit sdep edited", {
    env: editor(t, "ambassador-id: blue", "ambassador-id: green").env,
  });
  assert.deepEqual([right.status, right.stdout], [0, `${resource("edited")} edited\n`], right.stderr);
  assert.equal(mappingsIn(carriedBy(await shop.stored("edited")) ?? "")[0]?.ambassador_id, "green");
  // kubectl opens the editor again with the complaint on top; an editor that then changes nothing ends it.
  const { env, last } = editor(t, "traffic: 50", "traffic: 60");
  const wrong = await shop.run("edit sdep edited", { env });
  assert.equal(wrong.status, 1, wrong.stdout);
  assert.match(readFileSync(last, "utf8"), /^# .*the live predictors total 120, not 100/m);
  assert.deepEqual(weights(await shop.stored("edited")), [50, 50]);
}

async function exportsAndApplies(shop: Tenant): Promise<void> {
  await shop.quietly("apply -f -", canary("exported", "v1", 75));
  const exported = await shop.quietly("get sdep exported -o yaml");
  assert.match(exported, /# Made by seldon-ambassador-webhook/);
  const edited = exported.replace("traffic: 75", "traffic: 85").replace("traffic: 25", "traffic: 15");
  const said = await shop.warnings("apply -f -", edited);
  assert.deepEqual(weights(await shop.stored("exported")), [85, 15]);
  assert.equal(said, "", "the text in the file is of the state before; it was replaced");
  const again = await shop.quietly("get sdep exported -o yaml");
  const withoutText = again.replace(/^ {4}seldon\.io\/ambassador-config: \|\n(?: {6}.*\n)*/m, "");
  await shop.warnings("apply -f -", withoutText);
  assert.deepEqual(weights(await shop.stored("exported")), [85, 15]);
}

async function sparesSubresources(shop: Tenant, { webhook }: Stage): Promise<void> {
  await shop.quietly("apply -f -", canary("scaled", "v1", 75));
  const before = await shop.stored("scaled");
  const asked = webhook.decisions().length;
  assert.equal(await shop.quietly("scale sdep scaled --replicas=3"), `${resource("scaled")} scaled\n`);
  const status = ["patch", "sdep", "scaled", "--subresource=status", "--type=merge"];
  await shop.quietly([...status, "-p", '{"status":{"state":"Available"}}']);
  const after = await shop.stored("scaled");
  assert.deepEqual([after.spec.replicas, after.status], [3, { state: "Available" }]);
  assert.equal(carriedBy(after), carriedBy(before));
  assert.equal(webhook.decisions().length, asked, "nobody asked the webhook");
}

async function generatesNames(shop: Tenant): Promise<void> {
  const { metadata: _, ...rest } = canary("any", "v1", 75);
  const nameless: Json = { ...rest, metadata: { generateName: "generated-" } };
  const { stdout, stderr, status } = await shop.run("create -f -", { input: JSON.stringify(nameless) });
  const [, name = ""] =
    /^seldondeployment\.machinelearning\.seldon\.io\/(generated-\w{5}) created\n$/.exec(stdout) ?? [];
  assert.deepEqual([status, name.length], [0, 15], stderr);
  assert.match(stderr, /^Warning: .*injected at the next write.* \[mapping-injected\]\n$/);
  assert.equal(carriedBy(await shop.stored(name)), undefined);
  await shop.quietly(`label sdep ${name} tier=test`);
  const [route] = mappingsIn(carriedBy(await shop.stored(name)) ?? "");
  assert.equal(route?.prefix, `/seldon/${shop.namespace}/${name}/`);
}

withWebhook("every way to write", async (t, stage) => {
  const shop = await tenant(stage.plane, "shop");
  for (const version of versions) {
    await t.test(`${version}: apply, apply again, diff`, () => applies(shop, version));
    await t.test(`${version}: server-side apply`, () => appliesServerSide(shop, version));
    await t.test(`${version}: create`, () => creates(shop, version));
    await t.test(`${version}: replace`, () => replaces(shop, version));
    await t.test(`${version}: patch`, () => patches(shop, version));
  }
  await t.test("edit", (t) => edits(t, shop));
  await t.test("get -o yaml, edited, applied", () => exportsAndApplies(shop));
  await t.test("scale and status do not reach the webhook", () => sparesSubresources(shop, stage));
  await t.test("generateName", () => generatesNames(shop));
});
