import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Kubectl, KubectlResult } from "./kubectl.ts";

const plural = "seldondeployments";
const group = "machinelearning.seldon.io";
const ownFile = fileURLToPath(new URL("./crd.yaml", import.meta.url));
const attempts = 100;
const pauseMs = 100;

async function mustRun(kubectl: Kubectl, args: readonly string[]): Promise<string> {
  const { stdout, stderr, status } = await kubectl(args);
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: exit status ${status}\n${stderr}`);
  return stdout;
}

// `kubectl wait` gives up on a CRD that has no conditions yet, as a new one has for a moment.
async function until(kubectl: Kubectl, args: readonly string[], stdout: RegExp): Promise<void> {
  let last: KubectlResult | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    last = await kubectl(args);
    if (last.status === 0 && stdout.test(last.stdout)) return;
    await sleep(pauseMs);
  }
  throw new Error(`kubectl ${args.join(" ")}: exit status ${last?.status}\n${last?.stdout}${last?.stderr}`);
}

/** Installs SeldonDeployment, ours or the one of CRD_FILE, and waits until every version of it is served. */
export async function installCrd(kubectl: Kubectl, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  // Server-side, because Seldon's own does not fit into the annotation of a client-side apply.
  await mustRun(kubectl, ["apply", "--server-side", "-f", env.CRD_FILE ?? ownFile]);
  const read = (path: string): readonly string[] => [
    "get",
    `crd/${plural}.${group}`,
    "-o",
    `jsonpath=${path}`,
  ];
  await until(kubectl, read('{.status.conditions[?(@.type=="Established")].status}'), /^True$/);
  const versions = await mustRun(kubectl, read("{.spec.versions[?(@.served)].name}"));
  // Discovery and the handlers hear of it a little later.
  for (const version of versions.split(" "))
    await until(kubectl, ["get", `${plural}.${version}.${group}`, "--all-namespaces"], /^/);
}
