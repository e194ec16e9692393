import type { Remains } from "./process.ts";

/** One look at the webhook. */
export interface Sample extends Remains {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly calls: number;
}

/** What the second half of a run shows. */
export interface Verdict {
  /** Bytes of heap and of memory outside of it that are held longer and longer, by the trend of the second half. */
  readonly grownBytes: number;
  readonly grownHandles: number;
  readonly grownFileDescriptors: number;
  /** Sentences; empty: nothing grows. */
  readonly problems: readonly string[];
}

/** So much may be due to chance: compiled code, tables that double, and what the collector leaves. */
export const toleratedBytes = 3_000_000;

/** Connections and timers come and go; these are counted while no call is under way. */
export const toleratedHandles = 5;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** The median of the slopes between all pairs (Theil and Sen): a few odd values do not move it. */
function slope(points: readonly (readonly [number, number])[]): number {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).map(([laterX, laterY]) => (laterY - y) / (laterX - x)),
  );
  return median(slopes);
}

/** How much a figure grows over the second half, by its trend there. */
function growth(samples: readonly Sample[], figure: (sample: Sample) => number): number {
  const half = samples.slice(samples.length >> 1);
  const [first, last] = [half[0], half.at(-1)];
  if (first === undefined || last === undefined || half.length < 3)
    throw new Error("too few samples to judge");
  return slope(half.map((sample) => [sample.at, figure(sample)])) * (last.at - first.at);
}

/** Judges a run. The first half is the warming up: code is compiled, caches and pools are filled. */
export function verdictOf(samples: readonly Sample[]): Verdict {
  const grownBytes = Math.round(growth(samples, ({ heapUsed, external }) => heapUsed + external));
  const grownHandles = Math.round(growth(samples, ({ handles }) => handles));
  const grownFileDescriptors = Math.round(growth(samples, ({ fileDescriptors }) => fileDescriptors));
  const problems = [
    ...(grownBytes > toleratedBytes ? [`memory grows: ${grownBytes} bytes over the second half`] : []),
    ...(grownHandles > toleratedHandles ? [`handles grow: ${grownHandles} over the second half`] : []),
    ...(grownFileDescriptors > toleratedHandles
      ? [`file descriptors grow: ${grownFileDescriptors} over the second half`]
      : []),
  ];
  return { grownBytes, grownHandles, grownFileDescriptors, problems };
}
