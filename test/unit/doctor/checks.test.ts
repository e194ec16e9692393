import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { withOperators } from "../../../src/config/operators.ts";
import { checks, diagnose } from "../../../src/doctor/catalogue.ts";
import { read, unread } from "../../../src/doctor/fetched.ts";
import type { Status } from "../../../src/doctor/verdict.ts";
import { mint } from "../../../src/tls/mint.ts";
import type { Json } from "../../support/deployment.ts";
import { type Cluster, factsOf, operator, serviceHost, soundCluster } from "../../support/doctor-facts.ts";
import { testPair } from "../../support/tls.ts";

const order = { hosts: [serviceHost], days: 90 };
const sound = await mint({ ...order, now: new Date() });
const day = 86_400_000;

/** What each check says of what is broken, without what is right. */
function findings(cluster: Cluster): readonly string[] {
  return diagnose(factsOf(cluster))
    .filter(({ status }) => status !== "ok")
    .map(({ check, status, message }) => `${status} ${check}: ${message}`);
}

test("a sound installation: every check says ok, and none is left out", () => {
  const diagnoses = diagnose(factsOf(soundCluster(sound)));
  assert.deepEqual(
    diagnoses.filter(({ status }) => status !== "ok"),
    [],
  );
  assert.deepEqual(
    [...new Set(diagnoses.map(({ check }) => check))],
    checks.map(({ id }) => id),
  );
});

test("every file of checks is in the catalogue under its own name", () => {
  const folder = fileURLToPath(new URL("../../../src/doctor/checks/", import.meta.url));
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
  assert.deepEqual(checks.map(({ id }) => id).sort(), files.sort());
});

test("what is no ok and not skipped says what to do", () => {
  for (const [, break_] of cases) {
    const cluster = soundCluster(sound);
    break_(cluster);
    for (const { status, fix, message } of diagnose(factsOf(cluster)))
      assert.equal(fix !== undefined, status === "warning" || status === "problem", message);
  }
});

type Case = readonly [name: string, break_: (cluster: Cluster) => void, ...expected: RegExp[]];

const mutateHook = ({ mutating }: Cluster): Json => mutating[0]?.webhooks[0];
const validateHook = ({ validating }: Cluster, index = 0): Json => validating[0]?.webhooks[index];
const hooksOf = (cluster: Cluster): Json[] => [
  ...(cluster.mutating[0]?.webhooks ?? []),
  ...(cluster.validating[0]?.webhooks ?? []),
];
const setAll = (cluster: Cluster, fields: Json): void => {
  for (const hook of hooksOf(cluster)) Object.assign(hook, fields);
};
const deployment = ({ behind }: Cluster): Json => behind.deployments.value[0];
const first = (...names: string[]) => ({ count: names.length, first: names });
const clientOf = (cluster: Cluster): Json => validateHook(cluster).clientConfig;
/** What the policy lists, with another port than the general one. */
function setOperators(
  cluster: Cluster,
  ...listed: readonly { controllerId?: string; namespaces?: readonly string[] }[]
): void {
  const settings = { ...cluster.engine, seldon: { ...cluster.engine.seldon, httpPort: 8100 } };
  cluster.engine = withOperators(
    cluster.engine,
    listed.map(({ controllerId, namespaces }) => ({
      source: { controllerId, namespaces, values: {}, label: (path) => path },
      settings,
    })),
  );
}

const setOperator = (cluster: Cluster, fields: Partial<typeof operator>): void => {
  cluster.operators[0] = { ...operator, ...fields };
};
const inventory = { count: 9, only: undefined, unadopted: first(), wrong: first(), condemned: first() };

