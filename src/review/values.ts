import { Scalar } from "yaml";
import { maxDepth } from "./construct.ts";
import { objectsOf, type RawObject } from "./objects.ts";
import { parseSource, type ReadProblem, type SourceObject } from "./source.ts";

/** An object whose place is looked for when somebody asks, which nobody does as long as all is well. */
export type PlacedObject = Pick<SourceObject, "file" | "value" | "lineAt">;

interface Read {
  readonly objects: readonly PlacedObject[];
  readonly problems: readonly ReadProblem[];
}

/** Whether a value is one that JSON.parse and our own reader agree on, and that may be walked by recursion. */
function isPlain(value: unknown): boolean {
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value === "number" && !Number.isFinite(value)) return false;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= maxDepth) return false;
    for (const inner of Object.values(value)) pending.push({ value: inner, depth: depth + 1 });
  }
  return true;
}

/** The objects of a file that is one JSON value without any fault; undefined for every other. */
function plainObjects(text: string): readonly RawObject[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isPlain(value)) return undefined;
  // Nodes only say where something is written, which nobody asks unless there are misfits.
  const { objects, misfits } = objectsOf({
    ...{ value, text, start: 0, format: "json" },
    ...{ root: new Scalar(null), origins: new WeakMap() },
  });
  return misfits.length > 0 ? undefined : objects.map(({ value }) => value);
}

/**
 * Reads the objects of a file as `parseSource` does, but JSON without a tree of positions, which takes forty times the
 * memory of the file. What is not plain JSON, or holds a fault, is read by `parseSource`.
 */
export function parseValues(file: string, text: string): Read {
  const values = text.trimStart().startsWith("{") ? plainObjects(text) : undefined;
  if (values === undefined) {
    const { source, problems } = parseSource(file, text);
    return { objects: source.objects, problems };
  }
  let placed: readonly SourceObject[] | undefined;
  const lineAt = (index: number, path: Parameters<PlacedObject["lineAt"]>[0]): number => {
    placed ??= parseSource(file, text).source.objects;
    return placed[index]?.lineAt(path) ?? 1;
  };
  const objects = values.map((value, index) => ({
    ...{ file, value },
    lineAt: (path: Parameters<PlacedObject["lineAt"]>[0]) => lineAt(index, path),
  }));
  return { objects, problems: [] };
}
