import assert from "node:assert/strict";
import { test } from "node:test";
import { flagOf, settings } from "../src/config/setting.ts";
import { builtWith } from "./support/overlay.ts";

test("the component events grants the creation of events to the webhook, and has it create some", (t) => {
  const objects = builtWith(t, "events");
  if (objects === undefined) return;
  const find = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  const role = "seldon-ambassador-webhook-events";
  assert.deepEqual(find("ClusterRole", role)?.rules, [
    { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create"] },
  ]);
  const binding = find("ClusterRoleBinding", role);
  assert.equal(binding?.roleRef.name, role);
  const account = find("ServiceAccount", "seldon-ambassador-webhook")?.metadata;
  assert.deepEqual(binding?.subjects, [
    { kind: "ServiceAccount", name: account?.name, namespace: account?.namespace },
  ]);
  const { args } = find("Deployment", "seldon-ambassador-webhook")?.spec.template.spec.containers[0] ?? {};
  const flag = settings.filter(({ path }) => path === "audit.events").map(flagOf);
  assert.deepEqual(args.slice(-1), flag);
});
