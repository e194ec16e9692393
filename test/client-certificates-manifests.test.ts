import assert from "node:assert/strict";
import { test } from "node:test";
import { base, combine, componentFolder, ownName, render } from "./support/manifests.ts";

const name = `${ownName}-client-ca`;
const needsKubectl = render(base) === undefined ? { skip: "there is no kubectl" } : {};

test(
  "manifests/components/client-certificates mounts the CAs of an overlay where --client-ca-file looks",
  needsKubectl,
  (t) => {
    const folder = combine(t, {
      components: [componentFolder("client-certificates")],
      configMapGenerator: [
        { name, namespace: ownName, literals: ["ca.crt=pem"], options: { disableNameSuffixHash: true } },
      ],
    });
    const objects = render(folder) ?? [];
    const configMap = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name);
    const deployment = objects.find(({ kind }) => kind === "Deployment") ?? assert.fail();
    const { containers, volumes } = deployment.spec.template.spec;
    const [{ args, volumeMounts }] = containers;
    const volume = volumes.find((each: { configMap?: { name: string } }) => each.configMap?.name === name);
    const mount = volumeMounts.find((each: { name: string }) => each.name === volume.name);
    const [key] = Object.keys(configMap?.data ?? {});
    assert.equal(args.at(-1), `--client-ca-file=${mount.mountPath}/${key}`);
    for (const other of volumeMounts)
      assert.ok(other === mount || !`${mount.mountPath}/`.startsWith(`${other.mountPath}/`));
  },
);
