import type { Node } from "yaml";
import { formatValue } from "../diagnostics/message.ts";
import { group, kind as seldonDeployment, versions } from "../seldon/api.ts";
import type { ParsedDocument } from "./document.ts";

/** A Kubernetes object as it was written, fields unchecked. */
export type RawObject = Readonly<Record<string, unknown>>;

/** One object of a document: the document itself or an item of its List. */
export interface DocumentObject {
  readonly value: RawObject;
  readonly node: Node;
}

/** What cannot be an object; `node` is where it is written. */
export interface Misfit {
  readonly message: string;
  readonly node: Node;
}

export interface Objects {
  readonly objects: readonly DocumentObject[];
  readonly misfits: readonly Misfit[];
}

const isRecord = (value: unknown): value is RawObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Whether it is a SeldonDeployment, in a version that can be judged. */
export const isSeldonDeployment = ({ apiVersion, kind }: RawObject): boolean =>
  kind === seldonDeployment && versions.some((version) => apiVersion === `${group}/${version}`);

/** What is wrong with a SeldonDeployment that no cluster takes as one: passed over, it would count as accepted. */
export function versionProblem(object: RawObject): string | undefined {
  if (object.kind !== seldonDeployment || isSeldonDeployment(object)) return undefined;
  const known = versions.map((version) => JSON.stringify(`${group}/${version}`)).join(", ");
  if (!isText(object.apiVersion)) return `apiVersion: Required value: a SeldonDeployment has one of ${known}`;
  const { apiVersion } = object;
  return `apiVersion: Unsupported value: ${formatValue(apiVersion)}: supported values of a SeldonDeployment: ${known}`;
}

const misfit = (node: Node, message: string): Objects => ({ objects: [], misfits: [{ node, message }] });

function single(value: unknown, node: Node): Objects {
  if (!isRecord(value)) return misfit(node, "expected a Kubernetes object, a map with apiVersion and kind");
  if (!isText(value.kind)) return misfit(node, "the object has no kind");
  const problem = versionProblem(value);
  if (problem !== undefined) return misfit(node, problem);
  return { objects: [{ value, node }], misfits: [] };
}

function itemOf(list: RawObject, item: unknown, node: Node, origins: ParsedDocument["origins"]): Objects {
  if (!isRecord(item)) return single(item, node);
  if (Array.isArray(item.items)) return misfit(node, "kubectl does not read a List inside a List");
  if (isText(item.kind) && !isText(item.apiVersion)) return misfit(node, "the item has no apiVersion");
  if (isText(item.apiVersion)) return single(item, node);
  // As kubectl: the items of a FooList are Foos when they say nothing themselves.
  const kind = String(list.kind).replace(/List$/, "");
  const named = { ...item, apiVersion: list.apiVersion, kind };
  const places = origins.get(item);
  if (places !== undefined) origins.set(named, places);
  return single(named, node);
}

/** The objects of a document. Anything with `items` is a List, as kubectl sees it. */
export function objectsOf({ value, root, origins }: ParsedDocument): Objects {
  const { objects, misfits } = single(value, root);
  const [list] = objects;
  const items = list?.value.items;
  if (list === undefined || items === undefined || items === null) return { objects, misfits };
  if (!Array.isArray(items)) return misfit(root, "items must be a list");
  const parts = items.map((item, index) =>
    itemOf(list.value, item, origins.get(items)?.get(index) ?? root, origins),
  );
  return {
    objects: parts.flatMap((part) => part.objects),
    misfits: parts.flatMap((part) => part.misfits),
  };
}
