import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import type { Json } from "../support/deployment.ts";
import { policyText } from "../support/policies.ts";
import { until } from "../support/seldon-cluster.ts";
import { fileOf, resource, type Tenant, tenant } from "../support/tenant.ts";
import { startWebhook } from "../support/webhook-process.ts";
import { registerWebhook } from "../support/webhook-registration.ts";

const folder = mkdtempSync(join(tmpdir(), "policy-"));
after(() => rmSync(folder, { recursive: true }));

const policyFile = join(folder, "policy.yaml");
const auditLog = join(folder, "audit.log");
const auditPolicy = join(folder, "audit-policy.yaml");

const group = "machinelearning.seldon.io";
writeFileSync(
  auditPolicy,
  JSON.stringify({
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    rules: [
      {
        level: "Metadata",
        resources: [{ group, resources: ["seldondeployments"] }],
        omitStages: ["RequestReceived"],
      },
      { level: "None" },
    ],
  }),
);
const apiServerArgs = [`--audit-policy-file=${auditPolicy}`, `--audit-log-path=${auditLog}`];

const timeoutKey = "seldon.io/rest-timeout";
const recordKey = "seldon-ambassador-webhook/defaulted";

/** The policy of this test, with this default; namespaces of the team "search" have one of their own. */
const policy = (restTimeout: number, more = ""): string =>
  policyText(`metadata: { name: e2e }
defaults:
  - restTimeout: ${restTimeout}
  - namespaceSelector: { matchLabels: { team: search } }
    ambassadorId: search
rules:
  - namespaces: [lenient]
    severity: { predictor-traffic-sum: warning }
  - namespaces: [silent]
    severity: { predictor-traffic-sum: "off" }
exemptions:
  - reason: moving
    namespaces: [exempt]
breakGlass: { groups: [oncall] }
${more}`);

const annotationsOf = async (shop: Tenant, name: string): Promise<Json> =>
  (await shop.stored(name)).metadata.annotations;

/** The REST timeout in the injected text. */
const routed = (annotations: Json): string | undefined =>
  /"timeout_ms": (\d+)/.exec(annotations["seldon.io/ambassador-config"])?.[1];

/** Waits until an object that is only tried gets this default. */
const untilDefault = (shop: Tenant, value: string) =>
  until(`the default is ${value}`, async () => {
    const tried = await shop.quietly("create --dry-run=server -o json -f -", fileOf({ name: "probe" }));
    return JSON.parse(tried).metadata.annotations[timeoutKey] === value;
  });

