import assert from "node:assert/strict";
import { test } from "node:test";
import { type OperatorEntry, withOperators } from "../../../src/config/operators.ts";
import { allSettings, type EngineSettings, isTaken, settingsFor } from "../../../src/config/settings.ts";
import { settingsWith } from "../../support/injection.ts";

const general = settingsWith({ seldon: { httpPort: 1 } });

const entry = (
  httpPort: number,
  { controllerId, namespaces }: { controllerId?: string; namespaces?: readonly string[] },
): OperatorEntry => ({
  source: { controllerId, namespaces, values: {}, label: (path) => path },
  settings: settingsWith({ seldon: { httpPort } }),
});

const known = withOperators(general, [
  entry(2, { controllerId: "blue" }),
  entry(3, { namespaces: ["green", "grey"] }),
  entry(4, { namespaces: ["green"], controllerId: "lime" }),
]);

const portFor = (settings: EngineSettings, namespace: string, controllerId?: string): number =>
  settingsFor(settings, { namespace, controllerId }).seldon.httpPort;

test("an object has the settings of the operator that takes it, whichever settings are asked", () => {
  for (const settings of allSettings(known)) {
    assert.equal(portFor(settings, "models"), 1);
    assert.equal(portFor(settings, "models", ""), 1);
    assert.equal(portFor(settings, "models", "blue"), 2);
    assert.equal(portFor(settings, "models", "pink"), 1);
    assert.equal(portFor(settings, "green"), 3);
    assert.equal(portFor(settings, "grey"), 3);
    assert.equal(portFor(settings, "green", "lime"), 4);
    // An operator of all namespaces passes over those that have one of their own.
    assert.equal(portFor(settings, "green", "blue"), 1);
  }
});

test("what no operator takes is told", () => {
  const taken = (namespace: string, controllerId?: string): boolean =>
    isTaken(known, { namespace, controllerId });
  assert.ok(taken("models") && taken("models", "blue") && taken("green") && taken("green", "lime"));
  assert.ok(!taken("models", "pink") && !taken("green", "blue") && !taken("grey", "lime"));
  assert.ok(isTaken(general, { namespace: "models", controllerId: "pink" }));
});

test("without operators there is nothing to look up", () => {
  assert.equal(withOperators(general, []), general);
  assert.equal(settingsFor(general, { namespace: "models", controllerId: "blue" }), general);
  assert.deepEqual(allSettings(general), [general]);
  assert.deepEqual(
    allSettings(known).map(({ seldon }) => seldon.httpPort),
    [1, 2, 3, 4],
  );
});