const cases: readonly Case[] = [
  [
    "no CRD",
    (c) => Object.assign(c.facts, { crd: { state: "absent" } }),
    /^problem crd: the CRD .* not installed/,
  ],
  [
    "CRD without versions",
    (c) => {
      for (const version of c.crd.spec.versions) version.served = false;
    },
    /^problem crd: no version is served/,
  ],
  [
    "CRD with another version",
    (c) => c.crd.spec.versions.push({ name: "v2", served: true, schema: { openAPIV3Schema: {} } }),
    /^warning crd: serves v2/,
  ],
  [
    "CRD without a schema",
    (c) => {
      c.crd.spec.preserveUnknownFields = true;
    },
    /^warning crd: keeps fields/,
  ],
  [
    "CRD not established",
    (c) => {
      c.crd.status = { conditions: [{ type: "Established", status: "False", message: "no" }] };
    },
    /^problem crd: not established: no/,
  ],
  [
    "CRD unread",
    (c) => Object.assign(c.facts, { crd: unread("the CRD (forbidden)") }),
    /^skipped crd: cannot read the CRD \(forbidden\)/,
  ],

  [
    "no mutating webhook",
    (c) => {
      c.mutating.length = 0;
    },
    /^problem webhooks: no mutating webhook .* CREATE/,
    /^problem webhooks: no mutating webhook .* UPDATE/,
    /^skipped mutation-order/,
  ],
  [
    "no deletion webhook",
    (c) => c.validating[0]?.webhooks.pop(),
    /^warning webhooks: no validating webhook is called for DELETE/,
  ],
  [
    "another resource",
    (c) => {
      validateHook(c).rules[0].resources = ["models"];
    },
    /^problem webhooks: no validating .* CREATE.*nothing is checked/,
    /UPDATE/,
  ],
  [
    "another group",
    (c) => {
      mutateHook(c).rules[0].apiGroups = ["apps"];
    },
    /^problem webhooks: no mutating .* CREATE/,
    /UPDATE/,
  ],
  [
    "cluster scope",
    (c) => {
      mutateHook(c).rules[0].scope = "Cluster";
    },
    /^problem webhooks: no mutating .* CREATE/,
    /UPDATE/,
  ],
  [
    "no UPDATE",
    (c) => {
      mutateHook(c).rules[0].operations = ["CREATE"];
    },
    /^problem webhooks: no mutating .* UPDATE/,
  ],
  [
    "the wrong path",
    (c) => {
      clientOf(c).service.path = "/mutate";
    },
    /^problem webhooks: calls the path \/mutate, not \/validate/,
  ],
  [
    "matchPolicy Exact",
    (c) => {
      validateHook(c).matchPolicy = "Exact";
    },
    /^warning webhooks: matchPolicy Exact/,
  ],
  [
    "Exact and one version",
    (c) => {
      Object.assign(mutateHook(c), { matchPolicy: "Exact" }).rules[0].apiVersions = ["v1"];
    },
    /problem.*CREATE/,
    /problem.*UPDATE/,
    /^warning webhooks: matchPolicy Exact/,
  ],
  [
    "side effects",
    (c) => {
      validateHook(c).sideEffects = "Some";
    },
    /^problem webhooks: sideEffects Some/,
  ],
  [
    "a short timeout",
    (c) => {
      validateHook(c).timeoutSeconds = 1;
    },
    /^warning webhooks: timeoutSeconds 1/,
  ],
  [
    "webhooks unread",
    (c) => Object.assign(c.facts, { mutating: unread("x (forbidden)") }),
    /^skipped webhooks: cannot read x/,
    /^skipped mutation-order/,
  ],

  [
    "first rollout",
    (c) => {
      validateHook(c).failurePolicy = "Ignore";
    },
    /^warning failure-policy: failurePolicy Ignore/,
  ],
  [
    "mutation fails closed",
    (c) => {
      mutateHook(c).failurePolicy = "Fail";
    },
    /^warning failure-policy: failurePolicy Fail: writes fail twice/,
  ],
  [
    "deletion fails closed",
    (c) => {
      validateHook(c, 1).failurePolicy = "Fail";
    },
    /^warning failure-policy: failurePolicy Fail on DELETE/,
  ],

  [
    "own namespace selected",
    (c) => setAll(c, { namespaceSelector: {} }),
    /selects its own namespace/,
    /own namespace/,
    /own namespace/,
  ],
  [
    "contradiction",
    (c) =>
      setAll(c, {
        objectSelector: {
          matchLabels: { a: "b" },
          matchExpressions: [{ key: "a", operator: "DoesNotExist" }],
        },
      }),
    /contradict/,
    /contradict/,
    /contradict/,
  ],
  [
    "different halves",
    (c) => {
      mutateHook(c).objectSelector = { matchLabels: { team: "a" } };
    },
    /^warning selectors: selects other objects than/,
  ],

  [
    "a second configuration",
    (c) => {
      const local = structuredClone(c.validating[0]) as Json;
      local.metadata.name = "seldon-ambassador-webhook-local-12ab";
      for (const hook of local.webhooks) hook.clientConfig = { url: "https://localhost:8443/validate" };
      c.validating.push(local);
    },
    /^warning duplicates: left by serve --register/,
  ],
  [
    "Seldon mutates later",
    (c) => {
      mutateHook(c).reinvocationPolicy = "Never";
      c.mutating.push({
        metadata: { name: "seldon-mutating" },
        webhooks: [{ ...mutateHook(c), name: "mseldondeployment.kb.io" }],
      });
      c.mutating.push({ metadata: { name: "zzz" }, webhooks: [{ ...mutateHook(c), name: "other.io" }] });
    },
    /^warning mutation-order: mutatingwebhookconfiguration\/seldon-mutating, mutatingwebhookconfiguration\/zzz/,
  ],

  [
    "caBundle empty",
    (c) => {
      clientOf(c).caBundle = undefined;
    },
    /^problem ca-bundle: caBundle is empty/,
  ],
  [
    "caBundle of rubbish",
    (c) => {
      clientOf(c).caBundle = "cnViYmlzaA==";
    },
    /^problem ca-bundle: caBundle holds no certificate/,
  ],
  [
    "caBundle expired",
    (c) => c.now.setTime(c.now.getTime() + 91 * day),
    /^problem ca-bundle: no CA is valid: .* expired on/,
    /^problem served-certificate: .* expired on/,
    /^problem served-certificate: .*which signed.* expired/,
    /which signed/,
    /which signed/,
  ],
  [
    "caBundle ending",
    (c) => c.now.setTime(c.now.getTime() + 80 * day),
    /^warning ca-bundle: the last CA ends soon/,
    /^warning served-certificate: .* should have been renewed/,
  ],

  [
    "another name",
    (c) => {
      for (const hook of hooksOf(c)) hook.clientConfig.service.name = "other";
    },
    /^problem served-certificate: .* names localhost, .*, not other\.seldon-ambassador-webhook\.svc, seen by hand$/,
  ],
  [
    "no handshake",
    (c) => {
      c.chain.length = 0;
    },
    /^problem served-certificate: no certificate was sent/,
  ],

  [
    "no Service",
    (c) => {
      c.behind.service = { state: "absent" };
    },
    /^problem service: does not exist/,
  ],
  [
    "another port",
    (c) => {
      c.behind.service.value.spec.ports[0].port = 8443;
    },
    /^problem service: .* call port 443, but it has 8443/,
  ],
  [
    "no endpoints",
    (c) => {
      c.behind.slices.value = [];
    },
    /^problem service: has no endpoints/,
  ],
  [
    "unready endpoints",
    (c) => {
      for (const each of c.behind.slices.value[0].endpoints) each.conditions.ready = false;
    },
    /^problem service: has 2 endpoints, none of them ready/,
  ],
  [
    "one unready",
    (c) => {
      c.behind.slices.value[0].endpoints[0].conditions.ready = false;
    },
    /^warning service: 1 endpoints are ready, 1 are not/,
  ],

  [
    "no Deployment",
    (c) => {
      c.behind.deployments.value = [];
    },
    /^problem deployment: no Deployment/,
  ],
  [
    "scaled to 0",
    (c) => {
      deployment(c).spec.replicas = 0;
    },
    /^problem deployment: is scaled to 0/,
  ],
  [
    "none available",
    (c) => {
      deployment(c).status = {};
    },
    /^problem deployment: no replica is available/,
  ],
  [
    "one unavailable",
    (c) => {
      deployment(c).status.unavailableReplicas = 1;
    },
    /^warning deployment: 1 of its replicas/,
  ],
  [
    "one replica",
    (c) => {
      deployment(c).spec.replicas = 1;
    },
    /^warning deployment: has one replica/,
  ],
  [
    "no budget",
    (c) => {
      c.behind.budgets.value = [];
    },
    /^warning deployment: no PodDisruptionBudget/,
  ],
  [
    "two versions",
    (c) => c.behind.pods.value.push({ spec: { containers: [{ image: "seldon-ambassador-webhook:0.2.0" }] } }),
    /^warning deployment: pods of several versions answer: .*0\.1\.0, .*0\.2\.0/,
  ],

  [
    "a right missing",
    (c) => {
      c.behind.rights.value[1].allowed = false;
    },
    /^problem rights: its service account may not list seldondeployments/,
  ],
  [
    "rights unread",
    (c) => {
      c.behind.rights = unread("subjectaccessreviews (forbidden)");
    },
    /^skipped rights: cannot read subjectaccessreviews \(forbidden\)/,
  ],

  [
    "no operator",
    (c) => {
      c.operators.length = 0;
    },
    /^warning operator: .* was not found/,
  ],
  [
    "operator in v2 mode",
    (c) => setOperator(c, { mode: "v2" }),
    /^problem operator: .*"metadata".*seldon\.ambassador: Invalid value: "v2": must be "v1"/,
  ],
  [
    "operator not for Ambassador",
    (c) => setOperator(c, { mode: "disabled" }),
    /^problem operator: .*Invalid value: "disabled"/,
  ],
  [
    "operator too old",
    (c) => setOperator(c, { version: "1.8.0" }),
    /^problem operator: .*operatorVersion: Invalid value: "1\.8\.0": must be 1\.9 or later/,
  ],
  [
    "operator of another era",
    (c) => {
      c.engine = { ...c.engine, carrier: "spec" };
      setOperator(c, { version: "1.0.2" });
    },
    /^problem operator: it is 1\.0\.2, but the webhook is set to 1\.18/,
  ],
  ["operator of the same era", (c) => setOperator(c, { version: "1.12.0" })],
  [
    "another port of the operator",
    (c) => setOperator(c, { grpcPort: 5002 }),
    /^problem operator: its ENGINE_SERVER_GRPC_PORT is 5002/,
  ],
  [
    "single namespace",
    (c) => setOperator(c, { singleNamespace: true }),
    /^warning operator: AMBASSADOR_SINGLE_NAMESPACE is true/,
  ],
  [
    "mode not shown",
    (c) => setOperator(c, { mode: undefined }),
    /^warning operator: its environment does not show/,
  ],
  [
    "no version in the tag",
    (c) => setOperator(c, { version: undefined }),
    /^warning operator: its image's tag is no version/,
  ],
  [
    "mode other but harmless",
    (c) => {
      c.engine = { ...c.engine, carrier: "none", seldon: { ...c.engine.seldon, ambassador: "v2" } };
    },
    /^warning operator: it runs with ambassador v1/,
  ],
  [
    "another operator's objects",
    (c) => {
      setAll(c, { objectSelector: { matchLabels: { "seldon.io/controller-id": "a" } } });
      c.operators.push({ ...operator, controllerId: "a", mode: "v2" });
    },
    /^skipped operator: no webhook of ours sees/,
    /^problem operator: .*Invalid value: "v2"/,
  ],
  [
    "two operators, each as the policy has it",
    (c) => {
      setOperators(c, { controllerId: "a" }, { namespaces: ["green"] });
      c.operators.push({ ...operator, controllerId: "a", httpPort: 8100 });
      c.operators.push({ ...operator, watches: "green", httpPort: 8100 });
    },
  ],
  [
    "two operators with each other's ports",
    (c) => {
      setOperators(c, { controllerId: "a" });
      c.operators[0] = { ...operator, httpPort: 8100 };
      c.operators.push({ ...operator, controllerId: "a", httpPort: 8000 });
    },
    /^problem operator: its ENGINE_SERVER_PORT is 8100, but the webhook writes Mappings to port 8000/,
    /^problem operator: its ENGINE_SERVER_PORT is 8000, but the webhook writes Mappings to port 8100/,
  ],
  [
    "an operator that the policy does not list",
    (c) => {
      setOperators(c, { controllerId: "a" });
      c.operators.push({ ...operator, controllerId: "b" });
    },
    /^warning operator: the policy lists operators, but none with controller id b: the general settings/,
  ],

  [
    "left-over Mappings",
    (c) =>
      Object.assign(c.facts, {
        mappings: read(
          ["a", "b", "c", "d"].map((name) => ({
            resource: "mappings.getambassador.io",
            namespace: "models",
            name,
            labelled: true,
          })),
        ),
      }),
    /^problem left-over-mappings: 4 made by .*: a, b, c and 1 more/,
  ],

  [
    "Ambassador drops it",
    (c) => {
      c.engine = { ...c.engine, ambassador: { ...c.engine.ambassador, apiVersion: "ambassador/v1" } };
    },
    /^problem ambassador: .* ambassador\/v1, and Ambassador 3\.9\.1 panics/,
  ],
  [
    "another Ambassador",
    (c) => {
      c.engine = { ...c.engine, ambassador: { ...c.engine.ambassador, version: "1.14" } };
    },
    /^warning ambassador: it is 3\.9\.1, but the webhook is set to 1\.14/,
  ],
  [
    "no Ambassador",
    (c) => {
      c.ambassadors.length = 0;
    },
    /^skipped ambassador: no Deployment or DaemonSet/,
  ],
  [
    "an id of nobody",
    (c) =>
      Object.assign(c.facts, {
        inventory: read({
          ...inventory,
          byAmbassadorId: new Map([
            ["blue", first("m/a")],
            ["default", first("m/b")],
            ["_automatic_", first("m/c")],
          ]),
        }),
      }),
    /^problem ambassador: no Ambassador that was found has the id blue: m\/a is/,
  ],

  [
    "never mutated",
    (c) =>
      Object.assign(c.facts, {
        inventory: read({
          ...inventory,
          wrong: first("m/a", "m/b"),
          unadopted: first("m/a", "m/b"),
          byAmbassadorId: new Map(),
        }),
      }),
    /^problem deployments: 2 of 9 never went through the webhook.*: m\/a, m\/b$/,
  ],
  [
    "outdated",
    (c) =>
      Object.assign(c.facts, {
        inventory: read({ ...inventory, unadopted: first("m/a"), byAmbassadorId: new Map() }),
      }),
    /^warning deployments: 1 of 9 carry an outdated text: m\/a$/,
  ],
  [
    "condemned",
    (c) =>
      Object.assign(c.facts, {
        inventory: read({ ...inventory, condemned: first("m/a"), byAmbassadorId: new Map() }),
      }),
    /^problem deployments: 1 of 9 break a rule: m\/a$/,
  ],
];

