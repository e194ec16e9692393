import type { FieldPath } from "../diagnostics/field-path.ts";
import { annotationPath, keys } from "../seldon/annotations.ts";
import type { Era } from "../seldon/era.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import { isGenerated } from "./marker.ts";

/** The annotation that Ambassador itself reads; on a predictor the operator copies it to the Services. */
export const ambassadorKey = "getambassador.io/config";

/** Where a configuration can stand on a SeldonDeployment. */
export type Place = "spec" | "metadata" | "predictor";

export interface ConfigurationText {
  readonly text: string;
  readonly place: Place;
  /** Index of the predictor, for the place "predictor". */
  readonly predictor: number | undefined;
  readonly path: FieldPath;
}

/** The configuration texts on an object, told apart by who wrote them. */
export interface Configuration {
  /** The author's own `seldon.io/ambassador-config`, which replaces everything that would be generated. */
  readonly custom: ConfigurationText | undefined;
  /** The author's own `getambassador.io/config` of single predictors, which replaces theirs. */
  readonly predictors: readonly ConfigurationText[];
  /** Texts made here, wherever they stand. */
  readonly generated: readonly ConfigurationText[];
  /** spec holds the key with an empty value: the operator then never looks into metadata. */
  readonly blinded: boolean;
}

export const predictorPath = (index: number): FieldPath => [
  "spec",
  "predictors",
  index,
  "annotations",
  ambassadorKey,
];

/** Reads all places, `seldon.io/ambassador-config` as the operator does: spec first, even when it is empty. */
export function readConfiguration(deployment: SeldonDeployment, era: Era): Configuration {
  const texts = textsOf(deployment);
  const generated = texts.filter(({ text }) => isGenerated(text));
  const own = texts.filter(({ text }) => !isGenerated(text));
  const isRead = (place: Place): boolean =>
    place === "spec" || (place === "metadata" && era.readsMetadataAnnotations);
  const [first] = own.filter(({ place }) => isRead(place));
  return {
    custom: first?.text ? first : undefined,
    predictors: own.filter(({ place, text }) => place === "predictor" && text !== ""),
    generated,
    blinded: first?.place === "spec" && first.text === "",
  };
}

function textsOf({ spec, annotations }: SeldonDeployment): readonly ConfigurationText[] {
  const texts: ConfigurationText[] = [];
  const add = (text: string | undefined, place: Place, predictor?: number): void => {
    if (text === undefined) return;
    const path = place === "predictor" ? predictorPath(predictor ?? 0) : annotationPath(place, keys.config);
    texts.push({ text, place, predictor, path });
  };
  add(spec.annotations.get(keys.config), "spec");
  add(annotations.get(keys.config), "metadata");
  for (const [index, predictor] of spec.predictors.entries())
    add(predictor.annotations.get(ambassadorKey), "predictor", index);
  return texts;
}

/** Every text of the author's own, read by the operator or not. */
export const customTexts = (deployment: SeldonDeployment): readonly ConfigurationText[] =>
  textsOf(deployment).filter(({ text }) => text !== "" && !isGenerated(text));
