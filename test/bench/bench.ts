import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPepr } from "./find-pepr.ts";
import { goalsOf, goalsTable, type Measured } from "./goals.ts";
import { loads, noiseOf } from "./loads.ts";
import { help, type Options, optionsOf } from "./options.ts";
import { canPin } from "./pin.ts";
import { plot, type Section } from "./plot.ts";
import { profile } from "./profiling.ts";
import { type Row, table } from "./report.ts";
import { growthTable, type Scaling, scaling } from "./scaling.ts";
import { makeWorkplace, type Workplace } from "./workplace.ts";

/**
 * `npm run bench`: every server under the same load, one after the other in every round, so that what else goes on
 * on the machine strikes all of them. Prints tables of ratios to the floor, of what grows with the cluster, and of the
 * goals, and writes `bench.json` and `bench.svg` into the folder of `--out`.
 */

const say = (text: string): unknown =>
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${text}\n`);

async function measured(workplace: Workplace, options: Options): Promise<Measured> {
  const { parts, scenarios, short, deployments } = options;
  let rows: readonly Row[] | undefined;
  if (parts.includes("loads")) {
    const { folder: peprFolder, missing } = findPepr(!short);
    if (missing !== undefined) say(`without Pepr: ${missing}`);
    rows = await loads({ workplace, scenarios, deployments, short, peprFolder, say });
  }
  const grown = parts.includes("scaling") ? await scaling({ workplace, short, say }) : undefined;
  return { loads: rows, scaling: grown };
}

const sectionsOf = ({ loads: rows = [], scaling: grown }: Measured): readonly Section[] => [
  { title: "Requests per second, against bare node https", rows, figure: "requestsPerSecond" },
  {
    title: "CPU per request, against a view without deployments",
    rows: grown?.rows ?? [],
    figure: "cpuUsPerRequest",
  },
];

const growthText = ({ rows, growth }: Scaling): string =>
  `\nBy the deployments in the view; × is to none\n${table(rows)}\n${growthTable(growth)}`;

function report(found: Measured, { out, deployments, short }: Options): void {
  const { loads: rows = [], scaling: grown } = found;
  const goals = goalsOf(found);
  const noise = noiseOf(rows);
  mkdirSync(out, { recursive: true });
  const result = { node: process.version, short, deployments, noise, goals, rows, scaling: grown };
  writeFileSync(join(out, "bench.json"), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(out, "bench.svg"), plot(sectionsOf(found)));
  const parts = [
    table(rows),
    grown ? growthText(grown) : "",
    `\nGoals${short ? " (in the short form the figures mean nothing)" : ""}\n\n${goalsTable(goals)}`,
    noise === undefined ? "" : `\nThe floor against itself: ${(100 * noise).toFixed(1)} % apart at most.\n`,
  ];
  process.stdout.write(parts.join(""));
  const failed = [...rows, ...(grown?.rows ?? [])].some(({ failures }) => failures > 0);
  if (failed) throw new Error("some calls failed: see the table");
}

async function main(options: Options): Promise<void> {
  if (!canPin) say("processes cannot be pinned to cores here: the ratios are rough");
  const workplace = await makeWorkplace();
  try {
    if (options.parts.includes("profile")) process.stdout.write(await profile({ workplace, ...options }));
    else report(await measured(workplace, options), options);
  } finally {
    workplace.remove();
  }
}

const options = optionsOf(process.argv.slice(2));
if (options === undefined) process.stdout.write(help);
else await main(options);
