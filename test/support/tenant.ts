import assert from "node:assert/strict";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { KubectlOptions, KubectlResult } from "../control-plane/kubectl.ts";
import { type DeploymentFields, deploymentOf, type Json } from "./deployment.ts";

/** Objects as YAML text, or to be written as one. */
export type Input = string | Json | readonly Json[];

/** A namespace, and kubectl for it. */
export interface Tenant {
  readonly namespace: string;
  /** kubectl, however it ends. */
  run(args: string | readonly string[], options?: KubectlOptions): Promise<KubectlResult>;
  /** kubectl, which must succeed and print no warning: what it prints. */
  quietly(args: string | readonly string[], input?: Input): Promise<string>;
  /** kubectl, which must succeed: what it prints to standard error. */
  warnings(args: string | readonly string[], input?: Input): Promise<string>;
  /** kubectl, which must fail with exit status 1: what it prints to standard error. */
  complaint(args: string | readonly string[], input?: Input): Promise<string>;
  /** A SeldonDeployment as it is stored. */
  stored(name: string): Promise<Json>;
}

const list = (items: readonly Json[]): Json => ({ apiVersion: "v1", kind: "List", items });

/** JSON is YAML. */
const textOf = (input: Input): string => {
  if (typeof input === "string") return input;
  return JSON.stringify(Array.isArray(input) ? list(input) : input);
};

const words = (args: string | readonly string[]): readonly string[] =>
  typeof args === "string" ? args.split(" ") : args;

/** Makes a namespace for one test's objects, so that no test meets those of another. */
export async function tenant({ kubectl }: ControlPlane, namespace: string): Promise<Tenant> {
  const run: Tenant["run"] = (args, options) => kubectl(["-n", namespace, ...words(args)], options);
  const ended = async (args: string | readonly string[], status: number, input: Input = "") => {
    const result = await run(args, { input: textOf(input) });
    const shown = `kubectl ${words(args).join(" ")}\n${result.stdout}${result.stderr}`;
    assert.equal(result.status, status, shown);
    return { ...result, shown };
  };
  const quietly: Tenant["quietly"] = async (args, input) => {
    const { stdout, stderr, shown } = await ended(args, 0, input);
    assert.equal(stderr, "", shown);
    return stdout;
  };
  await quietly(`create namespace ${namespace}`);
  return {
    namespace,
    run,
    quietly,
    warnings: async (args, input) => (await ended(args, 0, input)).stderr,
    complaint: async (args, input) => (await ended(args, 1, input)).stderr,
    stored: async (name) => JSON.parse(await quietly(`get sdep ${name} -o json`)),
  };
}

/** What the API server answers about a deployment. */
export const resource = (name: string): string => `seldondeployment.machinelearning.seldon.io/${name}`;

/** A deployment as a file of its author's: the namespace is whichever it is applied to. */
export function fileOf(fields: DeploymentFields): Json {
  const { metadata, spec, ...rest } = deploymentOf(fields);
  const { namespace: _, ...own } = metadata;
  return { ...rest, metadata: own, spec };
}
