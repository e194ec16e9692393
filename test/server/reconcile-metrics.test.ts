import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics } from "../../src/server/metrics.ts";

const prefix = "seldon_ambassador_webhook_reconcile_";

test("the metrics tell of what is rewritten, where something is", async () => {
  const samples = async (metrics: ReturnType<typeof createMetrics>) => {
    const lines = (await metrics.page()).split("\n").filter((line) => line.startsWith(prefix));
    return lines.map((line) => line.slice(prefix.length));
  };
  assert.deepEqual(await samples(createMetrics()), []);
  const reconciliation = {
    queueLength: 3,
    results: new Map([
      ["rewritten", 5],
      ["unanswered", 8],
    ] as const),
    givenUp: 1,
    stop: async () => {},
  };
  const expected = [
    "queue_length 3",
    'results_total{outcome="rewritten"} 5',
    'results_total{outcome="unanswered"} 8',
    "given_up_total 1",
  ];
  const metrics = createMetrics({ reconciliation });
  assert.deepEqual(await samples(metrics), expected);
  assert.deepEqual(await samples(metrics), expected, "however often they are read");
});