for (const [name, break_, ...expected] of cases)
  test(`doctor: ${name}`, () => {
    const cluster = soundCluster(sound);
    break_(cluster);
    const found = findings(cluster);
    assert.equal(found.length, expected.length, found.join("\n"));
    for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? "", pattern);
  });

test("a webhook that keeps the caBundle of others than those that call it", () => {
  const cluster = soundCluster(sound);
  for (const each of [...cluster.mutating, ...cluster.validating]) each.metadata = { name: "renamed" };
  const found = findings(cluster);
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(
    found[0] ?? "",
    /^problem deployment: it keeps caBundle of the configurations called seldon-ambassador-webhook, but is called by mutatingwebhookconfiguration\/renamed, validatingwebhookconfiguration\/renamed$/,
  );
});

test("a certificate of another CA is told apart from one without a path to it", async () => {
  const cluster = soundCluster(sound);
  const { ca } = await testPair();
  clientOf(cluster).caBundle = Buffer.from(ca).toString("base64");
  const found = findings(cluster);
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(
    found[0] ?? "",
    /^problem served-certificate: caBundle \(.*\) did not sign the served CN=localhost/,
  );
});

test("a CA that is on its way out may stay in the bundle as long as another one signs", async () => {
  const cluster = soundCluster(sound);
  const old = await mint({ ...order, days: 1, now: new Date(Date.now() - 30 * day) });
  const both = Buffer.from(`${old.ca}${sound.ca}`).toString("base64");
  for (const hook of hooksOf(cluster)) hook.clientConfig.caBundle = both;
  const found = findings(cluster);
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0] ?? "", /^warning ca-bundle: holds what is of no use: .* expired on/);
});

