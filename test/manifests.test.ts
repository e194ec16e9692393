import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { webhookConfigurations } from "../src/commands/webhook-configurations.ts";
import { defaultConfig } from "../src/config/config.ts";
import { flagOf, settings } from "../src/config/setting.ts";
import { catalogue } from "../src/rules/catalogue.ts";
import type { Json } from "./support/deployment.ts";
import { base as folder, render } from "./support/manifests.ts";

const base = fileURLToPath(new URL("../manifests/base/", import.meta.url));
const name = "seldon-ambassador-webhook";
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** The one object of a file. */
function objectOf(file: string): Json {
  const [document, ...more] = parseAllDocuments(readFileSync(`${base}${file}`, "utf8"), {
    strict: true,
    uniqueKeys: true,
  });
  assert.deepEqual([...(document?.errors ?? []), ...(document?.warnings ?? []), ...more], [], file);
  return document?.toJS();
}

const kustomization = objectOf("kustomization.yaml");
const files: readonly string[] = kustomization.resources;
const configurations = ["mutating-webhook.yaml", "validating-webhook.yaml"].map(objectOf);
const webhooks: readonly Json[] = configurations.flatMap((configuration) => configuration.webhooks);
const deployment = objectOf("deployment.yaml");
const pod: Json = deployment.spec.template.spec;
const container: Json = pod.containers[0];

