import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultEngineSettings } from "../../../../src/config/settings.ts";
import { read } from "../../../../src/doctor/fetched.ts";
import { deployedSettings, flagsIn } from "../../../../src/doctor/gather/deployed-settings.ts";
import type { Container, PodSpec } from "../../../../src/doctor/kubernetes.ts";
import { noTasks } from "../../../../src/doctor/rights.ts";

const fallback = { engine: { ...defaultEngineSettings, deletionSeverity: "error" as const } };

const podOf = (container: Partial<Container>, volumes: PodSpec["volumes"] = []): PodSpec => ({
  containers: [
    { name: "sidecar" },
    { name: "webhook", command: ["node", "dist/main.js", "serve"], ...container },
  ],
  volumes,
});

const found = (container: Partial<Container>, volumes?: PodSpec["volumes"], text = "carrier: spec\n") =>
  deployedSettings(podOf(container, volumes), {
    namespace: "n",
    readConfigMap: async () => read({ "settings.yaml": text }),
    fallback,
  });

test("flags are read in both spellings, and the last one counts", () => {
  assert.deepEqual(flagsIn(["serve", "--carrier", "spec", "--carrier=none", "--suppress-duplicates"]), {
    carrier: "none",
    suppressDuplicates: true,
  });
  assert.deepEqual(flagsIn(["--suppress-duplicates", "--no-suppress-duplicates", "--config=/a"]), {
    config: "/a",
    suppressDuplicates: false,
  });
});

test("arguments go before the environment, and this before the file", async () => {
  const mount = { name: "c", mountPath: "/etc/webhook/" };
  const { engine, source, unseen } = await found(
    {
      args: ["--config=/etc/webhook/settings.yaml", "--seldon-http-port=9001"],
      env: [
        { name: "SELDON_AMBASSADOR_WEBHOOK_SELDON_HTTP_PORT", value: "9002" },
        { name: "SELDON_AMBASSADOR_WEBHOOK_DELETION_SEVERITY", value: "warning" },
        { name: "UNRELATED", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      ],
      volumeMounts: [mount],
    },
    [{ name: "c", configMap: { name: "settings" } }],
  );
  assert.deepEqual([source, unseen], ["deployment", []]);
  assert.equal(engine.carrier, "spec");
  assert.equal(engine.seldon.httpPort, 9001);
  assert.equal(engine.deletionSeverity, "warning");
});

test("what cannot be seen is said, and the settings of the command stand in", async () => {
  const name = "SELDON_AMBASSADOR_WEBHOOK_CARRIER";
  const hidden = [
    await found({ env: [{ name, valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] }),
    await found({ envFrom: [{ configMapRef: { name: "c" } }] }),
    await found({ args: ["--config=/elsewhere/settings.yaml"] }),
    await found(
      {
        args: ["--config=/etc/webhook/other.yaml"],
        volumeMounts: [{ name: "c", mountPath: "/etc/webhook" }],
      },
      [{ name: "c", configMap: { name: "settings" } }],
    ),
    await found({ args: ["--carrier=nonsense"] }),
  ];
  for (const { engine, source, unseen } of hidden) {
    assert.equal(source, "flags");
    assert.equal(unseen.length, 1);
    assert.equal(engine, fallback.engine);
  }
  assert.match(hidden[4]?.unseen[0] ?? "", /^--carrier: .*nonsense/);
});

test("certificates are the webhook's own unless a folder, or something else, is named", async () => {
  const ownOf = async (...args: string[]) => (await found({ args })).tasks.ownCertificates;
  const own = {
    namespace: "n",
    secret: "seldon-ambassador-webhook-ca",
    configuration: "seldon-ambassador-webhook",
  };
  assert.deepEqual(await ownOf(), own);
  assert.deepEqual(await ownOf("--tls-secret-name=ca", "--tls-configuration-name=w"), {
    namespace: "n",
    secret: "ca",
    configuration: "w",
  });
  assert.equal(await ownOf("--cert-dir=/tls"), undefined);
  assert.deepEqual(await ownOf("--cert-dir=/tls", "--tls-source=self-managed"), own);
  assert.equal(await ownOf("--tls-source=local"), undefined);
});

test("Events are written where audit.events says so", async () => {
  assert.equal((await found({ args: ["--audit-events"] })).tasks.writesEvents, true);
  assert.equal((await found({})).tasks.writesEvents, false);
});

/** A policy that is mounted within another mount. */
const policed = (policy: string, data: Readonly<Record<string, string>> = { "policy.yaml": policy }) =>
  deployedSettings(
    podOf(
      {
        args: ["--policy=/etc/policy/policy.yaml", "--seldon-http-port=9001"],
        volumeMounts: [
          { name: "c", mountPath: "/etc" },
          { name: "p", mountPath: "/etc/policy" },
        ],
      },
      [
        { name: "c", configMap: { name: "settings" } },
        { name: "p", configMap: { name: "policy" } },
      ],
    ),
    { namespace: "n", readConfigMap: async (name) => read(name === "policy" ? data : {}), fallback },
  );

const policyText = (rest: string): string =>
  `apiVersion: seldon-ambassador-webhook/v1alpha1\nkind: Policy\n${rest}`;

test("a policy's settings count, and so does what it says of namespaces", async () => {
  const { engine, policy, source, tasks } = await policed(
    policyText("carrier: spec\nrules: [{ severity: { ambassador-id-form: off } }]\n"),
  );
  assert.equal(source, "deployment");
  assert.deepEqual([engine.carrier, engine.seldon.httpPort], ["spec", 9001]);
  const { severity } = policy?.forNamespace("botany", () => new Map()) ?? {};
  assert.equal(severity?.get("ambassador-id-form")?.value, "off");
  assert.equal(tasks.readsNamespaces, false);
});

test("a policy that reads labels takes the right to read namespaces", async () => {
  const selector = "{ matchLabels: { tier: production } }";
  const { tasks } = await policed(
    policyText(`rules: [{ namespaceSelector: ${selector}, severity: { ambassador-id-form: off } }]\n`),
  );
  assert.equal(tasks.readsNamespaces, true);
});

test("a policy that cannot be seen or used is no empty one", async () => {
  const unseen = [
    await policed("", {}),
    await policed(policyText("defalts: []\n")),
    await policed(policyText("seldon: { httpPort: 9002 }\n")),
    await found({ args: ["--policy=/elsewhere/policy.yaml"] }),
  ];
  for (const { engine, policy, source, tasks } of unseen) {
    assert.deepEqual([source, policy, tasks], ["flags", undefined, noTasks]);
    assert.equal(engine, fallback.engine);
  }
  const expected = [
    /configmap policy cannot be read, or has no key policy.yaml/,
    /policy.yaml:3:1: .*defalts/,
    /policy.yaml:3:\d+: .*contradicts --seldon-http-port/,
    /no file of a ConfigMap/,
  ];
  for (const [index, pattern] of expected.entries()) assert.match(unseen[index]?.unseen[0] ?? "", pattern);
});
