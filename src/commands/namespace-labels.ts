import type { Connection } from "../cluster/live-connect.ts";
import { isMap } from "../mapping/custom.ts";
import { type LabelsOf, labelsIn, nameLabel } from "../policy/labels.ts";
import type { PolicyContext } from "../policy/policy-index.ts";
import type { Labels } from "../policy/types.ts";
import type { LoadedPolicy } from "../policy-file/load.ts";
import { paletteFor } from "../review/palette.ts";
import type { Source } from "../review/read.ts";
import { clusterFailure } from "./cluster-failure.ts";
import type { Io } from "./io.ts";
import { policyNow } from "./policy-source.ts";

type Known = Map<string, Labels>;

function add(known: Known, raw: unknown): void {
  const { metadata } = isMap(raw) ? raw : {};
  const { name } = isMap(metadata) ? metadata : {};
  if (typeof name === "string") known.set(name, new Map([[nameLabel, name], ...labelsIn(metadata)]));
}

/** The Namespaces among the objects of files. */
function knownIn(sources: readonly Source[]): Known {
  const known: Known = new Map();
  for (const { value } of sources.flatMap(({ objects }) => objects))
    if (value.kind === "Namespace" && value.apiVersion === "v1") add(known, value);
  return known;
}

/** The least that is known of any namespace is its name; of the others it is said once that no more is known. */
function withWarning(known: Known, io: Io): LabelsOf {
  return (namespace) => {
    const labels = known.get(namespace);
    if (labels !== undefined) return labels;
    const label = paletteFor(io.stderr, io.env)("yellow", "warning:");
    io.stderr.write(
      `${label} the labels of namespace ${namespace} are not known, and the policy reads them: give its Namespace object among the files\n`,
    );
    const least = new Map([[nameLabel, namespace]]);
    known.set(namespace, least);
    return least;
  };
}

/** A policy for the objects of files, whose Namespaces stand among them. */
export const policyForFiles = (
  policy: LoadedPolicy | undefined,
  sources: readonly Source[],
  io: Io,
): PolicyContext | undefined =>
  policyNow(policy, policy?.index.readsLabels ? withWarning(knownIn(sources), io) : () => new Map());

const callMs = 30_000;

/** All Namespaces of a cluster. Rejects with LiveFailure. */
async function listed({ client }: Connection): Promise<Known> {
  const known: Known = new Map();
  let next = "";
  do {
    const query = new URLSearchParams({ limit: "500", ...(next && { continue: next }) });
    const list = await client.json(`/api/v1/namespaces?${query}`, { signal: AbortSignal.timeout(callMs) });
    const { items, metadata } = isMap(list) ? list : {};
    for (const item of Array.isArray(items) ? items : []) add(known, item);
    next = isMap(metadata) && typeof metadata.continue === "string" ? metadata.continue : "";
  } while (next !== "");
  return known;
}

/** A policy for what stands in a cluster and in files; Namespaces are read only if it looks at their labels. */
export async function policyForCluster(
  policy: LoadedPolicy | undefined,
  connection: Connection,
  io: Io,
  sources: readonly Source[] = [],
): Promise<PolicyContext | undefined> {
  if (!policy?.index.readsLabels) return policyForFiles(policy, sources, io);
  try {
    const known = await listed(connection);
    for (const [name, labels] of knownIn(sources)) known.set(name, labels);
    return policyNow(policy, withWarning(known, io));
  } catch (error) {
    throw clusterFailure(connection.server, error);
  }
}
