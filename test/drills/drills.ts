import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startControlPlane } from "../control-plane/control-plane.ts";
import { drills, long, short } from "./catalogue.ts";
import type { Drill } from "./drill.ts";
import { table } from "./report.ts";
import { type Row, runDrill } from "./run-drill.ts";
import { Stage } from "./stage.ts";

/**
 * `npm run drills`: three replicas behind one address, a real API server that asks them about writes without a pause, and
 * something that happens to them. The table goes to stdout, what is going on to stderr.
 */

const help = `Usage: npm run drills -- [--short] [--only NAME]... [-o text|json] [--logs FOLDER]

  --short        each drill once, with little time: what npm test runs
  --only NAME    this drill; may be repeated
  -o, --output text (default) or json
  --logs FOLDER  copies what the replicas, kube-apiserver and etcd wrote, whatever comes of it
  --help         this text

Drills:
${drills.map(({ name, what }) => `  ${name.padEnd(20)}${what}`).join("\n")}

Exit code: 0 every target was met, 1 one was missed, 2 the drills could not be run.
`;

const options = {
  short: { type: "boolean", default: false },
  only: { type: "string", multiple: true, default: [] as string[] },
  output: { type: "string", short: "o", default: "text" },
  logs: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** A drill that cannot be run as asked. */
class Usage extends Error {}

function chosen(names: readonly string[]): readonly Drill[] {
  const unknown = names.find((name) => !drills.some((drill) => drill.name === name));
  if (unknown !== undefined) throw new Usage(`no drill is called ${JSON.stringify(unknown)}; see --help`);
  return names.length === 0 ? drills : drills.filter(({ name }) => names.includes(name));
}

const say = (line: string): unknown => process.stderr.write(`${line}\n`);

async function play(stage: Stage, wanted: readonly Drill[], isShort: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const drill of wanted) {
    say(`${drill.name}: ${drill.what}`);
    const row = await runDrill(stage, drill, isShort ? short : long);
    say(`${drill.name}: ${row.calls} calls, ${row.failed} failed; ${row.note}`);
    rows.push(row);
  }
  return rows;
}

function copyLogs(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.endsWith(".log")))
    copyFileSync(join(from, file), join(to, file));
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (values.output !== "text" && values.output !== "json") throw new Usage("--output is text or json");
  const wanted = chosen(values.only);
  const plane = await startControlPlane();
  try {
    const stage = await Stage.set(plane);
    try {
      const rows = await play(stage, wanted, values.short);
      process.stdout.write(values.output === "json" ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
      return rows.every(({ ok }) => ok) ? 0 : 1;
    } finally {
      await stage.strike();
      if (values.logs !== undefined) copyLogs(stage.folder, values.logs);
    }
  } finally {
    await plane.stop();
  }
}

const isUsage = (error: unknown): boolean =>
  error instanceof Usage || String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS");

try {
  process.exitCode = await main();
} catch (error) {
  say(String(isUsage(error) ? (error as Error).message : (error as Error).stack));
  process.exitCode = 2;
}
