import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run test:node -- 22 24 test/unit test/server`: the tests of these files and folders, or all of them, with other
 * releases of Node.js. Those are fetched from the registry into `.cache/node`, as packages that hold nothing but the
 * program.
 */

const root = fileURLToPath(new URL("..", import.meta.url));

/** The program of the newest release of a major version. Throws when there is none for this machine. */
function nodeOf(major: string): string {
  const folder = join(root, ".cache/node", major);
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(folder, "node_modules", name, "bin/node");
  if (spawnSync(program, ["--version"]).status === 0) return program;
  mkdirSync(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-save", "--no-package-lock", "--ignore-scripts"];
  const { status, stderr, error } = spawnSync("npm", [...args, `${name}@${major}`], { encoding: "utf8" });
  if (status !== 0)
    throw new Error(`Node.js ${major} could not be installed: ${error?.message ?? stderr.trim()}`);
  return program;
}

/** Runs the tests; the exit status. Whatever they start by the name of `node` is this one, too. */
async function run(program: string, files: readonly string[]): Promise<number> {
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const args = ["--import", `file://${tsx}`, join(root, "test/run.ts"), ...files];
  const path = `${dirname(program)}${delimiter}${process.env.PATH}`;
  const child = spawn(program, args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path } });
  const end = (): never => {
    child.kill("SIGTERM");
    process.exit(143);
  };
  process.on("SIGTERM", end);
  const [code] = await once(child, "close");
  process.off("SIGTERM", end);
  return code ?? 1;
}

const args = process.argv.slice(2);
const majors = args.filter((arg) => /^\d+$/.test(arg));
const files = args.filter((arg) => !majors.includes(arg));
if (majors.length === 0) {
  process.stderr.write("Usage: npm run test:node -- MAJOR… [FILE|FOLDER]…, such as 22 24 test/unit\n");
  process.exit(2);
}
const failed: string[] = [];
for (const major of majors) {
  const program = nodeOf(major);
  const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.trim();
  process.stderr.write(`with Node.js ${version}\n`);
  if ((await run(program, files)) !== 0) failed.push(version);
}
if (failed.length > 0) process.stderr.write(`failed with Node.js ${failed.join(" and ")}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
