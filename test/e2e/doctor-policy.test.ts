import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { combine, componentFolder } from "../support/manifests.ts";
import { policyText } from "../support/policies.ts";
import { run } from "../support/seldon-cluster.ts";
import { installServed, name, doctorSays as says } from "../support/served-installation.ts";

const folder = mkdtempSync(join(tmpdir(), "doctor-policy-"));
after(() => rmSync(folder, { recursive: true }));

const served = join(folder, "policy.yaml");

/** Namespaces of the team "search" have an Ambassador of their own, and the rule of the wrong object is as given. */
const policy = (retries: number, severity = "error"): string =>
  policyText(`metadata: { name: doctor }
defaults:
  - retries: ${retries}
  - namespaceSelector: { matchLabels: { team: search } }
    ambassadorId: search
rules:
  - severity: { ambassador-id-form: ${severity} }
`);

/** What the Deployment's ConfigMap says, as if the pods had been started with it. */
const mounted = (plane: ControlPlane, text: string): Promise<string> =>
  run(plane, "apply -f -", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `${name}-policy`, namespace: name },
    data: { "policy.yaml": text },
  });

const isServed = (text: string): void => writeFileSync(served, text);

async function labels(plane: ControlPlane): Promise<void> {
  await says(
    plane,
    0,
    /^ok {6}dry-run: a right one in default: accepted, with the text injected/m,
    /^ok {6}rights: /m,
  );
  await run(plane, "label namespace default team=search");
  await says(
    plane,
    0,
    /^ok {6}dry-run: a right one in default: accepted, with the text injected/m,
    /^ok {6}dry-run: a wrong one in default: rejected by ambassador-id-form/m,
  );
}

async function another(plane: ControlPlane): Promise<void> {
  isServed(policy(3));
  await says(
    plane,
    1,
    /^problem dry-run: a right one in default: accepted, but with another text than these settings ask for$/m,
  );
  await mounted(plane, policy(3));
  await says(plane, 0, /^ok {6}dry-run: a right one in default: accepted, with the text injected/m);
}

async function lenient(plane: ControlPlane): Promise<void> {
  isServed(policy(3, "warning"));
  // The pods let pass what the ConfigMap denies.
  await says(
    plane,
    1,
    /^problem dry-run: a wrong one in default: accepted: nothing judges what is written$/m,
  );
  await mounted(plane, policy(3, "warning"));
  await says(
    plane,
    0,
    /^skipped dry-run: a wrong one in default: accepted, as the policy has it there: choose another namespace/m,
  );
}

async function broken(plane: ControlPlane): Promise<void> {
  await mounted(plane, `${policy(3)}defalts: []\n`);
  await says(
    plane,
    1,
    /^warning deployment: \S+: its settings cannot be told: \/etc\/seldon-ambassador-webhook-policy\/policy\.yaml:\d+:1: defalts: unknown field; did you mean defaults\?$/m,
  );
  await mounted(plane, policy(3, "warning"));
}

async function rightless(plane: ControlPlane): Promise<void> {
  await run(plane, `delete clusterrolebinding ${name}-policy`);
  await says(plane, 1, /^problem rights: \S+: its service account may not .*namespaces/m);
  await mounted(plane, policyText());
  await says(plane, 1, /^ok {6}rights: /m, /^problem dry-run: a right one/m);
}

withControlPlane("doctor on a real API server, with a webhook that has a policy", async (t, plane) => {
  isServed(policy(2));
  const manifests = combine(t, {
    components: [componentFolder("policy")],
    configMapGenerator: [
      {
        name: `${name}-policy`,
        namespace: name,
        literals: [`policy.yaml=${policy(2)}`],
        options: { disableNameSuffixHash: true },
      },
    ],
  });
  await installServed(t, plane, { manifests, flags: [`--policy=${served}`] });

  await t.test("goes by the labels of namespaces that the policy reads", () => labels(plane));
  await t.test("a ConfigMap that is not what the pods decide by", () => another(plane));
  await t.test("a policy that lets the wrong object pass", () => lenient(plane));
  await t.test("a policy that no pod would start with", () => broken(plane));
  await t.test("a right that the policy takes and nobody granted", () => rightless(plane));
});
