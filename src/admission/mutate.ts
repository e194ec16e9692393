import { settingsFor } from "../config/settings.ts";
import { type FieldPath, fromJsonPointer, toJsonPointer } from "../diagnostics/field-path.ts";
import { carrierNumber, carriersOf, valueAt } from "../mapping/carriers.ts";
import { readConfiguration } from "../mapping/configuration.ts";
import { isMap } from "../mapping/custom.ts";
import { type CarriedText, digestOf } from "../mapping/injection.ts";
import { isGenerated, provenance } from "../mapping/marker.ts";
import { type Subject, subjectOf } from "../mapping/subject.ts";
import { type Upgrade, upgrade } from "../mapping/upgrade.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import { eraOf } from "../seldon/era.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import { defaulted } from "./defaulted.ts";
import type { Decision, EngineContext } from "./engine.ts";
import { planInjection } from "./judge.ts";
import { isJudged, isLeaving } from "./scope.ts";
import type { AdmissionRequest, PatchOperation } from "./types.ts";

/**
 * Writes the policy's defaults and injects the Ambassador configuration. Pure; always allowed, never a report: what
 * cannot be built is left to the validating webhook to explain, and only an outdated text of our own is taken away.
 */
export function mutate(request: AdmissionRequest, context: EngineContext): Decision {
  return { allowed: true, reports: [], patch: isJudged(request) ? patchFor(request, context) : [] };
}

function patchFor(request: AdmissionRequest, context: EngineContext): readonly PatchOperation[] {
  if (isLeaving(request.object)) return [];
  const namespace = request.namespace ?? "default";
  const { deployment: written } = decodeDeployment(request.object, namespace);
  if (written === undefined) return carry(request.object, []);
  const { deployment, object, patch } = defaulted(request.object, written, context);
  const own = upgraded(deployment, context);
  const subject = subjectOf(own.deployment, context.settings);
  const injection = planInjection(subject, context);
  const texts = injection.absent === "rejected" ? stillTrue(subject) : (injection.texts ?? []);
  return joined(patch, carry(object, [...texts, ...own.texts]));
}

/** Where the defaults bring the first annotations, a text beside them comes along in the same operation. */
function joined(
  defaults: readonly PatchOperation[],
  carried: readonly PatchOperation[],
): readonly PatchOperation[] {
  const [first] = defaults;
  const holder = "/metadata/annotations";
  if (first === undefined || first.op === "remove" || first.path !== holder) return [...defaults, ...carried];
  const isInside = ({ path }: PatchOperation): boolean => path.startsWith(`${holder}/`);
  const inside = carried.flatMap((each) =>
    isInside(each) && each.op !== "remove" ? [[String(fromJsonPointer(each.path).at(-1)), each.value]] : [],
  );
  const value = { ...(first.value as object), ...Object.fromEntries(inside) };
  return [{ ...first, value }, ...carried.filter((each) => !isInside(each))];
}

/**
 * The texts that were made of the very fields that the object has now. A rule that came later than the object
 * must not cost it its routes.
 */
const stillTrue = (subject: Subject): readonly CarriedText[] =>
  subject.configuration.generated.filter(({ text }) => provenance(text, digestOf(subject)) === "intact");

/** Where the settings ask for it, the author's own texts with a working apiVersion. */
function upgraded(deployment: SeldonDeployment, context: EngineContext): Upgrade {
  const settings = settingsFor(context.settings, deployment);
  if (!settings.customConfig.upgrade) return { deployment, texts: [] };
  return upgrade(deployment, readConfiguration(deployment, eraOf(settings.seldon.operatorVersion)));
}

/** The operations that bring every place to what belongs there. */
function carry(object: unknown, texts: readonly CarriedText[]): readonly PatchOperation[] {
  const wanted = new Map(texts.map(({ path, text }) => [carrierNumber(path), text]));
  const patch: PatchOperation[] = [];
  for (const path of carriersOf(object)) {
    const operation = place(object, path, wanted.get(carrierNumber(path)));
    if (operation !== undefined) patch.push(operation);
  }
  return patch;
}

function place(object: unknown, path: FieldPath, wanted: string | undefined): PatchOperation | undefined {
  const holder = path.slice(0, -1);
  const key = String(path.at(-1));
  const annotations = valueAt(object, holder);
  if (!isMap(annotations)) {
    if (wanted === undefined) return undefined;
    return { op: "add", path: toJsonPointer(holder), value: { [key]: wanted } };
  }
  const present = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
  if (present === wanted) return undefined;
  if (wanted !== undefined)
    return { op: present === undefined ? "add" : "replace", path: toJsonPointer(path), value: wanted };
  if (typeof present !== "string" || !isGenerated(present)) return undefined;
  return { op: "remove", path: toJsonPointer(path) };
}
