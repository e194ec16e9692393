import { setTimeout as sleep } from "node:timers/promises";
import { measure, type Sample } from "./measure.ts";
import { peakMbOf } from "./processes.ts";
import { markdown, type Row, summarize } from "./report.ts";
import { longWarmUp, scalingScenarios } from "./scenarios.ts";
import { startWebhook, type Webhook } from "./targets.ts";
import type { Workplace } from "./workplace.ts";

/** What a webhook with a view of so many deployments takes, beside the time of its calls. */
export interface Growth {
  readonly deployments: number;
  /** From the end of the list until it said that it is ready: the longest of its starts. */
  readonly readyMs: number;
  /** Resident memory when it was ready, after the load, and after further lists and audits; undefined: not looked at. */
  readonly readyMb: number;
  readonly loadedMb: number;
  readonly listedMb: number | undefined;
  /** The most that it had at any time. */
  readonly peakMb: number;
}

export interface Scaling {
  readonly rows: readonly Row[];
  readonly growth: readonly Growth[];
}

export interface ScalingPlan {
  readonly workplace: Workplace;
  readonly short: boolean;
  say(progress: string): void;
}

const sizes = { short: [0, 200], long: [0, 1000, 10_000, 50_000] } as const;
/** The first list and two more, which leave their garbage behind. */
const lists = 3;
const oftener = ["--cluster-relist-seconds=30", "--audit-interval-seconds=30"];
/** An audit of 50,000 follows its list, and takes some seconds. */
const auditMs = 20_000;

/** Calls, starts and memory by the number of deployments in the view. */
export async function scaling({ workplace, short, say }: ScalingPlan): Promise<Scaling> {
  const counts = short ? sizes.short : sizes.long;
  const loaded = await underLoad(workplace, counts, { short, say });
  // The smallest and the largest: what lies between is between.
  const ends = short ? [] : [counts[0], counts.at(-1) ?? 0];
  const listed = await overLists(workplace, ends, say);
  const growth = loaded.growth.map((one) => {
    const again = listed.find(({ deployments }) => deployments === one.deployments);
    if (again === undefined) return one;
    const readyMs = Math.max(one.readyMs, again.readyMs);
    return { ...one, readyMs, listedMb: again.listedMb, peakMb: Math.max(one.peakMb, again.peakMb) };
  });
  return { rows: loaded.rows, growth };
}

interface Started {
  readonly deployments: number;
  readonly webhook: Webhook;
  readonly readyMb: number;
}

async function start(
  { workplace, say }: Pick<ScalingPlan, "workplace" | "say">,
  deployments: number,
  flags: readonly string[] = [],
): Promise<Started> {
  say(`starting with ${deployments} deployments`);
  const webhook = await startWebhook(workplace, { deployments, flags });
  return { deployments, webhook, readyMb: webhook.residentMb() };
}

const readyMsOf = ({ readyAt, standIn }: Webhook): number =>
  Math.round(readyAt - (standIn.listEnds[0] ?? Number.NaN));

async function underLoad(
  workplace: Workplace,
  counts: readonly number[],
  { short, say }: Pick<ScalingPlan, "short" | "say">,
): Promise<Scaling> {
  const started: Started[] = [];
  try {
    for (const deployments of counts) started.push(await start({ workplace, say }, deployments));
    const samples: readonly Sample[] = await measure({
      workplace,
      targets: started.map(({ webhook }) => webhook),
      warmUp: short ? [] : longWarmUp.map((one) => ({ ...one, measuredMs: 4000 })),
      scenarios: scalingScenarios(short),
      say,
    });
    const growth = started.map(({ deployments, webhook, readyMb }) => ({
      ...{ deployments, readyMb, readyMs: readyMsOf(webhook) },
      loadedMb: webhook.residentMb(),
      listedMb: undefined,
      peakMb: peakMbOf(webhook.pid),
    }));
    return { rows: summarize(samples), growth };
  } finally {
    await Promise.all(started.map(({ webhook }) => webhook.stop()));
  }
}

async function overLists(
  workplace: Workplace,
  counts: readonly number[],
  say: (progress: string) => void,
): Promise<readonly Growth[]> {
  const started: Started[] = [];
  try {
    for (const deployments of counts) started.push(await start({ workplace, say }, deployments, oftener));
    say(`waiting for ${lists} lists`);
    while (started.some(({ webhook }) => webhook.standIn.listEnds.length < lists)) await sleep(500);
    await sleep(counts.length === 0 ? 0 : auditMs);
    return started.map(({ deployments, webhook, readyMb }) => {
      const listedMb = webhook.residentMb();
      const peakMb = peakMbOf(webhook.pid);
      return { deployments, readyMb, readyMs: readyMsOf(webhook), loadedMb: readyMb, listedMb, peakMb };
    });
  } finally {
    await Promise.all(started.map(({ webhook }) => webhook.stop()));
  }
}

const heads = [
  "deployments",
  "ready after the list, ms",
  "MB ready",
  "MB after the load",
  "MB after lists",
  "MB at most",
];

/** A table in Markdown, one line for each size. */
export const growthTable = (growth: readonly Growth[]): string =>
  markdown(
    heads,
    growth.map(({ deployments, readyMs, readyMb, loadedMb, listedMb = Number.NaN, peakMb }) => [
      deployments,
      readyMs,
      ...[readyMb, loadedMb, listedMb, peakMb].map((mb) => (Number.isNaN(mb) ? "" : Math.round(mb))),
    ]),
  );
