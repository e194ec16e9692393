import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Load, Wish } from "./load.ts";
import { pinned } from "./pin.ts";
import { reviewFor } from "./reviews.ts";
import type { Scenario } from "./scenarios.ts";
import type { Target } from "./targets.ts";
import type { Workplace } from "./workplace.ts";

/** What one server did under one load in one round. */
export interface Sample extends Load {
  readonly round: number;
  readonly scenario: string;
  readonly target: string;
  readonly residentMb: number;
}

export interface Plan {
  readonly workplace: Workplace;
  /** The first one is what the others are compared with. */
  readonly targets: readonly Target[];
  /** Those of them that are put under a load; all unless given. */
  wanted?(target: Target, scenario: Scenario): boolean;
  /** Run once before anything is measured. */
  readonly warmUp: readonly Scenario[];
  readonly scenarios: readonly Scenario[];
  say(progress: string): void;
}

const generator = fileURLToPath(new URL("load.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

/** Runs every load against every server, round after round. */
export async function measure(plan: Plan): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  // Just-in-time compilers need some thousand calls before they are done.
  for (const scenario of plan.warmUp)
    for (const target of plan.targets) {
      plan.say(`warming up: ${target.name}, ${scenario.name}`);
      await sample(plan, 0, scenario, target);
    }
  const rounds = Math.max(...plan.scenarios.map((scenario) => scenario.rounds));
  for (let round = 1; round <= rounds; round++)
    for (const scenario of plan.scenarios.filter((one) => one.rounds >= round)) {
      plan.say(`round ${round} of ${scenario.rounds}: ${scenario.name}`);
      const targets = plan.targets.filter((target) => plan.wanted?.(target, scenario) ?? true);
      for (const target of targets) samples.push(await sample(plan, round, scenario, target));
    }
  return samples;
}

/** What the generator is to do for a load against a server. */
export function wishFor(scenario: Scenario, { port, pid, suffix }: Target, ca: string): Wish {
  const { path, bytes, namespace, connections, warmMs, measuredMs, reconnect } = scenario;
  const body = reviewFor(path, bytes, namespace);
  return { port, pid, path: `${path}${suffix}`, ca, body, connections, warmMs, measuredMs, reconnect };
}

async function sample(plan: Plan, round: number, scenario: Scenario, target: Target): Promise<Sample> {
  const { workplace } = plan;
  const load = await generate(workplace, wishFor(scenario, target, workplace.pair.ca));
  return {
    ...load,
    round,
    scenario: scenario.name,
    target: target.name,
    residentMb: target.residentMb(),
  };
}

/** Runs the generator on the second core. */
export async function generate(workplace: Workplace, wish: Wish): Promise<Load> {
  const file = join(workplace.folder, "wish.json");
  writeFileSync(file, JSON.stringify(wish));
  const [command, ...args] = pinned(1, [process.execPath, "--import", tsx, generator, file]);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  workplace.adopt(child);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the load generator ended with ${code}`);
  return JSON.parse(text);
}
