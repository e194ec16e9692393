import { snapshotOf } from "../cluster/snapshot.ts";
import type { ClusterView } from "../cluster/view.ts";
import { formatFieldPath } from "../diagnostics/field-path.ts";
import { isSeldonDeployment, type PlacedObject, readObjects } from "../review/read.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import { type Io, UsageError } from "./io.ts";

function decode({ value, file, lineAt }: PlacedObject): SeldonDeployment {
  const { deployment, findings } = decodeDeployment(value, "default");
  if (deployment !== undefined) return deployment;
  const lines = findings.map(
    ({ path, message }) => `${file}:${lineAt(path)}: ${formatFieldPath(path)}: ${message}`,
  );
  throw new UsageError(lines.join("\n"));
}

/** The deployments of these files and folders, which stand for those of a cluster. Throws UsageError. */
export async function knownDeployments(paths: readonly string[], io: Io): Promise<ClusterView> {
  const { objects, problems } = await readObjects(paths, io.stdin);
  if (problems.length > 0)
    throw new UsageError(
      problems
        .map(({ file, line, message }) => `${file}${line === undefined ? "" : `:${line}`}: ${message}`)
        .join("\n"),
    );
  return snapshotOf(objects.filter(({ value }) => isSeldonDeployment(value)).map(decode));
}
