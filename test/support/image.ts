import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type Instruction, isIgnored, patternsOf, type Stage, stagesOf, textsOf } from "./dockerfile.ts";

/** A stage that was built as a folder: its root, and where its commands run. */
interface Built {
  readonly root: string;
  workdir: string;
}

/** What was built of a project's Dockerfile without a container engine. */
export interface Image {
  readonly stages: readonly Stage[];
  /** The root of the last stage. */
  readonly root: string;
  /** The folder in which its command would start. */
  readonly workdir: string;
}

const within = (built: Built, path: string): string =>
  path.startsWith("/") ? join(built.root, path) : join(built.root, built.workdir, path);

/** The files that a builder is sent: what git knows or could know of, less what .dockerignore keeps out. */
export function contextFiles(project: string): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others"], {
    cwd: project,
    encoding: "utf8",
    // Whatever was ever installed below .cache is among them.
    maxBuffer: 256e6,
  });
  const patterns = patternsOf(join(project, ".dockerignore"));
  const files = listed.split("\n").filter((file) => file !== "" && existsSync(join(project, file)));
  return files.filter((file) => !isIgnored(patterns, file));
}

function copy(built: Built, { flags, text }: Instruction, sourceOf: (from?: string) => Built): void {
  const from = flags.find((flag) => flag.startsWith("--from="))?.slice("--from=".length);
  const source = sourceOf(from);
  const words = text.split(" ");
  const target = within(built, words.at(-1) ?? "");
  for (const word of words.slice(0, -1)) {
    const path = within(source, word);
    // A folder's contents are copied; files go into a target that ends with a slash.
    const isFolder = statSync(path).isDirectory();
    const to =
      !isFolder && (words.at(-1) ?? "").endsWith("/") ? join(target, word.split("/").at(-1) ?? "") : target;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(path, to, { recursive: true, verbatimSymlinks: true });
  }
}

function run(built: Built, command: string): void {
  // A builder has no variables of ours; npm needs PATH, and its own configuration from HOME.
  const { PATH, HOME } = process.env;
  const options = { cwd: within(built, "."), env: { PATH, HOME }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", command], options);
  assert.equal(status, 0, `RUN ${command}\n${stdout}${stderr}`);
}

function build(stage: Stage, root: string, sourceOf: (from?: string) => Built): Built {
  const built: Built = { root, workdir: "/" };
  mkdirSync(root);
  for (const instruction of stage.instructions) {
    if (instruction.name === "WORKDIR") {
      built.workdir = instruction.text;
      mkdirSync(within(built, "."), { recursive: true });
    } else if (instruction.name === "COPY") copy(built, instruction, sourceOf);
    else if (instruction.name === "RUN") run(built, instruction.text);
  }
  return built;
}

/** Runs the COPY and RUN steps of a project's Dockerfile as plain commands, each stage in a folder of its own. */
export function buildImage(t: TestContext, project: string): Image {
  const folder = mkdtempSync(join(tmpdir(), "image-"));
  t.after(() => {
    execFileSync("chmod", ["-R", "u+w", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  // Whoever the image runs as must be able to come here.
  chmodSync(folder, 0o755);
  const context: Built = { root: join(folder, "context"), workdir: "/" };
  for (const file of contextFiles(project)) cpSync(join(project, file), join(context.root, file));
  const stages = stagesOf(join(project, "Dockerfile"));
  const built = new Map<string, Built>();
  const sourceOf = (from?: string): Built => {
    const source = from === undefined ? context : built.get(from);
    assert.ok(source, `COPY --from=${from}: there is no such stage before it`);
    return source;
  };
  for (const stage of stages)
    built.set(stage.name, build(stage, join(folder, `stage-${stage.name}`), sourceOf));
  const last = sourceOf(stages.at(-1)?.name);
  return { stages, root: last.root, workdir: within(last, ".") };
}

/** Every file below a folder. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();

/** The command of a stage, as it would be executed. */
export const commandOf = (stage: Stage): readonly string[] =>
  ["ENTRYPOINT", "CMD"].flatMap((name) => JSON.parse(textsOf(stage, name).at(-1) ?? "[]") as string[]);
