import type { MetricObject } from "prom-client";
import { emptyCluster } from "../../src/cluster/snapshot.ts";
import { defaultEngineSettings } from "../../src/config/settings.ts";
import { PolicyIndex } from "../../src/policy/policy-index.ts";
import { createMetrics, type MetricSources } from "../../src/server/metrics.ts";
import { policyWith } from "./policies.ts";
import { fixedSource } from "./tls.ts";

/** What the table says of a metric. */
export interface MetricDocs {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Every source that there may be: the compiler demands a new one here as well. */
const sources: { [Name in keyof MetricSources]-?: NonNullable<MetricSources[Name]> } = {
  checks: [],
  live: {
    view: emptyCluster(),
    lookup: { get: async () => undefined },
    synced: true,
    size: 0,
    restarts: new Map(),
    ageMs: () => 0,
    problem: () => undefined,
    stop: async () => {},
  },
  certificates: fixedSource({ cert: "", key: "", ca: "" }),
  policy: {
    current: { index: new PolicyIndex(policyWith({}), defaultEngineSettings.seldon.operatorVersion) },
    loadedAtMs: 0,
    reloads: {},
    problems: [],
  },
  clients: {
    allowedNames: [],
    trusted: { pem: "", fingerprints: new Set(), notAfter: 0 },
    problem: undefined,
    reloads: {},
    onChange: () => {},
  },
  audit: { latest: undefined, runs: new Map(), events: new Map(), stop: async () => {} },
  reconciliation: { queueLength: 0, results: new Map(), givenUp: 0, stop: async () => {} },
};

/** Our own metrics, as they are registered; those of the process come with the library. */
export const ownMetrics = (): readonly MetricDocs[] =>
  (createMetrics(sources).registry.getMetricsAsArray() as (MetricObject & { labelNames: string[] })[])
    .filter(({ name }) => name.startsWith("seldon_ambassador_webhook_"))
    .map(({ name, type, labelNames, help }) => ({ name, type: String(type), labels: labelNames, help }))
    .toSorted((a, b) => a.name.localeCompare(b.name));

/** The README's table: one line per metric. */
export const metricTable = (): string =>
  [
    "| metric | type | labels | what it is |",
    "|---|---|---|---|",
    ...ownMetrics().map(
      ({ name, type, labels, help }) =>
        `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`,
    ),
    "",
  ].join("\n");
