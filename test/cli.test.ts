import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

/** What a process printed, and how it ended. */
interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: string;
}

const root = join(import.meta.dirname, "cli");
const main = join(import.meta.dirname, "..", "dist", "main.js");

async function run(argv: readonly string[], cwd: string, stdin: string): Promise<Run> {
  const child = spawn(process.execPath, [main, ...argv], { cwd, env: {} });
  // Whoever does not read its input may be gone before it is written.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr, status: `${await ended}\n` };
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

for (const name of readdirSync(root).sort()) {
  const folder = join(root, name);
  const argv = read(join(folder, "command")).trim().split(/\s+/);

  test(`cli: ${name}: ${argv.join(" ")}`, async () => {
    const actual = await run(argv, folder, read(join(folder, "stdin")));
    for (const part of ["stdout", "stderr", "status"] as const) {
      const golden = join(folder, part);
      if (process.env.UPDATE_GOLDEN) writeFileSync(golden, actual[part]);
      assert.equal(actual[part], read(golden), `${part} of ${name}`);
    }
  });

  if (argv.join(" ").includes("-o yaml") && read(join(folder, "status")) === "0\n")
    test(`cli: ${name}: what it printed is printed unchanged`, async () => {
      const printed = read(join(folder, "stdout"));
      const carrier = argv.join(" ").match(/--(carrier \w+|suppress-duplicates)/g) ?? [];
      const flags = carrier.flatMap((flag) => flag.split(" "));
      const again = await run(["review", "-o", "yaml", ...flags, "-"], folder, printed);
      assert.equal(again.stdout, printed);
      assert.equal(again.status, "0\n");
    });
}

test("cli: the version is the package's, wherever the program is started", async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"));
  assert.deepEqual(await run(["--version"], "/", ""), { stdout: `${version}\n`, stderr: "", status: "0\n" });
});

test("cli: a reader that stops early is no error to report", async () => {
  const child = spawn(process.execPath, [main, "rules", "-o", "json"], { env: {} });
  child.stdout.destroy();
  const ended = new Promise((resolve) => child.once("close", resolve));
  assert.equal(await text(child.stderr), "");
  await ended;
});
