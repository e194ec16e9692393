import { deploymentCalls } from "../cluster/deployment-calls.ts";
import { ListError, type Listing, listOnce } from "../cluster/list-once.ts";
import type { Connection } from "../cluster/live-connect.ts";
import { type FieldPath, formatFieldPath } from "../diagnostics/field-path.ts";
import { deploymentsOf, type ReadProblem, readSources, type Source } from "../review/read.ts";
import type { SourceObject } from "../review/source.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import { deploymentKey, type SeldonDeployment } from "../seldon/types.ts";
import { type Io, UsageError } from "./io.ts";

/** A deployment that is left out of the table. */
export interface LeftOut {
  readonly namespace: string;
  readonly name: string | undefined;
  readonly file?: string;
  readonly line?: number;
  readonly reason: string;
}

/** What the table is made of. */
export interface RoutedDeployments {
  readonly deployments: readonly SeldonDeployment[];
  readonly leftOut: readonly LeftOut[];
  readonly problems: readonly ReadProblem[];
  /** The files. */
  readonly sources: readonly Source[];
  /** Of the cluster only the namespace that was asked for could be read. */
  readonly isPartial: boolean;
  /** Where the field of a deployment is written; undefined for those of a cluster. */
  readonly place: (
    deployment: SeldonDeployment,
    path: FieldPath,
  ) => { readonly file: string; readonly line: number } | undefined;
}

export interface Wanted {
  readonly paths: readonly string[];
  readonly namespace: string | undefined;
  /** The cluster whose deployments exist, if any. */
  readonly connection: Connection | undefined;
}

interface Written {
  readonly object: SourceObject;
  readonly deployment: SeldonDeployment;
}

/** The deployments of files, or those of a cluster, or both: then a file's replaces the cluster's of its name. */
export async function routedDeployments(wanted: Wanted, io: Io): Promise<RoutedDeployments> {
  const { sources, problems } = await readSources(wanted.paths, io.stdin);
  const written = new Map<string, Written>();
  const leftOut: LeftOut[] = [];
  for (const object of deploymentsOf(sources)) {
    const read = readOne(object, wanted, written);
    if ("reason" in read) leftOut.push(read);
    else written.set(keyOf(read.deployment), read);
  }
  const listing = wanted.connection && (await listingOf(wanted.connection, wanted.namespace));
  leftOut.push(...(listing?.unreadable ?? []).map(unreadable));
  const existing = (listing?.deployments ?? []).filter(
    (deployment) => !deployment.deleting && !written.has(keyOf(deployment)),
  );
  return {
    deployments: [...existing, ...[...written.values()].map(({ deployment }) => deployment)],
    leftOut,
    problems,
    sources,
    isPartial: listing?.isPartial ?? false,
    place(deployment, path) {
      const object = written.get(keyOf(deployment))?.object;
      return object && { file: object.file, line: object.lineAt(path) };
    },
  };
}

const keyOf = ({ namespace, name = "" }: SeldonDeployment): string => deploymentKey(namespace, name);

function readOne(
  object: SourceObject,
  { namespace: asked }: Wanted,
  written: ReadonlyMap<string, Written>,
): Written | LeftOut {
  const { deployment, findings } = decodeDeployment(object.value, asked ?? "default");
  const metadata = (object.value.metadata ?? {}) as { namespace?: unknown; name?: unknown };
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value ? value : undefined;
  const name = text(metadata.name);
  const leave = (reason: string, path: FieldPath): LeftOut => ({
    namespace: text(metadata.namespace) ?? asked ?? "default",
    name,
    file: object.file,
    line: object.lineAt(path),
    reason,
  });
  const [finding] = findings ?? [];
  if (finding) return leave(`${formatFieldPath(finding.path)} ${finding.message}`, finding.path);
  if (deployment === undefined || name === undefined)
    return leave("it has no name yet: the API server will generate one", ["metadata"]);
  if (deployment.deleting) return leave("it is being deleted", ["metadata", "deletionTimestamp"]);
  if (asked !== undefined && deployment.namespace !== asked)
    return leave(`it is not of the namespace ${asked} that was asked for`, ["metadata", "namespace"]);
  const first = written.get(keyOf(deployment))?.object;
  if (first)
    return leave(`it is already defined at ${first.file}:${first.lineAt(["metadata", "name"])}`, [
      "metadata",
      "name",
    ]);
  return { object, deployment };
}

async function listingOf({ client, server }: Connection, namespace: string | undefined): Promise<Listing> {
  try {
    return await listOnce(deploymentCalls(client), namespace);
  } catch (error) {
    throw error instanceof ListError ? new UsageError(`${server}: ${error.message}`) : error;
  }
}

function unreadable(key: string): LeftOut {
  const [namespace = "", name] = key.split("/");
  return { namespace, name, reason: "its fields have the wrong types" };
}
