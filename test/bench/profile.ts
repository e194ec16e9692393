import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { markdown } from "./report.ts";

/** What V8 writes with `--cpu-prof`: a call tree, and which of its nodes was at work at each sample. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the monotonic clock, as `process.hrtime` has it. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** A span of the monotonic clock in microseconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A function's share of the time: by itself, and with all that it calls. */
export interface Hot {
  readonly name: string;
  readonly place: string;
  readonly selfUs: number;
  readonly totalUs: number;
}

/** Now, on the clock of the profiles. */
export const profileClock = (): number => Number(process.hrtime.bigint() / 1000n);

/** The one profile that a process left in a folder when it ended. */
export function profileIn(folder: string): CpuProfile {
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  if (file === undefined) throw new Error(`no profile was written into ${folder}`);
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

/** Where a function is written, from the root of the package or of the dependency. */
function placeOf({ url, lineNumber }: CallFrame): string {
  if (url === "") return "";
  const path = url
    .replace(/^.*\/node_modules\//, "")
    .replace(/^file:\/\/.*?\/(dist|src)\//, "$1/")
    .replace(/^file:\/\//, "");
  return `${path}:${lineNumber + 1}`;
}

const keyOf = (frame: CallFrame): string => `${frame.functionName || "(anonymous)"}\n${placeOf(frame)}`;

/** The microseconds that each node was at work itself within the span. */
function selfTimes(
  { startTime, samples, timeDeltas }: CpuProfile,
  { from, until }: Span,
): Map<number, number> {
  const times = new Map<number, number>();
  let now = startTime;
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    now += delta;
    // A delta leads up to its sample; a negative one is a sample that came late.
    if (now >= from && now < until) times.set(id, (times.get(id) ?? 0) + Math.max(0, delta));
  }
  return times;
}

/** Every function that ran within the span, the busiest itself first; waiting is none. */
export function hottest(profile: CpuProfile, span: Span): readonly Hot[] {
  const self = selfTimes(profile, span);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const sums = new Map<string, { selfUs: number; totalUs: number }>();
  const isCallee = new Set(profile.nodes.flatMap(({ children = [] }) => children));
  // A function that calls itself is counted once on each path.
  const visit = (node: ProfileNode, above: ReadonlySet<string>): number => {
    const key = keyOf(node.callFrame);
    const own = self.get(node.id) ?? 0;
    const path = new Set(above).add(key);
    const below = (node.children ?? []).map((id) => visit(nodes.get(id) as ProfileNode, path));
    const total = below.reduce((sum, each) => sum + each, own);
    const sum = sums.get(key) ?? { selfUs: 0, totalUs: 0 };
    sum.selfUs += own;
    if (!above.has(key)) sum.totalUs += total;
    sums.set(key, sum);
    return total;
  };
  for (const node of profile.nodes) if (!isCallee.has(node.id)) visit(node, new Set());
  return [...sums]
    .map(([key, sum]) => {
      const [name = "", place = ""] = key.split("\n");
      return { name, place, ...sum };
    })
    .filter(({ name, totalUs }) => totalUs > 0 && !["(root)", "(idle)"].includes(name))
    .toSorted((a, b) => b.selfUs - a.selfUs);
}

/** A Markdown table of the busiest functions; the shares are of the time at work, the figures per request. */
export function profileTable(hot: readonly Hot[], requests: number, rows: number): string {
  const busy = hot.reduce((sum, { selfUs }) => sum + selfUs, 0);
  const heads = ["self %", "self µs", "total µs", "function", "where"];
  const cells = ({ name, place, selfUs, totalUs }: Hot): readonly string[] => [
    ((100 * selfUs) / busy).toFixed(1),
    (selfUs / requests).toFixed(1),
    (totalUs / requests).toFixed(1),
    name,
    place,
  ];
  const table = markdown(heads, hot.slice(0, rows).map(cells));
  return `${table}\n${(busy / requests).toFixed(1)} µs per request over ${requests} requests\n`;
}
