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

/** What one server did under one load in one round. */
export interface Sample extends Load {
  readonly round: number;
  readonly scenario: string;
  readonly target: string;
  readonly cpuUsPerRequest: number;
  readonly residentMb: number;
}

export interface Plan {
  /** For files that go from process to process. */
  readonly folder: string;
  readonly ca: string;
  readonly targets: readonly Target[];
  /** Run once before anything is measured. */
  readonly warmUp: readonly Scenario[];
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
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
  for (let round = 1; round <= plan.rounds; round++)
    for (const scenario of plan.scenarios) {
      plan.say(`round ${round} of ${plan.rounds}: ${scenario.name}`);
      for (const target of plan.targets) samples.push(await sample(plan, round, scenario, target));
    }
  return samples;
}

/** What the generator is to do for a load against a server. */
export function wishFor(
  { path, bytes, connections, warmMs, measuredMs, reconnect }: Scenario,
  { port }: Target,
  ca: string,
): Wish {
  return { port, path, ca, body: reviewFor(path, bytes), connections, warmMs, measuredMs, reconnect };
}

async function sample(plan: Plan, round: number, scenario: Scenario, target: Target): Promise<Sample> {
  const { warmMs, measuredMs } = scenario;
  const before = target.cpuSeconds();
  const load = await generate(plan.folder, wishFor(scenario, target, plan.ca));
  const cpu = target.cpuSeconds() - before;
  // The processor also worked while the load warmed up, at the same rate.
  const answered = load.requests * ((warmMs + measuredMs) / measuredMs);
  return {
    ...load,
    round,
    scenario: scenario.name,
    target: target.name,
    cpuUsPerRequest: (cpu / answered) * 1e6,
    residentMb: target.residentMb(),
  };
}

/** Runs the generator on the second core; `folder` is for its file. */
export async function generate(folder: string, wish: Wish): Promise<Load> {
  const file = join(folder, "wish.json");
  writeFileSync(file, JSON.stringify(wish));
  const [command, ...args] = pinned(1, [process.execPath, "--import", tsx, generator, file]);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the load generator ended with ${code}`);
  return JSON.parse(text);
}
