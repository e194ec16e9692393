import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { defaultConfig } from "../src/config/config.ts";
import { loadConfig } from "../src/config/load.ts";
import { flagKeyOf, flagOf, settings } from "../src/config/setting.ts";
import type { Json } from "./support/deployment.ts";
import {
  base,
  type Combination,
  combine,
  componentFolder,
  components,
  kustomizationOf,
  overlayFolder,
  overlays,
  ownName,
  render,
} from "./support/manifests.ts";
import { testFolder } from "./support/program.ts";

const hasKubectl = render(base) !== undefined;
const needsKubectl = hasKubectl ? {} : { skip: "there is no kubectl" };

const rendered = (folder: string): readonly Json[] => {
  const objects = render(folder);
  assert.ok(objects);
  return objects;
};

const combined = (t: TestContext, combination: Combination) => rendered(combine(t, combination));

const find = (objects: readonly Json[], kind: string): Json => {
  const found = objects.find((object) => object.kind === kind);
  assert.ok(found, kind);
  return found;
};

const hooksOf = (objects: readonly Json[]): readonly Json[] =>
  objects.filter(({ kind }) => /WebhookConfiguration$/.test(kind)).flatMap(({ webhooks }) => webhooks);

/** All values below a path of keys, whatever stands between. */
const keysOf = (value: unknown): readonly string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, each]) => [key, ...keysOf(each)])
    : [];

const folders = [base, ...components.map(componentFolder), ...overlays.map(overlayFolder)];

/** The file of a generator's `key=file`. */
const fileOf = (entry: string): string => entry.split("=").at(-1) ?? entry;

test("every file of every folder is one object that its kustomization uses", () => {
  for (const folder of folders) {
    const { resources = [], configMapGenerator = [] } = kustomizationOf(folder);
    const used = [...resources, ...configMapGenerator.flatMap(({ files }: Json) => files.map(fileOf))];
    const files = readdirSync(folder).filter((file) => !/^(kustomization\.yaml|README\.md)$/.test(file));
    assert.deepEqual(
      files.toSorted(),
      used.filter((path: string) => !path.startsWith("..")).toSorted(),
      folder,
    );
    for (const file of resources.filter((path: string) => !path.startsWith("..")))
      assert.equal(
        parseAllDocuments(readFileSync(join(folder, file), "utf8")).length,
        1,
        `${folder}/${file}`,
      );
  }
});

