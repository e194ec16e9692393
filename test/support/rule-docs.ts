import { limits } from "../../src/limits/catalogue.ts";
import { catalogue } from "../../src/rules/catalogue.ts";
import type { Rule, Topic } from "../../src/rules/rule.ts";

const titles: Record<Topic, string> = {
  structure: "Structure",
  traffic: "Traffic",
  shadow: "Shadows",
  names: "Names",
  annotations: "Annotations",
  references: "References to other deployments",
  routes: "Routes and Services of other deployments",
  "custom-config": "Custom Ambassador configuration",
  injected: "The injected configuration",
};

const byTopic = (): [string, Rule[]][] =>
  Object.entries(titles).map(([topic, title]) => [title, catalogue.filter((rule) => rule.topic === topic)]);

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** The README's table: one line per rule. */
export const ruleTable = (): string =>
  [
    "| rule | severity | what must hold |",
    "|---|---|---|",
    ...byTopic().flatMap(([title, rules]) => [
      `| **${title}** | | |`,
      ...rules.map(
        ({ id, severity, docs }) =>
          `| [\`${id}\`](src/rules/README.md#${id}) | ${severity} | ${cell(docs.what)} |`,
      ),
    ]),
    "",
  ].join("\n");

/** The README's table of limits: they have no severity but the policy's. */
export const limitTable = (): string =>
  [
    "| limit | what must hold where a policy sets it |",
    "|---|---|",
    ...limits.map(
      ({ id, docs }) => `| [\`${id}\`](src/rules/README.md#${anchor(id)}) | ${cell(docs.what)} |`,
    ),
    "",
  ].join("\n");

/** As GitHub names a heading. */
const anchor = (id: string): string => id.replaceAll("/", "");

/** Every rule in full, and every limit. */
export const rulePages = (): string =>
  [...byTopic(), ["Limits of a policy", limits] as const]
    .flatMap(([title, rules]) => [
      `## ${title}\n`,
      ...rules.map(
        ({ id, severity, docs }) =>
          `### ${id}\n\n${severity}: ${docs.what}\n\nWhy: ${docs.why}\n\nFix: ${docs.fix}\n`,
      ),
    ])
    .map((part) => `${part}\n`)
    .join("");