describe("manifests/base", () => {
  test("holds one object per file, and the kustomization lists them all", () => {
    const found = readdirSync(base).filter((file) => file !== "kustomization.yaml");
    assert.deepEqual(found.toSorted(), files.toSorted());
    for (const file of files) {
      const { kind, metadata } = objectOf(file);
      const words = kind
        .replace("Configuration", "")
        .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-")
        .toLowerCase();
      assert.equal(file, `${words}.yaml`);
      assert.ok(metadata.name === name || metadata.name === `${name}-settings`, file);
      assert.equal(
        metadata.labels?.["app.kubernetes.io/name"],
        undefined,
        "the kustomization labels them all",
      );
    }
  });

  test("keeps its namespaced objects in its own namespace", () => {
    const clusterWide = /^(Namespace|PriorityClass|Cluster\w+|\w+WebhookConfiguration)$/;
    for (const { kind, metadata } of files.map(objectOf))
      assert.equal(metadata.namespace, clusterWide.test(kind) ? undefined : name, kind);
    for (const file of ["cluster-role-binding.yaml", "role-binding.yaml"])
      assert.deepEqual(objectOf(file).subjects, [{ kind: "ServiceAccount", name, namespace: name }], file);
  });

  test("labels every object, and tells its own pods by two labels", (t) => {
    const rendered = render(folder);
    if (rendered === undefined) return t.diagnostic("there is no kubectl: only the files were read");
    assert.equal(rendered.length, files.length);
    const own = { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
    const described = {
      "app.kubernetes.io/component": "admission-webhook",
      "app.kubernetes.io/version": version,
    };
    for (const { kind, metadata } of rendered)
      for (const [key, value] of Object.entries({ ...own, ...described }))
        assert.equal(metadata.labels[key], value, kind);
    const find = (kind: string): Json => rendered.find((object) => object.kind === kind)?.spec;
    const { selector, template } = find("Deployment");
    assert.deepEqual(template.metadata.labels, { ...own, ...described });
    const selectors = [
      selector.matchLabels,
      find("Service").selector,
      find("PodDisruptionBudget").selector.matchLabels,
      find("NetworkPolicy").podSelector.matchLabels,
      ...template.spec.topologySpreadConstraints.map(({ labelSelector }: Json) => labelSelector.matchLabels),
    ];
    assert.equal(selectors.length, 6);
    for (const each of selectors) assert.deepEqual(each, own);
  });
});

describe("manifests/components/reconcile", () => {
  const file = (path: string): Json => {
    const url = new URL(`../manifests/components/reconcile/${path}`, import.meta.url);
    return parseAllDocuments(readFileSync(url, "utf8"))[0]?.toJS();
  };

  test("grants what a no-op update takes, to the account of the webhook", () => {
    const resources = ["seldondeployments"];
    const rule = { apiGroups: ["machinelearning.seldon.io"], resources, verbs: ["get", "patch"] };
    const role = file("cluster-role.yaml");
    assert.deepEqual(role.rules, [rule]);
    const binding = file("cluster-role-binding.yaml");
    assert.equal(binding.roleRef.name, role.metadata.name);
    assert.deepEqual(binding.subjects, objectOf("cluster-role-binding.yaml").subjects);
  });

  test("sets the flag, which serve knows", () => {
    const { kind, resources, patches } = file("kustomization.yaml");
    assert.equal(kind, "Component");
    assert.deepEqual(resources, ["cluster-role.yaml", "cluster-role-binding.yaml"]);
    const [{ target, patch }, ...others] = patches;
    assert.deepEqual([target, others], [{ kind: "Deployment", name: deployment.metadata.name }, []]);
    assert.deepEqual(parseAllDocuments(patch)[0]?.toJS(), [
      { op: "add", path: "/spec/template/spec/containers/0/args/-", value: "--reconcile" },
    ]);
    assert.ok(settings.map(flagOf).includes("--reconcile"));
  });
});

describe("the webhook configurations", () => {
  test("call the Service, and leave caBundle to the owner of the certificate", () => {
    const { ports } = objectOf("service.yaml").spec;
    for (const { clientConfig } of webhooks) {
      const { path, ...service } = clientConfig.service;
      assert.deepEqual(Object.keys(clientConfig), ["service"]);
      assert.deepEqual(service, { name, namespace: name, port: ports[0].port });
      assert.match(path, /^\/(mutate|validate)$/);
    }
  });

  test("spell out every field that the API server would fill in", () => {
    for (const webhook of webhooks) {
      assert.deepEqual(
        [webhook.matchPolicy, webhook.sideEffects, webhook.objectSelector],
        ["Equivalent", "None", {}],
        webhook.name,
      );
      assert.ok(webhook.timeoutSeconds >= 1 && webhook.timeoutSeconds <= 30, webhook.name);
      assert.deepEqual(webhook.admissionReviewVersions, ["v1", "v1beta1"]);
      assert.deepEqual(webhook.namespaceSelector.matchExpressions, [
        { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system", name] },
      ]);
    }
  });

  test("fail open where the other catches it or nothing is written, and closed where a write is judged", () => {
    const asked = webhooks.map(({ name: webhook, failurePolicy, reinvocationPolicy, rules }) => [
      webhook,
      failurePolicy,
      reinvocationPolicy,
      rules[0].operations,
    ]);
    assert.deepEqual(asked, [
      ["mutate.seldon-ambassador-webhook.io", "Ignore", "IfNeeded", ["CREATE", "UPDATE"]],
      ["validate.seldon-ambassador-webhook.io", "Fail", undefined, ["CREATE", "UPDATE"]],
      ["validate-deletion.seldon-ambassador-webhook.io", "Ignore", undefined, ["DELETE"]],
    ]);
  });

  test("ask about the same objects as those of serve --register", () => {
    const local = webhookConfigurations({ name: "local", url: "https://localhost:8443", ca: "" });
    const rulesOf = (kind: string, of: readonly Json[]): Json[] =>
      of
        .filter((each) => each.kind === kind)
        .flatMap((each) => each.webhooks.flatMap((hook: Json) => hook.rules));
    for (const { kind } of configurations) {
      const [shipped, theirs] = [rulesOf(kind, configurations), rulesOf(kind, local as unknown as Json[])];
      const operations = (rules: Json[]) => rules.flatMap((rule) => rule.operations).toSorted();
      assert.deepEqual(operations(shipped), operations(theirs), kind);
      const place = ({ operations: _, ...rest }: Json) => JSON.stringify(Object.entries(rest).toSorted());
      assert.equal(new Set([...shipped, ...theirs].map(place)).size, 1, kind);
    }
  });
});

describe("the ClusterRole", () => {
  test("grants what the rules read, and no more", () => {
    const kinds = new Set(catalogue.flatMap(({ reads }) => reads));
    assert.deepEqual([...kinds], ["SeldonDeployment"]);
    assert.deepEqual(objectOf("cluster-role.yaml").rules, [
      {
        apiGroups: ["machinelearning.seldon.io"],
        resources: ["seldondeployments"],
        verbs: ["get", "list", "watch"],
      },
      {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
        resourceNames: configurations.slice(0, 1).map(({ metadata }) => metadata.name),
        verbs: ["list", "watch", "patch"],
      },
    ]);
  });
});

describe("the Role", () => {
  test("grants the Secret of the CA, and no other", () => {
    const secrets = { apiGroups: [""], resources: ["secrets"] };
    assert.deepEqual(objectOf("role.yaml").rules, [
      {
        ...secrets,
        resourceNames: [defaultConfig.tls.secretName],
        verbs: ["list", "watch", "update"],
      },
      { ...secrets, verbs: ["create"] },
    ]);
  });
});

describe("the defaults of the settings", () => {
  test("name what is shipped", () => {
    const { serviceName, configurationName } = defaultConfig.tls;
    assert.equal(objectOf("service.yaml").metadata.name, serviceName);
    for (const { metadata } of configurations) assert.equal(metadata.name, configurationName);
  });
});

describe("the Deployment", () => {
  test("never has fewer pods than asked for during a rollout", () => {
    assert.equal(deployment.spec.replicas, 2);
    assert.deepEqual(deployment.spec.strategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 1 });
    const spread = pod.topologySpreadConstraints.map((constraint: Json) => [
      constraint.topologyKey,
      constraint.whenUnsatisfiable,
    ]);
    assert.deepEqual(spread, [
      ["topology.kubernetes.io/zone", "ScheduleAnyway"],
      ["kubernetes.io/hostname", "ScheduleAnyway"],
    ]);
    assert.equal(objectOf("pod-disruption-budget.yaml").spec.maxUnavailable, 1);
    assert.equal(pod.priorityClassName, objectOf("priority-class.yaml").metadata.name);
  });

  test("gives the process nothing that it does not need", () => {
    const { runAsNonRoot, seccompProfile } = pod.securityContext;
    assert.deepEqual([runAsNonRoot, seccompProfile], [true, { type: "RuntimeDefault" }]);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.ok(container.resources.requests.cpu && container.resources.limits.memory);
  });

  test("starts node itself, with flags that serve knows", () => {
    assert.deepEqual(container.command, ["node", "dist/main.js", "serve"]);
    const known = ["--config", ...settings.map(flagOf)];
    for (const flag of container.args) assert.ok(known.includes(flag.split("=")[0]), flag);
    assert.match(container.image, /^[a-z-]+:\d+\.\d+\.\d+$/, "a name without a registry");
    assert.equal(container.image, `${name}:${version}`);
  });

  test("listens, is probed and is called on the same port, with a certificate of its own", () => {
    const flag = (key: string): string =>
      container.args.find((arg: string) => arg.startsWith(`--${key}=`))?.split("=")[1];
    const [webhook, metrics] = container.ports;
    assert.deepEqual(
      [webhook.containerPort, metrics.containerPort],
      [Number(flag("port")), Number(flag("metrics-port"))],
    );
    assert.deepEqual(
      [container.startupProbe, container.livenessProbe, container.readinessProbe].map(({ httpGet }) =>
        Object.values(httpGet),
      ),
      [
        ["/healthz", "webhook", "HTTPS"],
        ["/healthz", "webhook", "HTTPS"],
        ["/readyz", "webhook", "HTTPS"],
      ],
    );
    assert.equal(objectOf("service.yaml").spec.ports[0].targetPort, "webhook");
    assert.deepEqual([flag("cert-dir"), flag("tls-source")], [undefined, undefined]);
    assert.deepEqual(
      pod.volumes.map((volume: Json) => volume.name),
      ["settings"],
    );
    const ports = objectOf("network-policy.yaml").spec.ingress.flatMap((rule: Json) => rule.ports);
    assert.deepEqual(
      ports.map(({ port }: Json) => port),
      ["webhook", "metrics"],
    );
    assert.equal(
      pod.terminationGracePeriodSeconds,
      Number(flag("drain-seconds")) + Number(flag("grace-seconds")) + 5,
    );
  });
});
