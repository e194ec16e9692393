import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditResult } from "../../src/audit/periodic.ts";
import { createMetrics } from "../../src/server/metrics.ts";

const result: AuditResult = {
  counts: [
    { rule: "mapping-injected", severity: "error", count: 3 },
    { rule: "mapping-injected", severity: "warning", count: 1 },
  ],
  errors: 3,
  warnings: 1,
  deployments: 7,
  ms: 1500,
  endedAt: 1_700_000_000_000,
};

const prefix = "seldon_ambassador_webhook_audit_";

test("the metrics tell of the last audit, and of none before it ended", async () => {
  let latest: AuditResult | undefined;
  const audit = {
    get latest() {
      return latest;
    },
    runs: new Map([["completed", 2] as const]),
    events: undefined,
    stop: async () => {},
  };
  const metrics = createMetrics({ audit });
  const samples = async () => {
    const lines = (await metrics.page()).split("\n").filter((line) => line.startsWith(prefix));
    return lines.map((line) => line.slice(prefix.length));
  };
  assert.deepEqual(await samples(), ['runs_total{result="completed"} 2']);
  latest = result;
  assert.deepEqual(await samples(), [
    "timestamp_seconds 1700000000",
    "duration_seconds 1.5",
    "deployments 7",
    'runs_total{result="completed"} 2',
    'findings{rule="mapping-injected",severity="error"} 3',
    'findings{rule="mapping-injected",severity="warning"} 1',
  ]);
  latest = { ...result, counts: [], deployments: 8 };
  assert.deepEqual((await samples()).slice(2, 3), ["deployments 8"]);
});