describe("what kustomize renders", needsKubectl, () => {
  test("holds no caBundle, whatever is combined", (t) => {
    const all = { components: components.map(componentFolder) };
    const each = components.map((name) => ({ components: [componentFolder(name)] }));
    const outputs = [
      ...[all, ...each].map((combination) => combined(t, combination)),
      ...overlays.map((name) => rendered(overlayFolder(name))),
    ];
    for (const objects of outputs) {
      assert.ok(hooksOf(objects).length >= 3);
      assert.ok(!keysOf(objects).includes("caBundle"));
    }
  });

  test("first-rollout reaches labelled namespaces only, and rejects nothing by itself", () => {
    const hooks = hooksOf(rendered(overlayFolder("first-rollout")));
    assert.equal(hooks.length, 3);
    for (const { failurePolicy, namespaceSelector } of hooks) {
      assert.equal(failurePolicy, "Ignore");
      assert.deepEqual(namespaceSelector.matchExpressions.slice(1), [
        { key: "seldon-ambassador-webhook.io/enabled", operator: "In", values: ["true"] },
      ]);
    }
  });

  test("autoscaling leaves the number of pods to the autoscaler alone", (t) => {
    const objects = combined(t, { components: [componentFolder("autoscaling")] });
    assert.ok(!("replicas" in find(objects, "Deployment").spec));
    const { spec } = find(objects, "HorizontalPodAutoscaler");
    assert.ok(spec.minReplicas >= find(rendered(base), "Deployment").spec.replicas);
    assert.equal(spec.scaleTargetRef.name, find(objects, "Deployment").metadata.name);
  });

  test("network-policy-egress keeps the ingress of the base", (t) => {
    const { spec } = find(
      combined(t, { components: [componentFolder("network-policy-egress")] }),
      "NetworkPolicy",
    );
    assert.deepEqual(spec.ingress, find(rendered(base), "NetworkPolicy").spec.ingress);
    assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
    const ports = spec.egress.flatMap((rule: Json) => rule.ports.map(({ port }: Json) => port));
    assert.deepEqual(ports, [443, 6443, 53, 53]);
  });

  test("cert-manager takes over what the webhook did, and the rights that it did it with", (t) => {
    const objects = combined(t, { components: [componentFolder("cert-manager")] });
    const own = "seldon-ambassador-webhook/seldon-ambassador-webhook";
    for (const { kind, metadata } of objects.filter(({ webhooks }) => webhooks))
      assert.deepEqual(metadata.annotations, { "cert-manager.io/inject-ca-from": own }, kind);
    assert.deepEqual(
      find(objects, "ClusterRole").rules.map(({ apiGroups }: Json) => apiGroups),
      [["machinelearning.seldon.io"]],
    );
    assert.ok(!objects.some(({ kind }) => kind === "Role" || kind === "RoleBinding"));
    const serving = objects.find(({ kind, spec }) => kind === "Certificate" && !spec.isCA) ?? assert.fail();
    const ca = objects.find(({ kind, spec }) => kind === "Certificate" && spec.isCA) ?? assert.fail();
    const { namespace, name } = find(objects, "Service").metadata;
    assert.deepEqual(serving.spec.dnsNames, [`${name}.${namespace}.svc`]);
    assert.equal(`${serving.metadata.namespace}/${serving.metadata.name}`, own);
    const issuer = ({ spec }: Json): Json =>
      objects.find(
        ({ kind, metadata }) => kind === spec.issuerRef.kind && metadata.name === spec.issuerRef.name,
      )?.spec;
    assert.deepEqual(issuer(serving), { ca: { secretName: ca.spec.secretName } });
    assert.deepEqual(issuer(ca), { selfSigned: {} });
    // What the CA has signed must be verified by its successor, and may not outlive it.
    assert.equal(ca.spec.privateKey.rotationPolicy, "Never");
    assert.ok(Number.parseInt(ca.spec.renewBefore, 10) > Number.parseInt(serving.spec.duration, 10));
    const { containers, volumes } = find(objects, "Deployment").spec.template.spec;
    const { mountPath } = containers[0].volumeMounts.find((mount: Json) => mount.name === "tls");
    assert.ok(containers[0].args.includes(`--cert-dir=${mountPath}`));
    assert.equal(
      volumes.find((volume: Json) => volume.name === "tls").secret.secretName,
      serving.spec.secretName,
    );
  });

  test("an overlay of one's own changes image and settings, and nothing of the files", (t) => {
    const objects = combined(t, {
      images: [{ name: ownName, newName: "registry.example/webhook", newTag: "1.2.3" }],
      configMapGenerator: [
        {
          name: `${ownName}-settings`,
          namespace: ownName,
          behavior: "replace",
          literals: ["settings.yaml=carrier: none"],
          options: { disableNameSuffixHash: true },
        },
      ],
    });
    const [container] = find(objects, "Deployment").spec.template.spec.containers;
    assert.equal(container.image, "registry.example/webhook:1.2.3");
    assert.deepEqual(find(objects, "ConfigMap").data, { "settings.yaml": "carrier: none" });
  });
});

/** The configuration that the Deployment's flags and its ConfigMap amount to. */
function settingsOf(t: TestContext, objects: readonly Json[]) {
  const file = join(testFolder(t), "settings.yaml");
  writeFileSync(file, find(objects, "ConfigMap").data["settings.yaml"]);
  const args: readonly string[] = find(objects, "Deployment").spec.template.spec.containers[0].args;
  const given = new Map(args.map((arg) => [arg.split("=")[0], arg.slice(arg.indexOf("=") + 1)]));
  const flags = Object.fromEntries(
    settings.map((setting) => [flagKeyOf(setting), given.get(flagOf(setting))] as const),
  );
  return loadConfig({ file, flags, env: {} });
}

