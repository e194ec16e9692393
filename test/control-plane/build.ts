import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, findBinaries, isProgram, onPath } from "./binaries.ts";

interface Target {
  readonly name: string;
  readonly module: string;
  readonly package: string;
}

const targets: readonly Target[] = [
  { name: "etcd", module: "go.etcd.io/etcd/server/v3", package: "go.etcd.io/etcd/server/v3" },
  { name: "kube-apiserver", module: "k8s.io/kubernetes", package: "k8s.io/kubernetes/cmd/kube-apiserver" },
  { name: "kubectl", module: "k8s.io/kubernetes", package: "k8s.io/kubernetes/cmd/kubectl" },
];

const pins = fileURLToPath(new URL(".", import.meta.url));
const goMod = readFileSync(join(pins, "go.mod"), "utf8");
const goSum = readFileSync(join(pins, "go.sum"), "utf8");
const stampFile = join(cacheFolder, "built.json");
const progressMs = 20_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function versionOf(target: Target): string {
  const lines = goMod.split("\n").map((line) => line.trim().split(" "));
  const [, version] = lines.find(([module, word]) => module === target.module && word?.startsWith("v")) ?? [];
  if (version === undefined) throw new Error(`go.mod does not require ${target.module}`);
  return version;
}

// A module's own build knows its version only from us; feature gates and `kubectl version` go by it.
function linkerFlags(target: Target): string {
  const version = versionOf(target);
  const [major = "", minor = ""] = version.slice(1).split(".");
  const stamps = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const settings = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) =>
    Object.entries(stamps).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
  return ["-s -w", ...(target.module === "k8s.io/kubernetes" ? settings : [])].join(" ");
}

const buildArgs = (target: Target): readonly string[] => [
  ...["build", "-mod=readonly", "-trimpath", "-buildvcs=false"],
  `-ldflags=${linkerFlags(target)}`,
];

/** What a program was made from; another fingerprint means that it must be made again. */
const fingerprint = (target: Target): string =>
  createHash("sha256")
    .update(JSON.stringify([goMod, goSum, process.platform, process.arch, buildArgs(target)]))
    .digest("hex");

function readStamp(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {};
  }
}

const isCurrent = (target: Target): boolean =>
  isProgram(join(cacheFolder, target.name)) && readStamp()[target.name] === fingerprint(target);

const elapsed = (start: number): string => {
  const seconds = Math.round((Date.now() - start) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

let compiler: ChildProcess | undefined;
let interrupted = false;

/** Runs the Go tool; resolves with what it complained about when it fails. */
async function runGo(args: readonly string[], temporary: string): Promise<string | undefined> {
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOTMPDIR: temporary };
  // A group of its own, to be interrupted together with the compilers that it runs.
  const go = spawn("go", args, { cwd: pins, env, stdio: ["ignore", "ignore", "pipe"], detached: true });
  compiler = go;
  let output = "";
  go.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const status = await new Promise((resolve, reject) => go.once("error", reject).once("close", resolve));
  compiler = undefined;
  return status === 0 ? undefined : output.replaceAll(/^go: downloading .*\n/gm, "");
}

async function build(target: Target, temporary: string): Promise<void> {
  const label = `${target.name} ${versionOf(target)}`;
  const start = Date.now();
  say(`${label}: building`);
  const progress = setInterval(() => say(`${label}: still building, ${elapsed(start)}`), progressMs);
  const file = join(temporary, target.name);
  const args = [...buildArgs(target), "-o", file, target.package];
  const complaint = await runGo(args, temporary).finally(() => clearInterval(progress));
  if (complaint !== undefined) throw new Error(`${label} could not be built:\n${complaint}`);
  renameSync(file, join(cacheFolder, target.name));
  const stamp = join(temporary, "built.json");
  writeFileSync(stamp, JSON.stringify({ ...readStamp(), [target.name]: fingerprint(target) }, undefined, 2));
  renameSync(stamp, stampFile);
  say(`${label}: built in ${elapsed(start)}`);
}

const temporaryPrefix = "building-";

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// A build that was killed outright could not tidy up after itself.
function sweep(): void {
  const left = readdirSync(cacheFolder).filter((name) => name.startsWith(temporaryPrefix));
  for (const name of left.filter((entry) => !isAlive(Number(entry.slice(temporaryPrefix.length)))))
    rmSync(join(cacheFolder, name), { recursive: true, force: true });
}

async function buildAll(wanted: readonly Target[]): Promise<void> {
  mkdirSync(cacheFolder, { recursive: true });
  sweep();
  const temporary = join(cacheFolder, `${temporaryPrefix}${process.pid}`);
  mkdirSync(temporary);
  try {
    for (const target of wanted) {
      if (interrupted) throw new Error("interrupted");
      await build(target, temporary);
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const noGo = `There is no Go toolchain to build the control plane with. Install Go (https://go.dev/dl), or get the
programs ready-made and say where they are:
  export KUBEBUILDER_ASSETS="$(setup-envtest use -p path)"
setup-envtest is a release asset of controller-runtime; where there is Go it runs as
  go run sigs.k8s.io/controller-runtime/tools/setup-envtest@latest use -p path`;

async function main(): Promise<void> {
  if (process.env.KUBEBUILDER_ASSETS) {
    const { missing } = findBinaries(process.env);
    if (missing !== undefined) throw new Error(missing);
    return say("nothing to build: KUBEBUILDER_ASSETS is set");
  }
  const wanted = targets.filter(({ name }) => name !== "kubectl" || onPath(name, process.env) === undefined);
  const stale = wanted.filter((target) => !isCurrent(target));
  if (stale.length > 0 && spawnSync("go", ["version"]).status !== 0) throw new Error(noGo);
  const interrupt = (): void => {
    interrupted = true;
    if (compiler?.pid !== undefined) process.kill(-compiler.pid, "SIGINT");
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  await buildAll(stale);
  say(`ready: ${wanted.map((target) => `${target.name} ${versionOf(target)}`).join(", ")}`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `${interrupted ? "interrupted; what was already built stays" : (error as Error).message}\n`,
  );
  process.exitCode = interrupted ? 130 : 1;
}
