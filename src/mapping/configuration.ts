import type { FieldPath } from "../diagnostics/field-path.ts";
import { annotationPath, keys, type Place } from "../seldon/annotations.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import { isGenerated } from "./marker.ts";

export interface ConfigurationText {
  readonly text: string;
  readonly place: Place;
  readonly path: FieldPath;
}

/** The `seldon.io/ambassador-config` texts on an object, told apart by who wrote them. */
export interface Configuration {
  /** The author's own, which the operator reads: it replaces everything that would be generated. */
  readonly custom: ConfigurationText | undefined;
  /** Texts made here, wherever they stand. */
  readonly generated: readonly ConfigurationText[];
  /** spec holds the key with an empty value: the operator then never looks into metadata. */
  readonly blinded: boolean;
}

/** Reads both places as the operator does: spec first, even when it is empty. */
export function readConfiguration(deployment: SeldonDeployment): Configuration {
  const texts = (["spec", "metadata"] as const).flatMap((place): ConfigurationText[] => {
    const annotations = place === "spec" ? deployment.spec.annotations : deployment.annotations;
    const text = annotations.get(keys.config);
    return text === undefined ? [] : [{ text, place, path: annotationPath(place, keys.config) }];
  });
  const generated = texts.filter(({ text }) => isGenerated(text));
  const [first] = texts.filter(({ text }) => !isGenerated(text));
  const blinded = first?.place === "spec" && first.text === "";
  return { custom: first?.text ? first : undefined, generated, blinded };
}
