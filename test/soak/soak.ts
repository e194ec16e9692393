import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { soak } from "./run.ts";
import type { Sample } from "./verdict.ts";

/** `npm run soak`: see the help. */

const help = `Usage: npm run soak -- [--seconds N] [--callers N] [--json FILE] [--plant]

Calls the webhook without a pause, accepted, denied and refused calls in turn, while its policy, its certificate and
its cluster change all the time, and looks 24 times what is left after a full garbage collection. Ends with 1 when
memory, handles or file descriptors grow over the second half, or when a call is not answered as it has to be.

  --seconds N   how long (600)
  --callers N   callers, each on a connection that it keeps (4)
  --json FILE   writes all figures there
  --plant       leaks on purpose, so that one can see that it is found
`;

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  return process.exit(2);
}

function flagsOf() {
  try {
    return parseArgs({
      options: {
        seconds: { type: "string", default: "600" },
        callers: { type: "string", default: "4" },
        json: { type: "string" },
        plant: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

const numberOf = (flag: string, value: string): number =>
  /^[1-9]\d{0,5}$/.test(value)
    ? Number(value)
    : refuse(`--${flag} takes a whole number from 1 on, not ${JSON.stringify(value)}`);

const say = (text: string): unknown => process.stdout.write(`${text}\n`);
const mb = (bytes: number): string => (bytes / 1e6).toFixed(2);

const row = ({ at, calls, heapUsed, external, rss, handles, fileDescriptors }: Sample): string =>
  [at.toFixed(0), calls, mb(heapUsed), mb(external), mb(rss), handles, fileDescriptors]
    .map((cell) => String(cell).padStart(10))
    .join("");

const values = flagsOf();
if (values.help) process.stdout.write(help);
else {
  const options = {
    seconds: numberOf("seconds", values.seconds),
    callers: numberOf("callers", values.callers),
    looks: 24,
    plant: values.plant,
  };
  say(
    ["seconds", "calls", "heap MB", "ext. MB", "rss MB", "handles", "fds"]
      .map((head) => head.padStart(10))
      .join(""),
  );
  const result = await soak({ ...options, onSample: (sample) => say(row(sample)) });
  const { grownBytes, grownHandles, grownFileDescriptors, policyReloads, renewals, watchesBegunAnew } =
    result;
  say(`policy reloads: ${policyReloads}, renewals: ${renewals}, watches begun anew: ${watchesBegunAnew}`);
  say(
    `grown over the second half: ${grownBytes} bytes, ${grownHandles} handles, ${grownFileDescriptors} descriptors`,
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
  for (const problem of result.problems) process.stderr.write(`${problem}\n`);
  process.exit(result.problems.length === 0 ? 0 : 1);
}
