import { check } from "./check.ts";
import { measure } from "./measure.ts";
import { type Row, summarize } from "./report.ts";
import { goalNames, longWarmUp, type Scenario } from "./scenarios.ts";
import { startExpress, startFloor, startPepr, startWebhook, type Target } from "./targets.ts";
import type { Workplace } from "./workplace.ts";

export interface LoadsPlan {
  readonly workplace: Workplace;
  readonly scenarios: readonly Scenario[];
  readonly deployments: number;
  readonly short: boolean;
  /** Where Pepr is installed; without it there is no such row. */
  readonly peprFolder: string | undefined;
  say(progress: string): void;
}

/** The floor a second time: what differs between the two is noise. */
const again = "bare node https, again";
const goals: readonly string[] = Object.values(goalNames);

/** Every server under every load; whatever was started is stopped, whatever happens. */
export async function loads(plan: LoadsPlan): Promise<readonly Row[]> {
  const { workplace, scenarios, deployments, short, peprFolder, say } = plan;
  const starts: (() => Promise<Target>)[] = [
    () => startFloor(workplace),
    () => startFloor(workplace, again),
    () => startExpress(workplace),
    () => startWebhook(workplace, { deployments }),
    ...(peprFolder === undefined ? [] : [() => startPepr(workplace, peprFolder)]),
  ];
  const targets: Target[] = [];
  try {
    for (const start of starts) targets.push(await start());
    for (const target of targets) await check(target, workplace.pair.ca);
    const samples = await measure({
      workplace,
      targets,
      wanted: ({ name }, scenario) => name !== again || goals.includes(scenario.name),
      warmUp: short ? [] : longWarmUp,
      scenarios,
      say,
    });
    return summarize(samples);
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

/** How far the floor's second self was from the first, as a share: smaller differences say nothing. */
export function noiseOf(rows: readonly Row[]): number | undefined {
  const beside = rows.filter(({ target }) => target === again);
  const away = beside.flatMap(({ ratio }) =>
    [ratio.requestsPerSecond, ratio.cpuUsPerRequest, ratio.p50Us].map((each) => Math.abs(each - 1)),
  );
  return away.length === 0 ? undefined : Number(Math.max(...away).toFixed(3));
}
