import { parseArgs } from "node:util";
import { longScenarios, type Scenario, shortScenarios } from "./scenarios.ts";

export interface Options {
  readonly parts: readonly ("loads" | "scaling" | "profile")[];
  readonly scenarios: readonly Scenario[];
  readonly short: boolean;
  readonly deployments: number;
  readonly out: string;
}

export const help = `Usage: npm run bench -- [--short] [--only TEXT | --scaling | --profile] [--rounds N] [--deployments N]

  --short          one quick round of small requests: shows that everything works, its figures mean nothing
  --only TEXT      the loads whose names contain this, such as "/mutate, 3 KB", and nothing else
  --scaling        what grows with the cluster: cost of a call, start and memory, and nothing else
  --profile        the webhook's busiest functions under load, and nothing else
  --rounds N       how often every load is measured (3; those of the goals 5); the table has the medians
  --deployments N  what the webhook's view holds (10000; short: 100)
  --out FOLDER     where bench.json and bench.svg are written (.cache/bench)
`;

const flags = {
  short: { type: "boolean", default: false },
  only: { type: "string" },
  scaling: { type: "boolean", default: false },
  profile: { type: "boolean", default: false },
  rounds: { type: "string" },
  deployments: { type: "string" },
  out: { type: "string", default: ".cache/bench" },
  help: { type: "boolean", default: false },
} as const;

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  return process.exit(2);
}

function numberOf(flag: string, value: string | undefined): number | undefined {
  if (value === undefined || /^[1-9]\d{0,5}$/.test(value)) return value === undefined ? value : Number(value);
  return refuse(`--${flag} takes a whole number from 1 on, not ${JSON.stringify(value)}`);
}

function partsOf(values: { only?: string; scaling: boolean; profile: boolean }): Options["parts"] {
  const chosen = [
    ...(values.only === undefined ? [] : (["loads"] as const)),
    ...(values.scaling ? (["scaling"] as const) : []),
    ...(values.profile ? (["profile"] as const) : []),
  ];
  if (chosen.length > 1) return refuse("--only, --scaling and --profile exclude each other");
  return chosen.length === 1 ? chosen : ["loads", "scaling"];
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** What the flags ask for; undefined: help. Ends the process with 2 when they make no sense. */
export function optionsOf(args: readonly string[]): Options | undefined {
  const values = valuesOf(args);
  if (values.help) return undefined;
  const { short, only = "", out } = values;
  const all: readonly Scenario[] = short ? shortScenarios : longScenarios;
  const named = all.filter(({ name }) => name.includes(only));
  if (named.length === 0)
    return refuse(`no load is called so; there are:\n${all.map(({ name }) => name).join("\n")}`);
  const rounds = numberOf("rounds", values.rounds);
  const scenarios = rounds === undefined ? named : named.map((one) => ({ ...one, rounds }));
  const deployments = numberOf("deployments", values.deployments) ?? (short ? 100 : 10_000);
  return { parts: partsOf(values), scenarios, short, deployments, out };
}
