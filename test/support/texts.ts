import { isMap } from "../../src/mapping/custom.ts";
import { isGenerated } from "../../src/mapping/marker.ts";

const carrierKeys = ["seldon.io/ambassador-config", "getambassador.io/config"];

const annotationsOf = (holder: unknown): unknown => (isMap(holder) ? holder.annotations : undefined);

function holders(object: unknown): readonly unknown[] {
  if (!isMap(object)) return [];
  const predictors =
    isMap(object.spec) && Array.isArray(object.spec.predictors) ? object.spec.predictors : [];
  return [object.metadata, object.spec, ...predictors];
}

/** Every text on an object that was made here, wherever it stands. */
export const generatedTexts = (object: unknown): readonly string[] =>
  holders(object)
    .map(annotationsOf)
    .filter(isMap)
    .flatMap((annotations) => carrierKeys.map((key) => annotations[key]))
    .filter((text): text is string => typeof text === "string" && isGenerated(text));

/** A copy of an object without our texts and without the maps that would be empty then. */
export function withoutGeneratedTexts(object: unknown): unknown {
  const copy: unknown = structuredClone(object);
  for (const holder of holders(copy).filter(isMap)) {
    const left = withoutTexts(holder.annotations);
    if (left === null) Reflect.deleteProperty(holder, "annotations");
    else if (left !== undefined) Object.assign(holder, { annotations: left });
  }
  return copy;
}

/** null for a map that holds nothing else. */
function withoutTexts(annotations: unknown): unknown {
  if (!isMap(annotations)) return annotations;
  const kept = Object.entries(annotations).filter(
    ([key, text]) => !(carrierKeys.includes(key) && typeof text === "string" && isGenerated(text)),
  );
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

const quoted = /"(?:[^"\\]|\\.)*"/.source;
const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/.source;
const line = new RegExp(
  `^(?: {2})*(?:(?:- )?${quoted}:(?: (?:${quoted}|${number}|true|false|\\[\\]))?|- ${quoted})$`,
);

/** Lines that are neither a separator nor built of quoted keys and quoted, numeric or boolean values. */
export const unquotedLines = (text: string): readonly string[] =>
  text
    .split("\n")
    .slice(1, -1)
    .filter((each) => each !== "---" && !line.test(each));
