import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { base, combine, componentFolder, manifests, ownName, render } from "./support/manifests.ts";

const role = `${ownName}-policy`;
const policyFile = join(manifests, "examples/policies/small-team.yaml");
const needsKubectl = render(base) === undefined ? { skip: "there is no kubectl" } : {};

describe("manifests/components/policy", needsKubectl, () => {
  test("mounts the policy of an overlay where --policy looks, and nowhere within another mount", (t) => {
    const folder = combine(t, {
      components: [componentFolder("policy")],
      configMapGenerator: [
        {
          name: role,
          namespace: ownName,
          literals: [`policy.yaml=${readFileSync(policyFile, "utf8")}`],
          options: { disableNameSuffixHash: true },
        },
      ],
    });
    const objects = render(folder) ?? [];
    const configMap = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === role);
    const deployment = objects.find(({ kind }) => kind === "Deployment") ?? assert.fail();
    const { containers, volumes } = deployment.spec.template.spec;
    const [{ args, volumeMounts }] = containers;
    const volume = volumes.find((each: { configMap?: { name: string } }) => each.configMap?.name === role);
    const mount = volumeMounts.find(({ name }: { name: string }) => name === volume.name);
    const [key] = Object.keys(configMap?.data ?? {});
    assert.equal(args.at(-1), `--policy=${mount.mountPath}/${key}`);
    for (const other of volumeMounts)
      assert.ok(other === mount || !`${mount.mountPath}/`.startsWith(`${other.mountPath}/`));
  });

  test("grants the reading of namespaces to the webhook, and nothing else", (t) => {
    const objects = render(combine(t, { components: [componentFolder("policy")] })) ?? [];
    const find = (kind: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name === role);
    assert.deepEqual(find("ClusterRole")?.rules, [
      { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list", "watch"] },
    ]);
    const binding = find("ClusterRoleBinding");
    assert.equal(binding?.roleRef.name, role);
    assert.deepEqual(binding?.subjects, [{ kind: "ServiceAccount", name: ownName, namespace: ownName }]);
  });
});