async function defaults(plane: ControlPlane): Promise<void> {
  const shop = await tenant(plane, "models");
  const file = fileOf({ name: "iris" });
  await shop.quietly("apply -f -", file);
  const first = await annotationsOf(shop, "iris");
  assert.equal(first[timeoutKey], "5000");
  assert.equal(routed(first), "5000");
  assert.deepEqual(JSON.parse(first[recordKey]), { [timeoutKey]: "5000" });
  assert.equal(await shop.quietly("apply -f -", file), `${resource("iris")} unchanged\n`);
  assert.equal(await shop.quietly("diff -f -", file), "");

  const own = fileOf({ name: "own", annotations: { [timeoutKey]: "5000" } });
  const inSpec = fileOf({ name: "in-spec", inSpec: { [timeoutKey]: "5000" } });
  await shop.quietly("apply -f -", [own, inSpec]);
  const serverSide = "apply --server-side --field-manager=gitops -f -";
  await shop.quietly(serverSide, fileOf({ name: "gitops" }));
  // Equal to the default of the day, and named by a file only afterwards.
  await shop.quietly("apply -f -", fileOf({ name: "later" }));
  await shop.quietly("apply -f -", fileOf({ name: "later", annotations: { [timeoutKey]: "5000" } }));
  await shop.quietly(serverSide, fileOf({ name: "gitops-later" }));
  await shop.quietly(serverSide, fileOf({ name: "gitops-later", annotations: { [timeoutKey]: "5000" } }));

  writeFileSync(policyFile, policy(7000));
  await untilDefault(shop, "7000");
  assert.equal((await annotationsOf(shop, "iris"))[timeoutKey], "5000", "nobody wrote it yet");
  await shop.quietly("label sdep --all touched=yes");
  const changed = await annotationsOf(shop, "iris");
  assert.deepEqual([changed[timeoutKey], routed(changed)], ["7000", "7000"]);
  assert.equal((await annotationsOf(shop, "gitops"))[timeoutKey], "7000");
  for (const name of ["own", "later", "gitops-later"]) {
    const kept = await annotationsOf(shop, name);
    assert.deepEqual([kept[timeoutKey], routed(kept)], ["5000", "5000"], name);
  }
  const spec = await annotationsOf(shop, "in-spec");
  assert.deepEqual([spec[timeoutKey], spec[recordKey], routed(spec)], [undefined, undefined, "5000"]);
  assert.equal(await shop.quietly("apply -f -", file), `${resource("iris")} unchanged\n`);

  await shop.quietly(`annotate sdep iris ${timeoutKey}=1234 --overwrite`);
  const edited = await annotationsOf(shop, "iris");
  assert.deepEqual([edited[timeoutKey], routed(edited), edited[recordKey]], ["1234", "1234", undefined]);

  writeFileSync(policyFile, policy(7000).replace("  - restTimeout: 7000\n", ""));
  await until("the default is gone", async () => {
    await shop.quietly("label sdep gitops round=2 --overwrite");
    return (await annotationsOf(shop, "gitops"))[timeoutKey] === undefined;
  });
  assert.equal((await annotationsOf(shop, "gitops"))[recordKey], undefined);
  writeFileSync(policyFile, policy(5000));
  await untilDefault(shop, "5000");
}

async function labels(plane: ControlPlane): Promise<void> {
  const shop = await tenant(plane, "search");
  await shop.quietly("label namespace search team=search");
  const idOf = async (name: string) => (await annotationsOf(shop, name))["seldon.io/ambassador-id"];
  await until("the label is seen", async () => {
    const tried = await shop.quietly("create --dry-run=server -o json -f -", fileOf({ name: "probe" }));
    return JSON.parse(tried).metadata.annotations["seldon.io/ambassador-id"] === "search";
  });
  await shop.quietly("apply -f -", fileOf({ name: "iris" }));
  assert.equal(await idOf("iris"), "search");
  // A namespace and its first object in one go: the view may not have heard of it.
  const namespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "new", labels: { team: "search" } },
  };
  const { metadata, ...rest } = fileOf({ name: "first" });
  const first = { ...rest, metadata: { ...metadata, namespace: "new" } };
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: [namespace, first] });
  assert.equal((await plane.kubectl(["apply", "-f", "-"], { input })).status, 0);
  const stored = JSON.parse(
    (await plane.kubectl(["-n", "new", "get", "sdep", "first", "-o", "json"])).stdout,
  );
  assert.equal(stored.metadata.annotations["seldon.io/ambassador-id"], "search");
}

const wrong = (annotations: Json = {}): Json =>
  fileOf({
    name: "iris",
    annotations,
    predictors: [
      { name: "main", traffic: 60 },
      { name: "canary", traffic: 50 },
    ],
  });

async function severities(plane: ControlPlane): Promise<void> {
  const [lenient, silent, strict] = [
    await tenant(plane, "lenient"),
    await tenant(plane, "silent"),
    await tenant(plane, "strict"),
  ];
  assert.match(await lenient.warnings("apply -f -", wrong()), /^Warning: .*\[predictor-traffic-sum\]\n$/);
  await silent.quietly("apply -f -", wrong());
  assert.match(await strict.complaint("apply -f -", wrong()), /\[predictor-traffic-sum\]/);
}

const auditEvents = (): readonly Json[] =>
  readFileSync(auditLog, "utf8")
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line));

