import { type FieldPath, formatFieldPath } from "../diagnostics/field-path.ts";
import { isMap } from "../mapping/custom.ts";
import { labelsIn, nameLabel } from "../policy/labels.ts";
import type { Labels } from "../policy/types.ts";
import type { RawObject } from "../review/objects.ts";
import { isSeldonDeployment } from "../review/objects.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { Naming } from "./naming.ts";
import type { RawCase, RawSurroundings } from "./raw-test.ts";

/** What a case finds in its cluster. */
export interface Surroundings {
  readonly existing: readonly SeldonDeployment[];
  readonly labels: ReadonlyMap<string, Labels>;
}

const withName = (name: string, labels: Iterable<[string, string]>): Labels =>
  new Map([[nameLabel, name], ...labels]);

/** Objects, and where the test names them. */
interface Part {
  readonly objects: readonly RawObject[];
  readonly path: FieldPath;
}

function deploymentsIn({ objects, path }: Part, namespace: string, naming: Naming): SeldonDeployment[] {
  return objects.filter(isSeldonDeployment).flatMap((raw) => {
    const { deployment, findings = [] } = decodeDeployment(raw, namespace);
    for (const finding of findings)
      naming.problem(path, `${formatFieldPath(finding.path)}: ${finding.message}`);
    return deployment === undefined ? [] : [deployment];
  });
}

function* namespacesIn({ objects }: Part): Iterable<[string, Labels]> {
  for (const { apiVersion, kind, metadata } of objects) {
    const name = isMap(metadata) ? metadata.name : undefined;
    if (kind === "Namespace" && apiVersion === "v1" && typeof name === "string")
      yield [name, withName(name, labelsIn(metadata))];
  }
}

const written = ({ namespaces = {} }: RawSurroundings): [string, Labels][] =>
  Object.entries(namespaces).map(([name, labels]) => [name, withName(name, Object.entries(labels))]);

/** What holds for all cases of a file, and what one of them adds; of the same namespace or deployment the latter counts. */
export function surroundingsOf(
  forAll: RawSurroundings,
  own: Pick<RawCase, keyof RawSurroundings | "namespace">,
  path: FieldPath,
  naming: Naming,
): Surroundings {
  const partsOf = ({ cluster = [] }: RawSurroundings, at: FieldPath): Part[] =>
    cluster.map((ref, index) => {
      const place = [...at, "cluster", index];
      return { path: place, objects: naming.objects(ref, place) };
    });
  const parts = [...partsOf(forAll, []), ...partsOf(own, path)];
  const { namespace = "default" } = own;
  return {
    existing: parts.flatMap((part) => deploymentsIn(part, namespace, naming)),
    labels: new Map([
      ...parts.flatMap((part) => [...namespacesIn(part)]),
      ...written(forAll),
      ...written(own),
    ]),
  };
}
