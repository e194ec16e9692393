import { parseArgs } from "node:util";
import fc from "fast-check";
import { fuzzedCall } from "./call.ts";
import { allVariants, callEngine, policyFile, type Variant } from "./engine.ts";
import { callServer } from "./socket.ts";
import { startTarget } from "./target.ts";

/**
 * `npm run fuzz`: real reviews with changes to objects, envelopes and bytes, through the engine and then over TLS to
 * the webhook as it is built, half of them under a policy. What is wrong ends it with a seed and a path that repeat the failure, shrunk.
 */

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "1000000" },
    socket: { type: "string", default: "50000" },
    seed: { type: "string" },
    path: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const help = `Usage: npm run fuzz -- [--engine N] [--socket N] [--seed N] [--path P]

  --engine N   calls of the engine (1000000)
  --socket N   calls over TLS (50000)
  --seed N     the same calls as another run; its own seed is printed
  --path P     the failure of another run alone, with its seed
`;

/** A number of a flag; anything else ends the program, lest nothing be tried and no fault be found. */
function numberOf(flag: string, value: string): number {
  if (/^\d{1,10}$/.test(value)) return Number(value);
  process.stderr.write(`--${flag} takes a whole number, not ${JSON.stringify(value)}\n`);
  return process.exit(2);
}

const seed = numberOf("seed", values.seed ?? String(Date.now() % 2 ** 31));
const calls = { engine: numberOf("engine", values.engine), socket: numberOf("socket", values.socket) };
const say = (text: string): unknown => process.stdout.write(`${text}\n`);

interface Tally {
  answered: number;
  refused: number;
}

/** Runs of this many keep fast-check from holding all results, and show that it goes on. */
const slice = 10_000;

async function inSlices(what: string, total: number, call: (g: fc.GeneratorValue) => Promise<keyof Tally>) {
  const tally: Tally = { answered: 0, refused: 0 };
  for (let done = 0; done < total; done += slice) {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        tally[await call(g)]++;
      }),
      {
        seed: seed + done,
        numRuns: Math.min(slice, total - done),
        includeErrorInReport: true,
        ...(values.path === undefined ? {} : { path: values.path }),
      },
    );
    process.stderr.write(`${what}: ${Math.min(done + slice, total)} of ${total}\n`);
  }
  say(`${what}: ${tally.answered} answered, ${tally.refused} refused`);
}

/** Makes calls of the webhook as a process, which ends with them, however they end. */
async function overTheSocket(variant: Variant, total: number): Promise<void> {
  const flags = variant === "plain" ? [] : [`--policy=${policyFile}`];
  const target = await startTarget(flags);
  try {
    await inSlices(`socket, ${variant}`, total, (g) => callServer(fuzzedCall(g), target.send));
    const panics = await target.panics();
    say(`socket, ${variant}: ${panics} panics`);
    if (panics !== 0) process.exitCode = 1;
  } finally {
    target.stop();
  }
}

if (values.help) process.stdout.write(help);
else {
  say(`seed ${seed}`);
  const half = (total: number, variant: Variant): number =>
    variant === "plain" ? Math.ceil(total / 2) : Math.floor(total / 2);
  for (const variant of allVariants)
    await inSlices(`engine, ${variant}`, half(calls.engine, variant), async (g) =>
      callEngine(fuzzedCall(g), variant),
    );
  for (const variant of allVariants) await overTheSocket(variant, half(calls.socket, variant));
}
