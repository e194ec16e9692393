import type { Decision, EngineContext } from "../admission/engine.ts";
import { mutate } from "../admission/mutate.ts";
import { judgeStored } from "../admission/stored.ts";
import type { AdmissionRequest, PatchOperation } from "../admission/types.ts";
import { validate } from "../admission/validate.ts";
import { snapshotOf } from "../cluster/snapshot.ts";
import { type EngineSettings, settingsFor } from "../config/settings.ts";
import { duplicate, type Finding, invalid, type Report } from "../diagnostics/finding.ts";
import { withDefaults } from "../policy/defaults.ts";
import { type PolicyContext, policyFor } from "../policy/policy-index.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import { deploymentKey, type SeldonDeployment } from "../seldon/types.ts";
import type { RawObject } from "./objects.ts";
import { applyPatch } from "./patch.ts";
import type { SourceObject } from "./source.ts";

/** What a review depends on besides its input. */
export interface ReviewOptions {
  readonly settings: EngineSettings;
  readonly policy?: PolicyContext | undefined;
  /** The namespace that was asked for. */
  readonly namespace?: string | undefined;
  /** SeldonDeployments that exist already. */
  readonly existing: readonly SourceObject[];
  /** The input is what is stored, not what is to be: it is judged as it stands. */
  readonly isStored?: boolean;
}

/** A report as it is printed. */
export interface PrintedReport extends Omit<Report, "rule"> {
  /** Undefined where the input as a whole is at fault, not the object by a rule. */
  readonly rule: string | undefined;
  /** The line of the file that it is about; absent where there is no file. */
  readonly line?: number | undefined;
}

/** A report, and the line of the file that it is about. */
export interface LocatedReport extends PrintedReport {
  readonly line: number;
}

/** One deployment of the input, judged as the webhook would judge it. */
export interface Outcome {
  readonly object: SourceObject;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly allowed: boolean;
  readonly reports: readonly LocatedReport[];
  readonly patch: readonly PatchOperation[];
}

const defaultNamespace = "default";

const metadataOf = ({ value }: SourceObject): RawObject => {
  const { metadata } = value;
  return typeof metadata === "object" && metadata !== null ? (metadata as RawObject) : {};
};

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

interface Named {
  readonly object: SourceObject;
  readonly namespace: string;
  readonly name: string | undefined;
}

const nameIn = (object: SourceObject, namespace: string | undefined): Named => {
  const metadata = metadataOf(object);
  return {
    object,
    namespace: textOf(metadata.namespace) ?? namespace ?? defaultNamespace,
    name: textOf(metadata.name),
  };
};

const keyOf = ({ namespace, name }: Named): string | undefined =>
  name === undefined ? undefined : deploymentKey(namespace, name);

const decoded = ({ object, namespace }: Named): SeldonDeployment[] => {
  const { deployment } = decodeDeployment(object.value, namespace);
  return deployment === undefined ? [] : [deployment];
};

/** As it will be for the others once it has been through the webhook. */
const withItsDefaults =
  ({ settings, policy }: Pick<EngineContext, "settings" | "policy">) =>
  (deployment: SeldonDeployment): SeldonDeployment => {
    const { operatorVersion } = settingsFor(settings, deployment).seldon;
    return withDefaults(deployment, policyFor(policy, deployment.namespace, operatorVersion));
  };

const misuse = (finding: Finding, fix: string): Omit<LocatedReport, "line"> => ({
  rule: undefined,
  severity: "error",
  finding,
  fix,
});

// kubectl refuses such an object before the cluster sees it.
function namespaceConflict(named: Named, asked: string | undefined): Omit<LocatedReport, "line">[] {
  if (asked === undefined || named.namespace === asked) return [];
  const message = `does not match the namespace that was asked for, ${JSON.stringify(asked)}`;
  const finding = invalid(["metadata", "namespace"], named.namespace, message);
  return [misuse(finding, `Review it with --namespace=${named.namespace}, or correct metadata.namespace.`)];
}

function repetition(named: Named, first: Named | undefined): Omit<LocatedReport, "line">[] {
  if (first === undefined || first === named) return [];
  const { file } = first.object;
  const place = `${file}:${first.object.lineAt(["metadata", "name"])}`;
  const finding = duplicate(
    ["metadata", "name"],
    named.name,
    `${keyOf(named)} is already defined at ${place}`,
  );
  return [misuse(finding, "Keep one of the two, or give one another name or namespace.")];
}

function requestFor({ object, namespace, name }: Named, existing: Named | undefined): AdmissionRequest {
  const version = String(object.value.apiVersion).split("/")[1] ?? "";
  return {
    uid: `${object.file}:${object.lineAt([])}`,
    kind: { group: "machinelearning.seldon.io", version, kind: "SeldonDeployment" },
    namespace,
    ...(name !== undefined && { name }),
    object: object.value,
    ...(existing === undefined
      ? { operation: "CREATE" }
      : { operation: "UPDATE", oldObject: existing.object.value }),
  };
}

type Verdict = Pick<Decision, "patch" | "reports">;

/** What comes of sending it to the webhook. */
function passes(named: Named, existing: Named | undefined, context: EngineContext): Verdict {
  const request = requestFor(named, existing);
  const { patch } = mutate(request, context);
  const mutated = { ...request, object: applyPatch(request.object, patch) };
  return { patch, reports: validate(mutated, context, named.object.value).reports };
}

const stands = ({ object, namespace }: Named, context: EngineContext): Verdict => ({
  patch: [],
  reports: judgeStored(object.value, namespace, context).reports,
});

/** Keeps the first of those with the same key. */
function firstByKey(all: readonly Named[]): Map<string, Named> {
  const first = new Map<string, Named>();
  for (const named of all) {
    const key = keyOf(named);
    if (key !== undefined && !first.has(key)) first.set(key, named);
  }
  return first;
}

/** Judges every deployment of the input, all others of the input and the existing ones being its cluster. */
export function judge(input: readonly SourceObject[], options: ReviewOptions): Outcome[] {
  const all = input.map((object) => nameIn(object, options.namespace));
  const first = firstByKey(all);
  const before = options.existing.map((object) => nameIn(object, options.namespace));
  const existing = new Map(before.map((named) => [keyOf(named), named]));
  const { settings, policy, isStored } = options;
  const own = [...first.values()].flatMap(decoded);
  const cluster = snapshotOf([
    ...before.flatMap(decoded),
    ...(isStored ? own : own.map(withItsDefaults(options))),
  ]);
  const context: EngineContext = { settings, cluster, policy };

  return all.map((named) => {
    const key = keyOf(named);
    const before = key === undefined ? undefined : existing.get(key);
    const { patch, reports: found } = isStored ? stands(named, context) : passes(named, before, context);
    const reports = [
      ...namespaceConflict(named, options.namespace),
      ...repetition(named, key === undefined ? undefined : first.get(key)),
      ...found,
    ].map((report) => ({ ...report, line: named.object.lineAt(report.finding.path) }));
    return { ...named, patch, reports, allowed: reports.every(({ severity }) => severity !== "error") };
  });
}
