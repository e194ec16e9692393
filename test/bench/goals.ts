import { markdown, type Row } from "./report.ts";
import type { Growth, Scaling } from "./scaling.ts";
import { goalNames } from "./scenarios.ts";

/** One goal of the project, what was measured and whether that is enough; a figure is undefined if it was not. */
export interface Goal {
  readonly goal: string;
  readonly limit: number;
  readonly atLeast: boolean;
  readonly figure: number | undefined;
  readonly met: boolean | undefined;
}

/** What the figures come from; a part that was not run is undefined. */
export interface Measured {
  readonly loads: readonly Row[] | undefined;
  readonly scaling: Scaling | undefined;
}

const isOurs = ({ target }: Row): boolean => target.startsWith("this webhook");
const isPepr = ({ target }: Row): boolean => target.startsWith("Pepr");

function goalOf(goal: string, kind: "at least" | "at most", limit: number, figure: number | undefined): Goal {
  const atLeast = kind === "at least";
  const known = figure === undefined || Number.isNaN(figure) ? undefined : Number(figure.toPrecision(3));
  const met = known === undefined ? undefined : atLeast ? known >= limit : known <= limit;
  return { goal, limit, atLeast, figure: known, met };
}

const quotient = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a / b;

function goalsOfLoads(rows: readonly Row[] = []): readonly Goal[] {
  const ours = (scenario: string) => rows.find((row) => row.scenario === scenario && isOurs(row))?.ratio;
  const pepr = (scenario: string) => rows.find((row) => row.scenario === scenario && isPepr(row))?.ratio;
  const [mutate, validate] = [ours(goalNames.mutate), ours(goalNames.validate)];
  const times = quotient(mutate?.requestsPerSecond, pepr(goalNames.mutate)?.requestsPerSecond);
  return [
    goalOf("mutate: rate, against the floor's", "at least", 0.5, mutate?.requestsPerSecond),
    goalOf("mutate: rate, against Pepr's", "at least", 4, times),
    goalOf("validate: rate, against the floor's", "at least", 0.8, validate?.requestsPerSecond),
    goalOf("mutate: p99, against the floor's", "at most", 2, mutate?.p99Us),
    goalOf("validate: p99, against the floor's", "at most", 2, validate?.p99Us),
    goalOf("mutate: CPU, against the floor's", "at most", 2.2, mutate?.cpuUsPerRequest),
  ];
}

/** The largest of the moments that were looked at; the peak while a list comes in is in the table. */
const residentOf = (growth: Growth | undefined): number | undefined =>
  growth && Math.max(growth.readyMb, growth.loadedMb, growth.listedMb ?? 0);

function goalsOfScaling(scaling: Scaling | undefined): readonly Goal[] {
  const cost = (scenario: string) =>
    scaling?.rows.find((row) => row.scenario === scenario && row.target.includes(" 50000 "))?.ratio
      .cpuUsPerRequest;
  const grown = (count: number) => scaling?.growth.find(({ deployments }) => deployments === count);
  return [
    goalOf("resident memory without deployments, MB", "at most", 150, residentOf(grown(0))),
    goalOf("resident memory with 50,000 deployments, MB", "at most", 200, residentOf(grown(50_000))),
    goalOf("mutate: CPU with 50,000 deployments, against none", "at most", 1.1, cost(goalNames.mutate)),
    goalOf("validate: CPU with 50,000 deployments, against none", "at most", 1.1, cost(goalNames.validate)),
    goalOf("ready after the end of a list of 50,000, ms", "at most", 1000, grown(50_000)?.readyMs),
  ];
}

/** Every goal, in the order in which they were set. */
export const goalsOf = ({ loads, scaling }: Measured): readonly Goal[] => [
  ...goalsOfLoads(loads),
  ...goalsOfScaling(scaling),
];

const verdict = (met: boolean | undefined): string =>
  met === undefined ? "not measured" : met ? "met" : "**not met**";

/** A table in Markdown. */
export const goalsTable = (goals: readonly Goal[]): string =>
  markdown(
    ["goal", "limit", "figure", ""],
    goals.map(({ goal, limit, atLeast, figure = "", met }) => [
      goal,
      `${atLeast ? "≥" : "≤"} ${limit}`,
      figure,
      verdict(met),
    ]),
  );
