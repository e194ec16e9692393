import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Finding } from "../diagnostics/finding.ts";
import { unitTypeFindings } from "./schema.ts";
import type { PredictiveUnit } from "./types.ts";

interface RawUnit {
  readonly name?: string | null;
  readonly implementation?: string | null;
  readonly children?: readonly RawUnit[] | null;
}

interface Visit {
  readonly unit: RawUnit;
  readonly parent: Visit | undefined;
  readonly index: number;
}

export type DecodedGraph =
  | { readonly units: readonly PredictiveUnit[]; readonly findings?: undefined }
  | { readonly units?: undefined; readonly findings: readonly Finding[] };

/** Flattens a graph, root first, depth first. Iterative, because nesting is the author's to choose. */
export function decodeGraph(root: unknown, path: FieldPath): DecodedGraph {
  const units: PredictiveUnit[] = [];
  const pending: Visit[] = [{ unit: root as RawUnit, parent: undefined, index: 0 }];
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const findings = unitTypeFindings(visit.unit);
    if (findings.length > 0) {
      const at = pathOf(visit, path);
      return { findings: findings.map((finding) => ({ ...finding, path: [...at, ...finding.path] })) };
    }
    units.push({
      name: visit.unit.name ?? "",
      implementation: visit.unit.implementation ?? undefined,
    });
    const children = visit.unit.children ?? [];
    for (let index = children.length - 1; index >= 0; index--)
      pending.push({ unit: children[index] as RawUnit, parent: visit, index });
  }
  return { units };
}

function pathOf(visit: Visit, root: FieldPath): FieldPath {
  const steps: (string | number)[] = [];
  for (let at: Visit = visit; at.parent !== undefined; at = at.parent) steps.push(at.index, "children");
  return [...root, ...steps.reverse()];
}
