import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultEngineSettings } from "../../../../src/config/settings.ts";
import { read, unread } from "../../../../src/doctor/fetched.ts";
import { placeFor } from "../../../../src/doctor/gather/trials.ts";
import type { Hook } from "../../../../src/doctor/hooks.ts";
import type { LabelSelector, Namespace } from "../../../../src/doctor/kubernetes.ts";
import { noTasks } from "../../../../src/doctor/rights.ts";

const hookOf = (namespaceSelector: LabelSelector, objectSelector: LabelSelector = {}): Hook =>
  ({ kind: "validating", namespaceSelector, objectSelector }) as unknown as Hook;

const namespaces = read<readonly Namespace[]>([
  { metadata: { name: "ending", labels: { team: "a" } }, status: { phase: "Terminating" } },
  { metadata: { name: "botany", labels: { team: "a" } } },
  { metadata: { name: "default", labels: {} } },
]);

function chosen(hook: Hook, wish?: string, known: Parameters<typeof placeFor>[1]["namespaces"] = namespaces) {
  const installation = {
    address: { kind: "url", host: "localhost", port: 1 } as const,
    hooks: [hook],
    settings: {
      engine: defaultEngineSettings,
      source: "flags" as const,
      unseen: [],
      tasks: noTasks,
    },
  };
  const { namespace, labels } = placeFor(installation, { namespace: wish, namespaces: known });
  return [namespace, labels];
}

const team = (name: string): LabelSelector => ({ matchLabels: { team: name } });

test("tries are made in the namespace that was asked for, or default, or one that is selected and stays", () => {
  assert.deepEqual(chosen(hookOf({})), ["default", {}]);
  assert.deepEqual(chosen(hookOf(team("a"))), ["botany", {}]);
  assert.deepEqual(chosen(hookOf(team("a")), "models"), ["models", {}]);
});

test("where none is selected there is none, unless nobody knows which there are", () => {
  assert.deepEqual(chosen(hookOf(team("b"))), [undefined, {}]);
  assert.deepEqual(chosen(hookOf(team("b")), undefined, unread("namespaces")), ["default", {}]);
});

test("what is tried bears the labels that the webhook asks for", () => {
  const selector = { matchLabels: { "seldon.io/controller-id": "blue" } };
  assert.deepEqual(chosen(hookOf({}, selector)), ["default", { "seldon.io/controller-id": "blue" }]);
});
