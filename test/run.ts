import { spawn } from "node:child_process";
import { testFiles } from "./test-files.ts";

/**
 * `npm test`: all tests that can run here, or those of the files and folders named, and at the end one line about those
 * that cannot.
 */
const { files, leftOut } = testFiles(process.env);
const named = process.argv.slice(2);
const isNamed = (file: string): boolean =>
  named.some((name) => file === name || file.startsWith(`${name.replace(/\/$/, "")}/`));
const wanted = named.length === 0 ? files : files.filter(isNamed);
const say = (line: string | undefined): unknown => line && process.stderr.write(`${line}\n`);

// Without a file the runner would look for some by itself.
if (wanted.length === 0) {
  say(leftOut ?? `There is no such test file: ${named.join(", ")}`);
  process.exit(1);
}
const child = spawn(process.execPath, ["--import", "tsx", "--test", ...wanted], { stdio: "inherit" });
// A Ctrl-C reaches the child as well; its end is the end of this.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("close", (code) => {
  say(leftOut);
  process.exitCode = code ?? 1;
});
