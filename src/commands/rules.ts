import { Command, Option } from "commander";
import { nearest } from "../diagnostics/nearest.ts";
import { limits } from "../limits/catalogue.ts";
import { type Palette, paletteFor } from "../review/palette.ts";
import { catalogue } from "../rules/catalogue.ts";
import { retired } from "../rules/retired.ts";
import type { Rule } from "../rules/rule.ts";
import { type Io, UsageError } from "./io.ts";

const help = `
Examples:
  $ seldon-ambassador-webhook rules
  $ seldon-ambassador-webhook rules predictor-traffic-sum
  $ seldon-ambassador-webhook rules -o json`;

/** `rules [ID]`: lists and explains the rules. */
export const rulesCommand = (io: Io): Command =>
  new Command("rules")
    .description("list the rules, or explain one")
    .argument("[id]", "the rule to explain")
    .addOption(new Option("-o, --output <form>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", help)
    .action((id: string | undefined, { output }: { output: "text" | "json" }) => {
      const form = output === "json" ? asJson : asText(paletteFor(io.stdout, io.env));
      io.stdout.write(id === undefined ? form.list(entries) : form.explain(entryOf(id)));
    });

/** A rule, or a limit, which judges only where a policy sets it. */
type Entry = Pick<Rule, "id" | "severity" | "docs"> & { readonly topic: string };

const entries: readonly Entry[] = [
  ...catalogue,
  ...limits.map((limit): Entry => ({ ...limit, topic: "limits" })),
];

function entryOf(id: string): Entry {
  const entry = entries.find((each) => each.id === id);
  if (entry !== undefined) return entry;
  const last = retired.get(id);
  if (last !== undefined)
    throw new UsageError(`rule "${id}" is retired; ${last} was the last release with it`);
  const known = entries.map((each) => each.id);
  const meant = nearest(id, known);
  const advice = meant === undefined ? '"rules" lists them all' : `did you mean "${meant}"?`;
  throw new UsageError(`unknown rule ${JSON.stringify(id)}; ${advice}`);
}

interface Form {
  list(rules: readonly Entry[]): string;
  explain(rule: Entry): string;
}

const plain = ({ id, topic, severity, docs }: Entry): object => ({ id, topic, severity, ...docs });
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const asJson: Form = {
  list: (rules) => json(rules.map(plain)),
  explain: (rule) => json(plain(rule)),
};

function asText(paint: Palette): Form {
  const severityOf = ({ severity }: Entry, width = 0): string =>
    paint(severity === "error" ? "red" : "yellow", severity.padEnd(width));
  return {
    list(rules) {
      const width = Math.max(...rules.map(({ id }) => id.length));
      const line = (rule: Entry) =>
        `  ${rule.id.padEnd(width)}  ${severityOf(rule, "warning".length)}  ${rule.docs.what}\n`;
      return [...new Set(rules.map(({ topic }) => topic))]
        .map((topic) => {
          const group = rules.filter((rule) => rule.topic === topic);
          return `${paint("bold", topic)}\n${group.map(line).join("")}`;
        })
        .join("\n");
    },
    explain(rule) {
      const { what, why, fix } = rule.docs;
      const part = (name: string, text: string) => `${paint("cyan", name.padEnd(6))}${text}\n`;
      const title = `${paint("bold", rule.id)} (${severityOf(rule)}, ${rule.topic})\n\n`;
      return title + part("what", what) + part("why", why) + part("fix", fix);
    },
  };
}
