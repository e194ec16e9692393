import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/config-error.ts";
import { programVersion } from "../config/version.ts";
import { adoptCommand } from "./adopt.ts";
import { auditCommand } from "./audit.ts";
import { certsCommand } from "./certs.ts";
import { doctorCommand } from "./doctor.ts";
import { Exit, type Io, UsageError } from "./io.ts";
import { policyCommand } from "./policy.ts";
import { reviewCommand } from "./review.ts";
import { routesCommand } from "./routes.ts";
import { rulesCommand } from "./rules.ts";
import { serveCommand } from "./serve.ts";
import { stripCommand } from "./strip.ts";

/** sysexits' EX_SOFTWARE: a bug of ours, never to be taken for findings (1) or a wrong call (2). */
const bugExit = 70;

/** In the order of the help. */
const commands = [
  serveCommand,
  reviewCommand,
  stripCommand,
  auditCommand,
  adoptCommand,
  doctorCommand,
  routesCommand,
  rulesCommand,
  certsCommand,
];

function programFor(io: Io): Command {
  const program = new Command("seldon-ambassador-webhook")
    .description("Validates SeldonDeployments and injects their complete Ambassador configuration.")
    .version(programVersion())
    .exitOverride()
    .showHelpAfterError("(see --help)")
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => io.stdout.isTTY === true,
      getErrHasColors: () => io.stderr.isTTY === true,
    });
  // What is set above reaches a command that was made elsewhere only by copying.
  const inherit = (command: Command): Command => command.copyInheritedSettings(program);
  for (const create of commands) program.addCommand(inherit(create(io)));
  program.addCommand(policyCommand(io, inherit));
  return program;
}

function exitCodeOf(error: unknown, io: Io): number {
  if (error instanceof Exit) return error.code;
  // commander has printed its message already; help and version end as errors with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError || error instanceof ConfigError) {
    for (const line of error.message.split("\n")) io.stderr.write(`error: ${line}\n`);
    return 2;
  }
  io.stderr.write(`internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
  return bugExit;
}

/** Runs the command that the arguments name, and returns the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    await programFor(io).parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}