describe("the settings that are shipped", needsKubectl, () => {
  test("are mounted where --config looks", () => {
    const { containers, volumes } = find(rendered(base), "Deployment").spec.template.spec;
    const [{ args, volumeMounts }] = containers;
    const { name } = volumes.find(({ configMap }: Json) => configMap?.name === `${ownName}-settings`);
    const { mountPath } = volumeMounts.find((mount: Json) => mount.name === name);
    assert.ok(args.includes(`--config=${mountPath}/settings.yaml`));
  });

  test("are those that hold anyway, and every overlay's can be read", (t) => {
    const { server, ...rest } = settingsOf(t, rendered(base));
    const { server: usual, ...others } = defaultConfig;
    assert.deepEqual(rest, others);
    // Another replica is to hear of the end of this one before it comes.
    assert.deepEqual(server, { ...usual, drainSeconds: 5 });
    for (const name of overlays) settingsOf(t, rendered(overlayFolder(name)));
  });
});

describe("several installations", needsKubectl, () => {
  const labels = [{}, { "seldon.io/controller-id": "blue" }, { "seldon.io/controller-id": "green" }];

  const matches = (selector: Json, given: Json): boolean => {
    const { matchLabels = {}, matchExpressions = [] } = selector;
    return (
      Object.entries(matchLabels).every(([key, value]) => given[key] === value) &&
      matchExpressions.every(({ key, operator, values = [] }: Json) => {
        if (operator === "DoesNotExist") return given[key] === undefined;
        return (operator === "In") === values.includes(given[key]);
      })
    );
  };

  const takers = (installations: Readonly<Record<string, readonly Json[]>>, object: Json, namespace: Json) =>
    Object.entries(installations)
      .filter(([, objects]) => {
        const answers = hooksOf(objects).map(
          (hook) => matches(hook.objectSelector, object) && matches(hook.namespaceSelector, namespace),
        );
        assert.equal(new Set(answers).size, 1, "all webhooks of an installation see the same objects");
        return answers[0];
      })
      .map(([name]) => name);

  test("share nothing but the namespace", (t) => {
    const none = combined(t, { components: [componentFolder("controller-none")] });
    const others = ["controller-id", "controller-namespace"].map((name) => rendered(overlayFolder(name)));
    const keys = [none, ...others].flat().map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    assert.equal(new Set(keys).size, keys.length);
    for (const objects of [none, ...others]) {
      const pods = find(objects, "Deployment").spec.template.metadata.labels;
      assert.deepEqual(
        [none, ...others].filter((other) =>
          matches({ matchLabels: find(other, "Service").spec.selector }, pods),
        ),
        [objects],
      );
      for (const { clientConfig } of hooksOf(objects))
        assert.equal(clientConfig.service.name, find(objects, "Service").metadata.name);
      const { tls } = settingsOf(t, objects);
      assert.equal(tls.serviceName, find(objects, "Service").metadata.name);
      assert.equal(tls.configurationName, find(objects, "ValidatingWebhookConfiguration").metadata.name);
      const named = (kind: string) => find(objects, kind).rules.map((rule: Json) => rule.resourceNames);
      assert.deepEqual(named("ClusterRole"), [undefined, [tls.configurationName]]);
      assert.deepEqual(named("Role"), [[tls.secretName], undefined]);
    }
    const secrets = [none, ...others].map((objects) => settingsOf(t, objects).tls.secretName);
    assert.equal(new Set(secrets).size, secrets.length);
  });

  test("divide the objects as the operators do: none has two, and what an operator manages has one", (t) => {
    const installations = {
      none: combined(t, { components: [componentFolder("controller-none")] }),
      blue: rendered(overlayFolder("controller-id")),
      green: rendered(overlayFolder("controller-namespace")),
    };
    const table = labels.map((object) => labels.map((namespace) => takers(installations, object, namespace)));
    const unlabelled = [["none"], [], ["green"]];
    const blue = [["blue"], [], []];
    assert.deepEqual(table, [unlabelled, blue, [[], [], []]]);
  });

  test("the base alone sees every object, labelled or not", () => {
    const installations = { base: rendered(base) };
    for (const object of labels)
      for (const namespace of labels) assert.deepEqual(takers(installations, object, namespace), ["base"]);
  });
});