const trial = (right: unknown, wrong: unknown) => read([{ place: "default", right, wrong }]);
const created = { state: "read", value: { outcome: "created", object: {}, isComplete: false } };
const acceptable = { ...created, value: { ...created.value, isComplete: true, isAcceptable: true } };
const refused = (message: string) => ({ state: "read", value: { outcome: "refused", message } });
const rejected = refused("no [ambassador-id-form]");

const trials: readonly (readonly [string, unknown, unknown, Status, RegExp])[] = [
  ["nothing injected", created, rejected, "problem", /accepted without the injected text/],
  [
    "mutation failed open",
    refused("… [mapping-injected]"),
    rejected,
    "problem",
    /denied because nothing was injected/,
  ],
  [
    "denied by a stranger",
    refused('admission webhook "x.io" denied the request'),
    rejected,
    "problem",
    /^denied: admission webhook "x.io"/,
  ],
  [
    "the policy asks for more",
    refused(
      "is invalid: metadata.labels.team: Required value: x. Add it. [limits/required-labels]; a: b. [checks/own]",
    ),
    rejected,
    "skipped",
    /denied by the policy alone/,
  ],
  [
    "a rule denies beside the policy",
    refused(
      "is invalid: metadata.labels[team]: x. Add it. [limits/required-labels]; a: b. [predictors-present]",
    ),
    rejected,
    "problem",
    /^denied: /,
  ],
  ["nobody rejects", acceptable, created, "problem", /accepted: nothing judges/],
  ["a stranger rejects", acceptable, refused("quota"), "problem", /rejected by somebody else: quota/],
  ["the policy lets it pass", acceptable, acceptable, "skipped", /accepted, as the policy has it there/],
  [
    "no right to try",
    unread("what becomes of a write in default (forbidden)"),
    unread("it"),
    "skipped",
    /cannot read what becomes/,
  ],
];

for (const [name, right, wrong, status, pattern] of trials)
  test(`doctor: dry run: ${name}`, () => {
    const cluster = soundCluster(sound);
    cluster.facts = { trials: trial(right, wrong) } as Partial<typeof cluster.facts>;
    const bad = diagnose(factsOf(cluster)).filter((each) => each.status !== "ok");
    assert.equal(bad[0]?.check, "dry-run");
    assert.equal(bad[0]?.status, status);
    assert.match(bad[0]?.message ?? "", pattern);
  });
