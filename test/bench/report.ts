import type { Sample } from "./measure.ts";

/** The medians of one server under one load; ratios are to the first server of the same round. */
export interface Row extends Figures {
  readonly scenario: string;
  readonly target: string;
  /** The share of its core that the server used, and the generator of its own. */
  readonly busy: number;
  readonly generatorBusy: number;
  readonly residentMb: number;
  readonly failures: number;
  readonly ratio: Figures;
}

export interface Figures {
  readonly requestsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuUsPerRequest: number;
}

const measures: { readonly [figure in keyof Figures]: (sample: Sample) => number } = {
  requestsPerSecond: ({ requests, seconds }) => requests / seconds,
  p50Us: ({ p50Us }) => p50Us,
  p99Us: ({ p99Us }) => p99Us,
  cpuUsPerRequest: ({ cpuSeconds, requests }) => (cpuSeconds / requests) * 1e6,
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/** One row for each server under each load, in the order in which they were measured. */
export function summarize(samples: readonly Sample[]): readonly Row[] {
  const scenarios = [...new Set(samples.map(({ scenario }) => scenario))];
  const targets = [...new Set(samples.map(({ target }) => target))];
  return scenarios.flatMap((scenario) => {
    const all = samples.filter((sample) => sample.scenario === scenario);
    const floor = all.filter(({ target }) => target === targets[0]);
    return targets
      .map((target) => all.filter((sample) => sample.target === target))
      .filter((own) => own.length > 0)
      .map((own) => rowOf(own, floor));
  });
}

const figures = (of: (read: (sample: Sample) => number) => number): Figures =>
  Object.fromEntries(
    Object.entries(measures).map(([figure, read]) => [figure, rounded(of(read))]),
  ) as unknown as Figures;

function rowOf(own: readonly Sample[], floor: readonly Sample[]): Row {
  const [{ scenario, target }] = own as readonly [Sample];
  const against = (read: (sample: Sample) => number) => (one: Sample) => {
    const beside = floor.find(({ round }) => round === one.round);
    return beside === undefined ? Number.NaN : read(one) / read(beside);
  };
  const of = (read: (sample: Sample) => number): number => median(own.map(read));
  return {
    scenario,
    target,
    ...figures(of),
    busy: rounded(of(({ cpuSeconds, seconds }) => cpuSeconds / seconds)),
    generatorBusy: rounded(of(({ ownCpuSeconds, seconds }) => ownCpuSeconds / seconds)),
    residentMb: rounded(of(({ residentMb }) => residentMb)),
    failures: own.reduce((sum, { failures }) => sum + failures, 0),
    ratio: figures((read) => of(against(read))),
  };
}

/** A table in Markdown. */
export const markdown = (heads: readonly string[], lines: readonly (readonly unknown[])[]): string =>
  [heads, heads.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |\n`).join("");

const heads = [
  "server",
  "requests/s",
  "×",
  "p50 µs",
  "×",
  "p99 µs",
  "×",
  "CPU µs",
  "×",
  "core",
  "MB",
  "failed",
];

const cellsOf = ({ ratio, ...row }: Row): readonly unknown[] => [
  row.target,
  ...[row.requestsPerSecond, ratio.requestsPerSecond, row.p50Us, ratio.p50Us],
  ...[row.p99Us, ratio.p99Us, row.cpuUsPerRequest, ratio.cpuUsPerRequest],
  ...[row.busy, row.residentMb, row.failures],
];

/** A table for each load; × is the ratio to the first server, `core` the share of a core that the server used. */
export function table(rows: readonly Row[]): string {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const own = (name: string) => rows.filter(({ scenario }) => scenario === name).map(cellsOf);
  return scenarios.map((name) => `\n${name}\n\n${markdown(heads, own(name))}`).join("");
}