/** What the audit log says under the keys of the validating webhook. */
const audited = (namespace: string) =>
  auditEvents()
    .filter(({ objectRef }) => objectRef?.namespace === namespace)
    .map(({ annotations = {} }) =>
      Object.fromEntries(
        Object.entries(annotations)
          .filter(([key]) => /^validate\..*seldon-ambassador-webhook.*\/(policy|rules|exemption)$/.test(key))
          .map(([key, value]) => [key.replace(/.*\//, ""), value]),
      ),
    )
    .filter((found) => Object.keys(found).length > 0);

async function exemptions(plane: ControlPlane): Promise<void> {
  const exempt = await tenant(plane, "exempt");
  assert.match(await exempt.warnings("apply -f -", wrong()), /\[predictor-traffic-sum\]\n$/);
  await until("the audit log tells", () => audited("exempt").length > 0);
  const [event] = audited("exempt");
  assert.match(String(event?.policy), /^e2e@[0-9a-f]{12}$/);
  assert.equal(event?.rules, "predictor-traffic-sum=warning");
  assert.match(String(event?.exemption), /^exemption \(line \d+, predictor-traffic-sum\): moving$/);

  const shop = await tenant(plane, "night");
  const broken = wrong({ "seldon-ambassador-webhook/break-glass": "INC-7" });
  await shop.complaint("apply -f -", broken);
  const oncall = "--as=bob --as-group=system:masters --as-group=oncall";
  assert.match(await shop.warnings(`apply ${oncall} -f -`, broken), /\[predictor-traffic-sum\]\n$/);
  await until("the audit log tells", () => audited("night").some(({ exemption }) => exemption !== undefined));
  const denied = audited("night").filter(({ exemption }) => exemption === undefined);
  assert.ok(denied.some(({ rules }) => rules === "predictor-traffic-sum=error"));
}

const limited = `limits:
  - namespaces: [bounded]
    restTimeout: { max: 10000 }
    canary: { maxStep: 20 }
    requiredLabels: [{ key: team, pattern: "[a-z]+" }]
`;

const canary = (share: number): Json =>
  fileOf({
    name: "iris",
    predictors: [
      { name: "main", traffic: 100 - share },
      { name: "canary", traffic: share },
    ],
  });

async function limits(plane: ControlPlane): Promise<void> {
  const shop = await tenant(plane, "bounded");
  const slow = (timeout: string) => fileOf({ name: "slow", annotations: { [timeoutKey]: timeout } });
  await shop.quietly("apply -f -", slow("20000"));
  await shop.quietly("apply -f -", canary(5));

  writeFileSync(policyFile, policy(5000, limited));
  await until("the limits are in force", async () => {
    const { status } = await shop.run("create --dry-run=server -f -", {
      input: JSON.stringify(fileOf({ name: "probe", annotations: { [timeoutKey]: "20000" } })),
    });
    return status === 1;
  });
  assert.match(
    await shop.complaint("apply -f -", canary(40)),
    /spec\.predictors\[1\]\.traffic: Invalid value: 40: moves from 5% to 40%, .*\[limits\/canary-step\]/,
  );
  await shop.complaint(["patch", "sdep", "iris", "--type=json", "-p", JSON.stringify(leap)]);
  for (const share of [25, 45, 60]) await shop.quietly("apply -f -", canary(share));

  assert.match(await shop.warnings("label sdep slow touched=yes"), /^Warning: .*\[limits\/rest-timeout\]\n$/);
  assert.match(await shop.complaint("apply -f -", slow("15000")), /\[limits\/rest-timeout\]/);
  await shop.quietly("apply -f -", slow("10000"));
  assert.match(
    await shop.complaint("label sdep slow team-"),
    /metadata\.labels\.team: Required value: .*\[limits\//,
  );
  await until("the audit log tells", () =>
    audited("bounded").some(({ rules }) => rules === "limits/canary-step=error"),
  );
}

const checked = `checks:
  - name: owner
    namespaces: [checked]
    expression: has(object.metadata.labels) && "owner" in object.metadata.labels
    messageExpression: >-
      request.userInfo.username + " must say whose " + object.metadata.name +
      " in " + namespaceObject.metadata.name + " is"
    message: nobody's
    field: metadata.labels[owner]
    fix: Add the label owner.
  - name: owner-stays
    namespaces: [checked]
    when: oldObject != null && has(oldObject.metadata.labels) && "owner" in oldObject.metadata.labels
    expression: object.metadata.labels.owner == oldObject.metadata.labels.owner
    message: an owner never changes
  - name: routes
    namespaces: [checked]
    expression: >-
      routes.size() > 0 && routes.all(r, r.timeoutMs <= 9000) &&
      "seldon.io/ambassador-config" in object.metadata.annotations
    message: slow, or without routes
  - name: unguarded
    namespaces: [unguarded]
    expression: object.metadata.labels.owner == "us"
    message: ours
`;

async function checks(plane: ControlPlane): Promise<void> {
  const [shop, unguarded] = [await tenant(plane, "checked"), await tenant(plane, "unguarded")];
  await shop.quietly("apply -f -", fileOf({ name: "old" }));
  writeFileSync(policyFile, policy(5000, checked));
  const owned = (owner: string, annotations: Json = {}): Json => {
    const { metadata, ...rest } = fileOf({ name: "iris", annotations });
    return { ...rest, metadata: { ...metadata, labels: { owner } } };
  };
  const probe = JSON.stringify(fileOf({ name: "probe" }));
  await until("the checks are in force", async () => {
    const { status } = await shop.run("create --dry-run=server -f -", { input: probe });
    return status === 1;
  });
  const complaint = await shop.complaint("apply -f -", fileOf({ name: "iris" }));
  assert.match(
    complaint,
    /metadata\.labels\.owner: Invalid value: \S+ must say whose iris in checked is\. Add the label owner\. \[checks\/owner\]/,
  );
  await shop.quietly("apply -f -", owned("ml"));
  assert.match(
    await shop.complaint("apply -f -", owned("web")),
    /an owner never changes.*\[checks\/owner-stays\]/,
  );
  const slow = owned("ml", { [timeoutKey]: "20000" });
  assert.match(await shop.complaint("apply -f -", slow), /slow, or without routes\..*\[checks\/routes\]/);
  // What was there before the check is let through, in an update of something else.
  assert.match(
    await shop.warnings("label sdep old touched=yes"),
    /^Warning: .*must say whose.*\[checks\/owner\]\n$/,
  );
  assert.match(
    await unguarded.complaint("apply -f -", fileOf({ name: "iris" })),
    /cannot be evaluated: No such key: .*What fails is never let through.*\[checks\/unguarded\]/,
  );
  await until("the audit log tells", () =>
    audited("checked").some(({ rules }) => rules === "checks/owner=error"),
  );
}

/** All to the canary, past the file. */
const leap = [0, 100].map((value, index) => ({
  op: "replace",
  path: `/spec/predictors/${index}/traffic`,
  value,
}));

/** Two operators besides the one that the general settings are about. */
const operators = `operators:
  - controllerId: blue
    seldon: { httpPort: 8100 }
    ambassador: { hostname: blue.example.com, grpc: false }
  - namespaces: [housed]
    seldon: { httpPort: 8200 }
    carrier: predictor
`;

const labelled = (object: Json, id: string): Json => ({
  ...object,
  metadata: { ...object.metadata, labels: { "seldon.io/controller-id": id } },
});

const services = (text: string): readonly (string | undefined)[] =>
  [...text.matchAll(/"service": "([^"]+)"/g)].map(([, service]) => service);

async function severalOperators(plane: ControlPlane): Promise<void> {
  const [shop, housed] = [await tenant(plane, "shared"), await tenant(plane, "housed")];
  await shop.quietly("apply -f -", fileOf({ name: "before" }));
  await shop.quietly("label sdep before seldon.io/controller-id=blue");
  const textOf = async (name: string): Promise<string> =>
    (await annotationsOf(shop, name))["seldon.io/ambassador-config"];
  const general = ["before-default.shared:8000", "before-default.shared:5001"];
  assert.deepEqual(services(await textOf("before")), general, "without a list one operator takes all");

  writeFileSync(policyFile, policy(5000, operators));
  await until("the list is in force", async () => {
    const tried = await shop.quietly(
      "create --dry-run=server -o json -f -",
      labelled(fileOf({ name: "probe" }), "blue"),
    );
    return services(JSON.parse(tried).metadata.annotations["seldon.io/ambassador-config"]).length === 1;
  });
  // The next write renews the text, once.
  await shop.quietly("label sdep before touched=yes");
  const renewed = await textOf("before");
  assert.deepEqual(services(renewed), ["before-default.shared:8100"]);
  assert.match(renewed, /"host": "blue.example.com"/);
  const { generation } = (await shop.stored("before")).metadata;
  await shop.quietly("label sdep before touched=again --overwrite");
  assert.equal(await textOf("before"), renewed);
  assert.equal((await shop.stored("before")).metadata.generation, generation);

  await shop.quietly("apply -f -", fileOf({ name: "plain" }));
  assert.deepEqual(services(await textOf("plain")), [
    "plain-default.shared:8000",
    "plain-default.shared:5001",
  ]);
  const stray = labelled(fileOf({ name: "stray" }), "blu");
  assert.match(await shop.warnings("apply -f -", stray), /did you mean blue\? \[controller-id-known\]\n$/);
  // One that is attached is routed under the host of another operator's deployment.
  const guest = fileOf({
    name: "guest",
    annotations: {
      "seldon.io/ambassador-service-name": "before",
      "seldon.io/ambassador-header": "location: london",
    },
  });
  await shop.quietly("apply -f -", guest);
  assert.deepEqual(services(await textOf("guest")), ["guest-default.shared:8000"]);
  assert.match(await textOf("guest"), /"host": "blue.example.com"/);
  // A custom Mapping for every host is another route than that of blue's host; one of the same host is a rival.
  const rival = (host: string): Json =>
    fileOf({
      name: "rival",
      annotations: {
        "seldon.io/ambassador-config": `{apiVersion: getambassador.io/v2, kind: Mapping, name: rival, ${host}prefix: /seldon/shared/before/, service: rival-default.shared:8000}`,
      },
    });
  assert.doesNotMatch(await shop.warnings("create --dry-run=server -f -", rival("")), /route-unique/);
  assert.match(
    await shop.complaint("create --dry-run=server -f -", rival("host: blue.example.com, ")),
    /SeldonDeployment before answers this route too.*\[route-unique\]/,
  );

  await housed.quietly("apply -f -", fileOf({ name: "iris" }));
  const [predictor] = (await housed.stored("iris")).spec.predictors;
  assert.deepEqual(services(predictor.annotations["getambassador.io/config"]), [
    "iris-default.housed:8200",
    "iris-default.housed:5001",
  ]);
  // Back under the general settings by its label alone.
  const told = await shop.warnings("label sdep before seldon.io/controller-id-");
  assert.match(told, /the text of guest must be renewed \[guests-kept\]\n$/);
  assert.deepEqual(services(await textOf("before")), general);
  writeFileSync(policyFile, policy(5000));
}

withControlPlane(
  "a policy with a real API server",
  async (t, plane) => {
    await installCrd(plane.kubectl);
    writeFileSync(policyFile, policy(5000));
    const webhook = await startWebhook(t, plane, { flags: [`--policy=${policyFile}`] });
    await registerWebhook(plane, webhook);
    await t.test("defaults follow the policy, and what authors wrote stays", () => defaults(plane));
    await t.test("labels of namespaces decide", () => labels(plane));
    await t.test("severities hold by namespace", () => severities(plane));
    await t.test("exemptions show in audit events", () => exemptions(plane));
    await t.test("each object has the settings of its operator", () => severalOperators(plane));
    await t.test("checks of the team's own deny in its words", () => checks(plane));
    await t.test("limits bind from when they are there, step by step", () => limits(plane));
  },
  { apiServerArgs },
);
