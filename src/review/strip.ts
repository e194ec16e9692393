import type { PatchOperation } from "../admission/types.ts";
import { type FieldPath, toJsonPointer } from "../diagnostics/field-path.ts";
import { carriersOf, valueAt } from "../mapping/carriers.ts";
import { isMap } from "../mapping/custom.ts";
import { isGenerated } from "../mapping/marker.ts";
import { annotationPath } from "../seldon/annotations.ts";
import { recordedDefaults, recordKey } from "../seldon/recorded-defaults.ts";
import type { Change } from "./patched-document.ts";
import { type Rewriting, rewrite } from "./rewrite.ts";
import { deploymentsOf, parseSource, type ReadProblem, type Source, type SourceObject } from "./source.ts";
import { holdsOnly } from "./splice.ts";

/** kubectl's record of what was last applied, as JSON: applied again, it would be compared with. */
const recordPath = annotationPath("metadata", "kubectl.kubernetes.io/last-applied-configuration");

/** One place that holds what the webhook wrote. */
export interface GeneratedPlace {
  readonly file: string;
  readonly line: number;
  readonly path: FieldPath;
}

/** A file without what the webhook wrote. */
export interface Stripped {
  readonly rewriting: Rewriting;
  readonly changes: readonly Change[];
  readonly places: readonly GeneratedPlace[];
  /** What cannot be taken away without touching something else. */
  readonly problems: readonly ReadProblem[];
}

interface Removal {
  readonly path: FieldPath;
  /** Absent where the annotations that hold it are removed as a whole, with another one. */
  readonly operation?: PatchOperation;
}

/** Where our texts stand, the policy's defaults, and the record of those. */
function writtenPaths(value: unknown): FieldPath[] {
  const texts = carriersOf(value).filter((path) => {
    const text = valueAt(value, path);
    return typeof text === "string" && isGenerated(text);
  });
  const annotations = valueAt(value, ["metadata", "annotations"]);
  if (!isMap(annotations) || !Object.hasOwn(annotations, recordKey)) return texts;
  const known = Object.entries(annotations).filter((entry): entry is [string, string] => {
    return typeof entry[1] === "string";
  });
  const defaults = [...recordedDefaults(new Map(known)).keys(), recordKey];
  return [...texts, ...defaults.map((key) => annotationPath("metadata", key))];
}

/** Takes all that the webhook wrote off an object, and the annotations with it where there are no others. */
function removalsOf({ value, node, document }: SourceObject, isRecord: boolean): Removal[] {
  const byHolder = new Map<string, FieldPath[]>();
  for (const path of writtenPaths(value)) {
    const holder = toJsonPointer(path.slice(0, -1));
    byHolder.set(holder, [...(byHolder.get(holder) ?? []), path]);
  }
  return [...byHolder].flatMap(([pointer, paths]): Removal[] => {
    const holder = paths[0]?.slice(0, -1) ?? [];
    // kubectl records the annotations of metadata even where there are none.
    const isKept = isRecord && holder[0] === "metadata";
    const keys = paths.map((path) => String(path.at(-1)));
    if (isKept || !holdsOnly(document.text, node, holder, keys))
      return paths.map((path) => ({ path, operation: { op: "remove", path: toJsonPointer(path) } }));
    const whole: PatchOperation = { op: "remove", path: pointer };
    return paths.map((path, index) => (index === 0 ? { path, operation: whole } : { path }));
  });
}

const operationsOf = (removals: readonly Removal[]): readonly PatchOperation[] =>
  removals.flatMap(({ operation }) => (operation === undefined ? [] : [operation]));

function strippedRecord(text: string): string | undefined {
  const { source, problems } = parseSource("", text);
  if (problems.length > 0 || source.documents.some(({ format }) => format !== "json")) return undefined;
  const changes = deploymentsOf([source]).map((object) => ({
    object,
    patch: operationsOf(removalsOf(object, true)),
  }));
  const { edits, text: stripped } = rewrite(source, changes);
  return edits.length === 0 ? undefined : stripped;
}

function recordUpdateOf({ value }: SourceObject): Removal[] {
  const record = valueAt(value, recordPath);
  const stripped = typeof record === "string" ? strippedRecord(record) : undefined;
  if (stripped === undefined) return [];
  return [
    { path: recordPath, operation: { op: "replace", path: toJsonPointer(recordPath), value: stripped } },
  ];
}

const untouchable =
  "what the webhook wrote is shared through an anchor or a merge key, so it cannot be removed by itself";

/** Removes from the deployments of a file all that the webhook wrote. The author's own texts stay. */
export function strip(source: Source): Stripped {
  const places: GeneratedPlace[] = [];
  const changes: Change[] = [];
  for (const object of deploymentsOf([source])) {
    const removals = [...removalsOf(object, false), ...recordUpdateOf(object)];
    if (removals.length === 0) continue;
    const { file, lineAt } = object;
    places.push(...removals.map(({ path }) => ({ file, line: lineAt(path), path })));
    changes.push({ object, patch: operationsOf(removals) });
  }
  const rewriting = rewrite(source, changes);
  const problems = rewriting.restated.map((object) => ({
    file: object.file,
    line: object.lineAt([]),
    message: untouchable,
  }));
  return { rewriting, changes, places: places.toSorted((a, b) => a.line - b.line), problems };
}
