import { recordedDefaults, recordKey, recordOf } from "../seldon/recorded-defaults.ts";
import type { Annotations, SeldonDeployment } from "../seldon/types.ts";
import type { NamespacePolicy } from "./policy-index.ts";

/** kubectl's copy of what the author applied. */
const appliedKey = "kubectl.kubernetes.io/last-applied-configuration";

/** What is to become of single annotations of metadata; undefined: it goes. */
export type AnnotationChanges = ReadonlyMap<string, string | undefined>;

/** Says of an annotation in metadata whether an applied file names it, so that it is the author's in any case. */
export type AuthorNames = (key: string) => boolean;

/**
 * What defaulting changes in metadata.annotations. The author's is every annotation in spec, also an empty one, and
 * every annotation in metadata that is not recorded as a default, has another value than the recorded one, or is
 * named by an applied file. All other defaults follow the policy: written, changed, or taken away again.
 */
export function defaulting(
  { annotations, spec }: Pick<SeldonDeployment, "annotations" | "spec">,
  policy: Pick<NamespacePolicy, "defaults">,
  authorNames: AuthorNames = () => false,
): AnnotationChanges {
  const present = annotations.get(recordKey);
  if (policy.defaults.size === 0 && present === undefined) return new Map();
  const ours = new Map([...recordedDefaults(annotations)].filter(([key]) => !authorNames(key)));
  const changes = new Map<string, string | undefined>();
  const record = new Map<string, string>();
  for (const [key, { value }] of policy.defaults) {
    if (spec.annotations.has(key) || (annotations.has(key) && !ours.has(key))) continue;
    record.set(key, value);
    if (annotations.get(key) !== value) changes.set(key, value);
  }
  for (const key of ours.keys()) if (!record.has(key)) changes.set(key, undefined);
  const wanted = record.size === 0 ? undefined : recordOf(record);
  if (wanted !== present) changes.set(recordKey, wanted);
  return changes;
}

/** The annotations after these changes. */
export function changed(annotations: Annotations, changes: AnnotationChanges): Annotations {
  if (changes.size === 0) return annotations;
  const result = new Map(annotations);
  for (const [key, value] of changes) {
    if (value === undefined) result.delete(key);
    else result.set(key, value);
  }
  return result;
}

/** The deployment as it is once it has been through the mutating webhook. */
export function withDefaults(
  deployment: SeldonDeployment,
  policy: NamespacePolicy | undefined,
): SeldonDeployment {
  if (policy === undefined) return deployment;
  const changes = defaulting(deployment, policy);
  return changes.size === 0
    ? deployment
    : { ...deployment, annotations: changed(deployment.annotations, changes) };
}

type Tree = { readonly [key: string]: unknown };
const asTree = (value: unknown): Tree => (typeof value === "object" && value !== null ? (value as Tree) : {});

function appliedAnnotations(text: unknown): Tree {
  if (typeof text !== "string") return {};
  try {
    return asTree(asTree(asTree(JSON.parse(text)).metadata).annotations);
  } catch {
    return {};
  }
}

/** Whether an applier's managedFields name the annotation: those hold what its file said, and nothing else. */
const isApplied = (managedFields: unknown, key: string): boolean =>
  Array.isArray(managedFields) &&
  managedFields.some((entry: unknown) => {
    const { operation, fieldsV1 } = asTree(entry);
    const annotations = asTree(asTree(asTree(fieldsV1)["f:metadata"])["f:annotations"]);
    return operation === "Apply" && Object.hasOwn(annotations, `f:${key}`);
  });

/** What kubectl's and the API server's records of applied files say about a raw object. */
export function appliedNames(raw: unknown): AuthorNames {
  const metadata = asTree(asTree(raw).metadata);
  let applied: Tree | undefined;
  return (key) => {
    applied ??= appliedAnnotations(asTree(metadata.annotations)[appliedKey]);
    return Object.hasOwn(applied, key) || isApplied(metadata.managedFields, key);
  };
}
