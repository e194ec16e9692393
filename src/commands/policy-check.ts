import { buffer } from "node:stream/consumers";
import { Command, Option } from "commander";
import { ConfigError } from "../config/config-error.ts";
import { type ConfigSources, readSources } from "../config/load.ts";
import { type Policy, policyLabel } from "../policy/types.ts";
import { policyFrom, readBytes, textOf } from "../policy-file/load.ts";
import { type PolicyProblem, problemLine, readPolicy } from "../policy-file/read.ts";
import { type Palette, paletteFor } from "../review/palette.ts";
import { Exit, type ExitCode, type Io, UsageError } from "./io.ts";
import { addPaths, neededPaths, type PathFlags } from "./paths.ts";
import { policyWarnings } from "./policy-warnings.ts";

interface Flags extends PathFlags {
  readonly config?: string;
  readonly output: "text" | "json";
}

/** What came of one file. */
interface Checked {
  readonly file: string;
  readonly policy: Policy | undefined;
  readonly problems: readonly (Pick<PolicyProblem, "message"> & Partial<PolicyProblem>)[];
  readonly warnings: readonly (Pick<PolicyProblem, "message"> & Partial<PolicyProblem>)[];
  readonly isReadable: boolean;
}

const help = `
Exit codes: 0 every file can be used, 1 one cannot, 2 wrong usage or an unreadable file.

Examples:
  $ seldon-ambassador-webhook policy check policy.yaml
  $ kubectl get configmap policy -o jsonpath='{.data.policy\\.yaml}' | seldon-ambassador-webhook policy check -
  $ seldon-ambassador-webhook policy check -o json --config webhook.yaml policies/*.yaml`;

/** `policy check FILE…`: whether files would be taken as policies. */
export const policyCheckCommand = (io: Io): Command =>
  addPaths(new Command("check"), "policy files, or - for standard input")
    .description("check policy files as serve would when it loads them")
    .option("--config <file>", "configuration file that they are used with, which they must not contradict")
    .addOption(new Option("-o, --output <form>", "what to print").choices(["text", "json"]).default("text"))
    .addHelpText("after", help)
    .action((files: string[], flags: Flags) => check(files, flags, io));

async function check(named: readonly string[], flags: Flags, io: Io): Promise<void> {
  const files = neededPaths(named, flags);
  const sources = readSources({ file: flags.config, env: io.env });
  const nowMs = Date.now();
  const stdin = files.includes("-") ? await buffer(io.stdin) : undefined;
  const checked = files.map((file) =>
    file === "-" && stdin !== undefined
      ? checkOne("<stdin>", () => stdin, sources, nowMs)
      : checkOne(file, () => readBytes(file), sources, nowMs),
  );
  const paint = paletteFor(io.stdout, io.env);
  io.stdout.write(
    flags.output === "json" ? jsonOf(checked) : checked.map((each) => textFor(each, paint)).join(""),
  );
  const unreadable = checked.filter(({ isReadable }) => !isReadable);
  if (unreadable.length > 0)
    throw new UsageError(unreadable.map(({ problems }) => problems[0]?.message).join("\n"));
  const code: ExitCode = checked.some(({ problems }) => problems.length > 0) ? 1 : 0;
  if (code !== 0) throw new Exit(code);
}

const problemsIn = (error: unknown): Checked["problems"] => {
  if (!(error instanceof ConfigError)) throw error;
  return error.problems.map((message) => ({ message }));
};

function checkOne(file: string, read: () => Buffer, sources: ConfigSources, nowMs: number): Checked {
  const none = { file, policy: undefined, warnings: [], isReadable: true };
  let bytes: Buffer;
  let text: string;
  try {
    bytes = read();
    text = textOf(file, bytes);
  } catch (error) {
    return { ...none, isReadable: false, problems: problemsIn(error) };
  }
  const { policy, problems } = readPolicy(text);
  if (policy === undefined) return { ...none, problems: problems ?? [] };
  try {
    const loaded = policyFrom(file, bytes, sources);
    return { ...none, policy, problems: [], warnings: policyWarnings(loaded, nowMs) };
  } catch (error) {
    return { ...none, problems: problemsIn(error) };
  }
}

const located = (file: string, problem: Checked["problems"][number]): string =>
  problem.line === undefined ? problem.message : problemLine(file, problem as PolicyProblem);

function textFor({ file, policy, problems, warnings, isReadable }: Checked, paint: Palette): string {
  if (!isReadable) return "";
  const lines = [
    ...problems.map((problem) => `${paint("red", "error:")} ${located(file, problem)}`),
    ...warnings.map((warning) => `${paint("yellow", "warning:")} ${located(file, warning)}`),
  ];
  if (policy !== undefined) {
    const lists = ["defaults", "rules", "limits", "checks", "exemptions", "operators"] as const;
    const parts = lists.map((list) => `${policy[list].length} of ${list}`).join(", ");
    lines.push(`${file}: sound: ${policyLabel(policy)}, entries: ${parts}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function jsonOf(checked: readonly Checked[]): string {
  const files = checked.map(({ file, policy, problems, warnings }) => ({
    file,
    sound: policy !== undefined,
    name: policy?.name || null,
    digest: policy?.digest ?? null,
    problems,
    warnings,
  }));
  return `${JSON.stringify({ files }, null, 2)}\n`;
}
