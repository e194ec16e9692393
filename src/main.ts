#!/usr/bin/env node
import { run } from "./commands/program.ts";

const { stdin, stdout, stderr, env } = process;

// A reader that has seen enough, such as head, closes the pipe: nothing to report, nobody to report it to.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(141);
  throw error;
});

// Set, not exited with: what has been written to a pipe is still on its way.
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, env });
