import type { Sample } from "./measure.ts";

/** The medians of one server under one load; ratios are to the first server of the same round. */
export interface Row {
  readonly scenario: string;
  readonly target: string;
  readonly requestsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuUsPerRequest: number;
  readonly residentMb: number;
  readonly failures: number;
  readonly ratio: {
    readonly requestsPerSecond: number;
    readonly p50Us: number;
    readonly p99Us: number;
    readonly cpuUsPerRequest: number;
  };
}

const measures = {
  requestsPerSecond: ({ requests, seconds }: Sample) => requests / seconds,
  p50Us: ({ p50Us }: Sample) => p50Us,
  p99Us: ({ p99Us }: Sample) => p99Us,
  cpuUsPerRequest: ({ cpuUsPerRequest }: Sample) => cpuUsPerRequest,
};

function median(values: readonly number[]): number {
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
    return targets.map((target) =>
      rowOf(
        all.filter((sample) => sample.target === target),
        floor,
      ),
    );
  });
}

function rowOf(own: readonly Sample[], floor: readonly Sample[]): Row {
  const of = (read: (sample: Sample) => number): number => rounded(median(own.map(read)));
  const against = (read: (sample: Sample) => number): number =>
    rounded(
      median(
        own.map((sample) => {
          const beside = floor.find(({ round }) => round === sample.round);
          return beside === undefined ? Number.NaN : read(sample) / read(beside);
        }),
      ),
    );
  const [{ scenario, target }] = own as readonly [Sample];
  const { requestsPerSecond, p50Us, p99Us, cpuUsPerRequest } = measures;
  return {
    scenario,
    target,
    requestsPerSecond: of(requestsPerSecond),
    p50Us: of(p50Us),
    p99Us: of(p99Us),
    cpuUsPerRequest: of(cpuUsPerRequest),
    residentMb: of(({ residentMb }) => residentMb),
    failures: own.reduce((sum, { failures }) => sum + failures, 0),
    ratio: {
      requestsPerSecond: against(requestsPerSecond),
      p50Us: against(p50Us),
      p99Us: against(p99Us),
      cpuUsPerRequest: against(cpuUsPerRequest),
    },
  };
}

const heads = ["server", "requests/s", "×", "p50 µs", "×", "p99 µs", "×", "CPU µs", "×", "MB", "failed"];

const cellsOf = (row: Row): readonly string[] =>
  [
    row.target,
    row.requestsPerSecond,
    row.ratio.requestsPerSecond,
    row.p50Us,
    row.ratio.p50Us,
    row.p99Us,
    row.ratio.p99Us,
    row.cpuUsPerRequest,
    row.ratio.cpuUsPerRequest,
    row.residentMb,
    row.failures,
  ].map(String);

/** A Markdown table for each load; × is the ratio to the first server. */
export function table(rows: readonly Row[]): string {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  return scenarios
    .map((scenario) => {
      const lines = [
        heads,
        heads.map(() => "---"),
        ...rows.filter((row) => row.scenario === scenario).map(cellsOf),
      ];
      return `\n${scenario}\n\n${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
    })
    .join("");
}
