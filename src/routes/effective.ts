import type { ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { FieldPath } from "../diagnostics/field-path.ts";
import { mappingsOf } from "../mapping/custom.ts";
import { documentsOf } from "../mapping/injection.ts";
import type { Subject } from "../mapping/subject.ts";
import type { MappingFields } from "../mapping/types.ts";

/** One Mapping that Ambassador will read, with the deployment and the field that it comes from. */
export interface RoutedMapping {
  readonly owner: { readonly namespace: string; readonly name: string };
  /** The author wrote it; else it is generated. */
  readonly isCustom: boolean;
  /** The annotation with the author's text, or the predictor that it was made for. */
  readonly source: FieldPath;
  readonly fields: MappingFields;
}

/** Whether a Mapping answers requests; a shadow receives copies only. */
export const answers = ({ fields }: Pick<RoutedMapping, "fields">): boolean => fields.shadow !== true;

/** What the Mappings of a deployment depend on besides itself. */
export interface Surroundings {
  readonly settings: EngineSettings;
  readonly cluster: ClusterView;
}

/** What Ambassador will read of a deployment: the author's own documents, or the ones generated for it. */
export function effectiveMappings(
  subject: Subject,
  surroundings: Surroundings,
  documents = () => documentsOf(subject, surroundings),
): readonly RoutedMapping[] {
  const { deployment, configuration, routing } = subject;
  if (deployment.name === undefined || deployment.deleting) return [];
  const owner = { namespace: deployment.namespace, name: deployment.name };
  const own = subject.customs.flatMap(({ source, parsed }) =>
    mappingsOf(parsed).map(
      (fields): RoutedMapping => ({ owner, isCustom: true, source: source.path, fields }),
    ),
  );
  if (configuration.custom || routing.problems.length > 0) return own;
  const owned = new Set(configuration.predictors.map(({ predictor }) => predictor));
  const mappings = [...own];
  for (const [index, ofPredictor] of documents().entries()) {
    if (owned.has(index)) continue;
    const source = ["spec", "predictors", index];
    for (const document of ofPredictor)
      if (document.kind === "Mapping")
        mappings.push({ owner, isCustom: false, source, fields: document as unknown as MappingFields });
  }
  return mappings;
}
