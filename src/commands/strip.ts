import { Command, Option } from "commander";
import { formatFieldPath } from "../diagnostics/field-path.ts";
import { oneLine } from "../diagnostics/message.ts";
import { type Palette, paletteFor } from "../review/palette.ts";
import { problemLine } from "../review/print-text.ts";
import { yamlStream } from "../review/print-yaml.ts";
import { problemWith, type ReadProblem, readSources } from "../review/read.ts";
import { replaceFile } from "../review/replace-file.ts";
import { type GeneratedPlace, type Stripped, strip } from "../review/strip.ts";
import { recordKey } from "../seldon/recorded-defaults.ts";
import { diffOf } from "./diff.ts";
import { Exit, type Io, UsageError } from "./io.ts";
import { addPaths, neededPaths, type PathFlags } from "./paths.ts";

interface Flags extends PathFlags {
  readonly output: "whole" | "diff";
  readonly inPlace?: true;
  readonly check?: true;
}

const help = `
Removed are the texts whose first line says that this webhook made them, wherever they stand: on metadata,
spec and predictors, and in kubectl's last-applied-configuration. Annotations that held nothing else go with
them. All else keeps its bytes, comments included, and your own texts are never touched. Commit the result
of an export: a generated text in Git grows old, and a GitOps tool and the webhook then undo each other.

One file is printed as it is, YAML or JSON; several are printed as one YAML stream. A file that cannot be
read as a whole is named, left out and left alone.

Exit codes: 0 done, 1 with --check: there is something to strip, 2 wrong usage or unreadable input.

Examples:
  $ kubectl get sdep iris -o yaml | seldon-ambassador-webhook strip - > iris.yaml
  $ seldon-ambassador-webhook strip --in-place deploy/
  $ seldon-ambassador-webhook strip -o diff deploy/ | git apply
  $ seldon-ambassador-webhook strip --check deploy/`;

/** `strip [PATH|-]…`: the inverse of defaulting and injection, on files. */
export const stripCommand = (io: Io): Command =>
  addPaths(new Command("strip"))
    .description("remove from files what the webhook wrote into their SeldonDeployments")
    .addOption(
      new Option(
        "-o, --output <form>",
        "what to print; whole: the input without the texts; diff: a unified diff",
      )
        .choices(["whole", "diff"])
        .default("whole"),
    )
    .addOption(
      new Option("-i, --in-place", "write the files instead of printing").conflicts(["output", "check"]),
    )
    .option("--check", "write nothing, name what would be removed (or -o diff), and exit 1 if there is any")
    .addHelpText("after", help)
    .action((paths: string[], flags: Flags) => stripAll(paths, flags, io));

async function stripAll(named: readonly string[], flags: Flags, io: Io): Promise<void> {
  const paths = neededPaths(named, flags);
  if (paths.includes("-") && flags.inPlace) throw new UsageError("standard input cannot be written in place");

  const input = await readSources(paths, io.stdin);
  const stripped = input.sources.map(strip);
  const problems = [...input.problems, ...stripped.flatMap((each) => each.problems)];
  const bad = new Set(problems.map(({ file }) => file));
  const whole = stripped.filter(({ rewriting }) => !bad.has(rewriting.source.file));
  if (flags.inPlace) problems.push(...(await writeAll(whole, io)));
  else if (flags.check && flags.output === "whole") io.stdout.write(listOf(stripped, io));
  else io.stdout.write(flags.output === "diff" ? printDiff(whole, io) : printWhole(whole));

  const paint = paletteFor(io.stderr, io.env);
  for (const problem of problems) io.stderr.write(problemLine(problem, paint));
  if (problems.length > 0) throw new Exit(2);
  if (flags.check && stripped.some(({ places }) => places.length > 0)) throw new Exit(1);
}

const placeLine = ({ file, line, path }: GeneratedPlace, said: string, paint: Palette): string =>
  `${oneLine(file)}:${line}: ${paint("bold", formatFieldPath(path))}: ${said}\n`;

const kindOf = ({ path }: GeneratedPlace): string => {
  const key = path.at(-1);
  if (key === recordKey) return "record of defaults";
  return /^(seldon\.io\/ambassador-|getambassador\.io\/)config$|^kubectl/.test(String(key))
    ? "generated text"
    : "default of the policy";
};

function listOf(stripped: readonly Stripped[], io: Io): string {
  const paint = paletteFor(io.stdout, io.env);
  return stripped
    .flatMap(({ places }) => places.map((place) => placeLine(place, kindOf(place), paint)))
    .join("");
}

const printDiff = (stripped: readonly Stripped[], io: Io): string =>
  diffOf(
    stripped.map(({ rewriting }) => rewriting),
    paletteFor(io.stdout, io.env),
  );

function printWhole(stripped: readonly Stripped[]): string {
  const [first, second] = stripped;
  if (first !== undefined && second === undefined) return first.rewriting.text;
  return yamlStream(
    stripped.map(({ rewriting }) => rewriting.source),
    stripped.flatMap(({ changes }) => changes),
  ).text;
}

async function writeAll(stripped: readonly Stripped[], io: Io): Promise<ReadProblem[]> {
  const paint = paletteFor(io.stderr, io.env);
  const problems: ReadProblem[] = [];
  for (const { rewriting, places } of stripped) {
    if (places.length === 0) continue;
    const { file } = rewriting.source;
    try {
      await replaceFile(file, rewriting.text);
      for (const place of places) io.stderr.write(placeLine(place, "removed", paint));
    } catch (error) {
      problems.push(problemWith(file, error));
    }
  }
  return problems;
}
