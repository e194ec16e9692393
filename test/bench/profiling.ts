import { generate, wishFor } from "./measure.ts";
import { hottest, profileClock, profileIn, profileTable, type Span } from "./profile.ts";
import { profiled, type Scenario } from "./scenarios.ts";
import { startWebhook, type Target } from "./targets.ts";
import type { Workplace } from "./workplace.ts";

export interface Profiling {
  readonly workplace: Workplace;
  readonly deployments: number;
  /** Shows that it works; too few samples to tell anything. */
  readonly short: boolean;
}

interface Loaded {
  readonly scenario: Scenario;
  readonly span: Span;
  readonly requests: number;
}

/** A fifth of what V8 waits between samples by itself; its cost is a few percent. */
const intervalUs = 200;
const rows = 40;

/** The webhook's busiest functions under each load, as Markdown. The start and the first calls are left out. */
export async function profile({ workplace, deployments, short }: Profiling): Promise<string> {
  const { folder } = workplace;
  const nodeFlags = ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${intervalUs}`];
  const target = await startWebhook(workplace, { deployments, nodeFlags });
  const loads: Loaded[] = [];
  try {
    const scenarios = short ? profiled.map((one) => ({ ...one, warmMs: 100, measuredMs: 500 })) : profiled;
    for (const scenario of scenarios) loads.push(await loaded(workplace, target, scenario));
  } finally {
    await target.stop();
  }
  const recorded = profileIn(folder);
  const tables = loads.map(({ scenario, span, requests }) => {
    const table = profileTable(hottest(recorded, span), requests, rows);
    return `\n${target.name}: ${scenario.name}\n\n${table}`;
  });
  return tables.join("");
}

async function loaded(workplace: Workplace, target: Target, scenario: Scenario): Promise<Loaded> {
  const wish = wishFor(scenario, target, workplace.pair.ca);
  // Compilers get a run of their own: what they find is of no interest.
  await generate(workplace, wish);
  const from = profileClock();
  const { requests, seconds, failures } = await generate(workplace, wish);
  const span = { from, until: profileClock() };
  if (failures > 0) throw new Error(`${failures} calls failed: ${scenario.name}`);
  // Those before the measured time are in the span, too, and come at the same rate.
  const answered = requests * (1 + scenario.warmMs / (seconds * 1000));
  return { scenario, span, requests: Math.round(answered) };
}
