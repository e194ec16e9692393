import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mint } from "../../src/tls/mint.ts";
import { measure, type Sample } from "./measure.ts";
import { canPin } from "./pin.ts";
import { plot } from "./plot.ts";
import { profile } from "./profiling.ts";
import { summarize, table } from "./report.ts";
import { longScenarios, longWarmUp, type Scenario, shortScenarios } from "./scenarios.ts";
import { startExpress, startFloor, startWebhook, type Target } from "./targets.ts";

/**
 * `npm run bench`: every server under the same load, one after the other in every round, so that what else goes on
 * on the machine strikes all of them. Prints a table of ratios to the floor, and writes `bench.json` and
 * `bench.svg` into the folder of `--out`.
 */

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    rounds: { type: "string" },
    out: { type: "string", default: ".cache/bench" },
    deployments: { type: "string" },
    only: { type: "string", default: "" },
    profile: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const help = `Usage: npm run bench -- [--short] [--rounds N] [--deployments N] [--out FOLDER]

  --short          one quick round of small requests: shows that everything works, its figures mean nothing
  --rounds N       how often everything is measured (5; short: 1); the table has the medians
  --only TEXT      the loads whose names contain this, such as "/mutate, 3 KB"
  --deployments N  what the webhook's view holds (10000; short: 100)
  --profile        the webhook's busiest functions under load instead
  --out FOLDER     where bench.json and bench.svg are written (.cache/bench)
`;

const { short } = values;
const all: readonly Scenario[] = short ? shortScenarios : longScenarios;
function numberOf(flag: string, value: string | undefined, usual: number): number {
  if (value === undefined) return usual;
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  process.stderr.write(`--${flag} takes a whole number from 1 on, not ${JSON.stringify(value)}\n`);
  return process.exit(2);
}

const rounds = numberOf("rounds", values.rounds, short ? 1 : 5);
const deployments = numberOf("deployments", values.deployments, short ? 100 : 10_000);

async function certificates(folder: string): Promise<{ certDir: string; ca: string }> {
  const certDir = join(folder, "certs");
  const { ca, cert, key } = await mint({ days: 1, now: new Date() });
  mkdirSync(certDir);
  for (const [name, text] of Object.entries({ "ca.crt": ca, "tls.crt": cert, "tls.key": key }))
    writeFileSync(join(certDir, name), text, { mode: 0o600 });
  return { certDir, ca };
}

async function started(folder: string, certDir: string, targets: Target[]): Promise<void> {
  for (const start of [
    () => startFloor(certDir),
    () => startExpress(certDir),
    () => startWebhook(folder, certDir, deployments),
  ])
    targets.push(await start());
}

/** All samples; whatever was started is stopped, whatever happens. */
async function measured(folder: string, scenarios: readonly Scenario[]): Promise<readonly Sample[]> {
  const { certDir, ca } = await certificates(folder);
  const targets: Target[] = [];
  try {
    await started(folder, certDir, targets);
    const warmUp = short ? [] : longWarmUp;
    const say = (text: string) => process.stderr.write(`${text}\n`);
    return await measure({ folder, ca, targets, warmUp, scenarios, rounds, say });
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

function report(samples: readonly Sample[]): void {
  const rows = summarize(samples);
  mkdirSync(values.out, { recursive: true });
  writeFileSync(
    join(values.out, "bench.json"),
    `${JSON.stringify({ deployments, rounds, rows }, null, 2)}\n`,
  );
  writeFileSync(join(values.out, "bench.svg"), plot(rows));
  process.stdout.write(table(rows));
  if (samples.some(({ failures }) => failures > 0)) throw new Error("some calls failed: see the table");
}

async function main(): Promise<void> {
  const scenarios = all.filter(({ name }) => name.includes(values.only));
  if (scenarios.length === 0)
    throw new Error(`no load is called so; there are:\n${all.map(({ name }) => name).join("\n")}`);
  if (!canPin) process.stderr.write("processes cannot be pinned to cores here: the ratios are rough\n");
  const folder = mkdtempSync(join(tmpdir(), "webhook-bench-"));
  try {
    if (values.profile)
      process.stdout.write(await profile({ folder, deployments, short, ...(await certificates(folder)) }));
    else report(await measured(folder, scenarios));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.help) process.stdout.write(help);
else await main();
