import { randomBytes } from "node:crypto";
import { judgeStored } from "../../admission/stored.ts";
import { patchOf } from "../../adopt/plan.ts";
import { servedVersion } from "../../cluster/live-api.ts";
import type { ApiClient } from "../../cluster/live-client.ts";
import { LiveFailure } from "../../cluster/live-failure.ts";
import { emptyCluster } from "../../cluster/snapshot.ts";
import { NamespaceUnknown } from "../../policy/labels.ts";
import { group, plural } from "../../seldon/api.ts";
import type { Installation, Trial, Trials } from "../facts.ts";
import { type Fetched, read, unread, valueIn } from "../fetched.ts";
import { describeAddress } from "../hooks.ts";
import type { Namespace } from "../kubernetes.ts";
import { type Probe, probes } from "../probes.ts";
import { type Engine, engineOf, type Ruling, type World } from "../ruling.ts";
import { type Labels, labelsFor, selects } from "../selector.ts";
import { labelsNeeded } from "./inventory.ts";
import { asFetched } from "./reader.ts";

/** Two webhooks in turn may take 30 s each. */
const callMs = 90_000;

/** Where and by what an installation is tried. */
interface Place {
  /** Undefined where none is selected. */
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly ruling: Ruling;
  /** For messages: which installation. */
  readonly object?: string;
}

/** What is wished for, and what there is to choose from. */
export interface TrialOptions {
  /** The user's choice. */
  readonly namespace: string | undefined;
  readonly namespaces: Fetched<readonly Namespace[]>;
  readonly installations: readonly Installation[];
  /** Where there is no installation. */
  readonly ruling: Ruling;
  readonly world: World;
}

/** Tries a right and a wrong object for each installation. All are dry runs: nothing is stored. */
export async function tryOut(client: ApiClient, options: TrialOptions): Promise<Fetched<readonly Trials[]>> {
  const version = await versionOf(client);
  if (version.state !== "read") return version;
  const { installations, ruling, world, namespace = "default" } = options;
  const places =
    installations.length === 0
      ? [{ namespace, labels: {}, ruling }]
      : installations.map((installation) => placeFor(installation, options));
  const all: Trials[] = [];
  for (const place of places) all.push(await tryAt(client, version.value, place, world));
  return read(all);
}

async function versionOf(client: ApiClient): Promise<Fetched<string>> {
  try {
    return read(servedVersion(await client.json(`/apis/${group}`, { signal: AbortSignal.timeout(callMs) })));
  } catch (error) {
    return asFetched(error, `the versions of ${group}`);
  }
}

/** The namespace that was asked for, `default`, or the first that the webhook selects; and labels that it selects. */
export function placeFor(
  { address, hooks, settings }: Pick<Installation, "address" | "hooks" | "settings">,
  { namespace, namespaces }: Pick<TrialOptions, "namespace" | "namespaces">,
): Place {
  const hook = hooks.find(({ kind }) => kind === "validating") ?? hooks[0];
  const selected = (valueIn(namespaces) ?? [])
    .filter(
      ({ metadata, status }) =>
        status?.phase !== "Terminating" && selects(hook?.namespaceSelector, metadata?.labels ?? {}),
    )
    .map(({ metadata }) => metadata?.name ?? "");
  const fitting = selected.includes("default") ? "default" : selected[0];
  return {
    namespace: namespace ?? fitting ?? (namespaces.state === "read" ? undefined : "default"),
    labels: labelsFor(hook?.objectSelector) ?? {},
    ruling: settings,
    object: describeAddress(address),
  };
}

async function tryAt(
  client: ApiClient,
  version: string,
  { ruling, namespace, labels, object = "" }: Place,
  world: World,
): Promise<Trials> {
  if (namespace === undefined)
    return { place: object, right: { state: "absent" }, wrong: { state: "absent" } };
  const name = `doctor-${randomBytes(6).toString("hex")}`;
  const { right, wrong } = probes({ name, namespace, labels, version });
  const engine = engineOf(ruling, world);
  const suffix = Object.entries(labels).map(([key, value]) => `, labelled ${key}=${value}`);
  return {
    place: `${namespace}${suffix.join("")}`,
    wrong: await tryOne(client, wrong, engine),
    right: await tryOne(client, right, engine),
  };
}

/** What RBAC, and no webhook, refuses. */
const isForbidden = ({ code, message }: LiveFailure): boolean =>
  code === 403 && / cannot create resource /.test(message);

async function tryOne(client: ApiClient, probe: Probe, engine: Engine): Promise<Fetched<Trial>> {
  const { namespace } = probe.metadata;
  const query = "dryRun=All&fieldManager=seldon-ambassador-webhook-doctor";
  const path = `/apis/${probe.apiVersion}/namespaces/${encodeURIComponent(namespace)}/${plural}?${query}`;
  try {
    const object = await client.json(path, {
      method: "POST",
      body: probe,
      signal: AbortSignal.timeout(callMs),
    });
    return read({ outcome: "created", object, ...expected(probe, object, engine) });
  } catch (error) {
    if (error instanceof NamespaceUnknown) return unread(labelsNeeded(error));
    if (!(error instanceof LiveFailure) || error.code === undefined) throw error;
    if (isForbidden(error)) return unread(`what becomes of a write in ${namespace} (forbidden)`);
    return read({ outcome: "refused", message: error.message.replace(/^HTTP \d+: /, "") });
  }
}

/** What the webhook of this engine says of what was sent, and of what has become of it. */
function expected(probe: Probe, object: unknown, engine: Engine) {
  const { namespace } = probe.metadata;
  const context = { ...engine, cluster: emptyCluster() };
  const { reports } = judgeStored(object, namespace, context);
  return {
    isComplete: patchOf(object, namespace, context).length === 0,
    isAcceptable: reports.every(({ severity }) => severity !== "error"),
  };
}
