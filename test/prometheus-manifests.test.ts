import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { auditEnds } from "../src/audit/periodic.ts";
import { admissionPaths, brokenReasons, createMetrics } from "../src/server/metrics.ts";
import type { Json } from "./support/deployment.ts";
import { ownMetrics } from "./support/metric-docs.ts";
import { builtWith } from "./support/overlay.ts";
import { type Matcher, parsePromql } from "./support/promql.ts";

const folder = fileURLToPath(new URL("../manifests/components/prometheus/", import.meta.url));
const read = (file: string): string => readFileSync(join(folder, file), "utf8");

const rule: Json = parse(read("prometheus-rule.yaml"));
const dashboard: Json = JSON.parse(read("dashboard.json"));
const alerts: readonly Json[] = rule.spec.groups.flatMap(({ rules }: Json) => rules);
const panels: readonly Json[] = dashboard.panels.filter(({ type }: Json) => type !== "row");

/** Every expression, with what it stands for. Grafana puts its variables in before Prometheus sees them. */
const expressions: readonly [where: string, expression: string][] = [
  ...alerts.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }: Json): [string, string] => [
      `panel ${title}`,
      expr.replaceAll("$__rate_interval", "5m"),
    ]),
  ),
];

/** Labels that Prometheus adds to whatever it reads from a pod. */
const targetLabels = ["namespace", "pod", "job"];

/** Where they are few, the values that a label can have. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  path: [...admissionPaths, "other"],
  reason: brokenReasons,
  allowed: ["true", "false"],
  severity: ["error", "warning"],
  result: auditEnds,
  certificate: ["leaf", "ca"],
  check: ["serving", "certificate", "certificate-stored", "ca-bundle", "cluster"],
  outcome: ["renewed", "failed", "lost"],
};

/** The labels of every metric that there is, those of the process included. */
const labelsOf = new Map<string, readonly string[]>([
  ...createMetrics()
    .registry.getMetricsAsArray()
    .map(({ name }): [string, string[]] => [name, []]),
  ...ownMetrics().flatMap(({ name, type, labels }): [string, readonly string[]][] =>
    type === "histogram" ? [[`${name}_bucket`, [...labels, "le"]]] : [[name, labels]],
  ),
]);

function checkMatcher(metric: string, labels: readonly string[], { label, operator, value }: Matcher): void {
  assert.ok([...targetLabels, ...labels].includes(label), `${metric} has no label ${label}`);
  const isExpression = operator.includes("~");
  const values = isExpression ? undefined : valuesOf[label];
  if (values !== undefined) assert.ok(values.includes(value), `${metric}: ${label} is never ${value}`);
}

describe("alerts and panels", () => {
  for (const [where, expression] of expressions)
    test(`${where}: asks for metrics that there are, by labels that they have`, () => {
      const { mistakes, selectors, groupedBy } = parsePromql(expression);
      assert.deepEqual(mistakes, []);
      assert.ok(selectors.length > 0);
      const known = new Set(targetLabels);
      for (const { metric, matchers } of selectors) {
        const labels = labelsOf.get(metric);
        assert.ok(labels, `there is no metric ${metric}`);
        for (const label of labels) known.add(label);
        for (const matcher of matchers) checkMatcher(metric, labels, matcher);
      }
      assert.deepEqual(
        groupedBy.filter((label) => !known.has(label)),
        [],
      );
    });
});

test("an expression with a mistake is noticed", () => {
  assert.notDeepEqual(parsePromql("sum(rate(up[5m])").mistakes, []);
});

test("every alert says how grave it is, what happens and what to look at", () => {
  const names = alerts.map(({ alert }) => alert);
  assert.equal(new Set(names).size, names.length);
  for (const { alert, expr, for: duration, labels, annotations } of alerts) {
    assert.match(alert, /^SeldonAmbassadorWebhook[A-Z]\w+$/);
    assert.match(duration, /^\d+[mh]$/, alert);
    assert.match(labels.severity, /^(critical|warning|info)$/, alert);
    assert.match(annotations.summary, /^[A-Z].*[^.]$/, alert);
    assert.match(annotations.description, /\.$/, alert);
    // What a description inserts is a label that is still there after the grouping.
    const { groupedBy } = parsePromql(expr);
    for (const [, label = ""] of annotations.description.matchAll(/\$labels\.(\w+)/g))
      assert.ok(groupedBy.includes(label), `${alert}: ${label}`);
  }
});

test("the dashboard is one that Grafana can place: ids, positions and data sources", () => {
  const ids = dashboard.panels.map(({ id }: Json) => id);
  assert.equal(new Set(ids).size, ids.length);
  const taken = new Set<string>();
  for (const { title, gridPos } of dashboard.panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(!taken.has(`${x} ${y}`), `${title} lies on another panel`);
        taken.add(`${x} ${y}`);
      }
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not ours
  const source = { type: "prometheus", uid: "${datasource}" };
  for (const { title, datasource, targets } of panels)
    for (const each of [datasource, ...targets.map((target: Json) => target.datasource)])
      assert.deepEqual(each, source, title);
  const variables = dashboard.templating.list.map(({ name }: Json) => name);
  for (const [, name = ""] of JSON.stringify(panels).matchAll(/\$\{?(?!__)(\w+)/g))
    assert.ok(variables.includes(name), name);
});

test("the monitor reads the port of the pods that the Service selects", () => {
  const service: Json = parse(read("service.yaml"));
  const monitor: Json = parse(read("service-monitor.yaml"));
  const [deployment] = ["../../base/deployment.yaml"].map((file): Json => parse(read(file)));
  const { labels } = service.metadata;
  for (const [key, value] of Object.entries(monitor.spec.selector.matchLabels))
    assert.equal(labels[key], value);
  assert.equal(labels[monitor.spec.jobLabel], "seldon-ambassador-webhook");
  assert.deepEqual(
    monitor.spec.endpoints.map(({ port }: Json) => port),
    service.spec.ports.map(({ name }: Json) => name),
  );
  const ports = deployment?.spec.template.spec.containers[0].ports.map(({ name }: Json) => name);
  for (const { targetPort } of service.spec.ports) assert.ok(ports.includes(targetPort));
});

test("kubectl builds it over the base, and the dashboard is in it unchanged", (t) => {
  const objects = builtWith(t, "prometheus");
  if (objects === undefined) return;
  const named = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  assert.deepEqual(named("PrometheusRule", "seldon-ambassador-webhook")?.spec, rule.spec);
  assert.ok(named("ServiceMonitor", "seldon-ambassador-webhook"));
  assert.ok(named("Service", "seldon-ambassador-webhook-metrics"));
  const configMap = named("ConfigMap", "seldon-ambassador-webhook-dashboard");
  assert.equal(configMap?.metadata.labels.grafana_dashboard, "1");
  assert.equal(configMap?.data["seldon-ambassador-webhook.json"], read("dashboard.json"));
});

test("the kustomization names every file of the component", () => {
  const { resources, configMapGenerator } = parse(read("kustomization.yaml"));
  const files = configMapGenerator.flatMap(({ files }: Json) =>
    files.map((file: string) => file.split("=")[1]),
  );
  assert.deepEqual([...resources, ...files, "kustomization.yaml"].toSorted(), readdirSync(folder).toSorted());
});
