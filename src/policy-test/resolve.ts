import { decodeReview } from "../admission/decode.ts";
import { type AdmissionRequest, BadRequest } from "../admission/types.ts";
import type { FieldPath } from "../diagnostics/field-path.ts";
import { isMap } from "../mapping/custom.ts";
import { momentOf } from "../policy-file/expiry.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { Case, Expectation } from "./case.ts";
import { merged } from "./merge.ts";
import { type Named, Naming } from "./naming.ts";
import type { RawCase, RawExpectation, RawTest } from "./raw-test.ts";
import type { ReadTest } from "./read.ts";
import { surroundingsOf } from "./surroundings.ts";

const textIn = (value: unknown, key: string): string | undefined => {
  const { metadata } = isMap(value) ? value : {};
  const found = isMap(metadata) ? metadata[key] : undefined;
  return typeof found === "string" && found !== "" ? found : undefined;
};

function expectationOf(raw: RawExpectation, path: FieldPath, naming: Naming): Expectation {
  const { allowed, errors = [], warnings = [], atLeast = false, messages = [], exemption } = raw;
  for (const [field, ids] of Object.entries({ errors, warnings }))
    for (const [index, id] of ids.entries()) naming.ruleId(id, [...path, field, index]);
  return {
    allowed,
    errors,
    warnings,
    atLeast,
    messages,
    exemption,
    annotations: new Map(Object.entries(raw.annotations ?? {})),
    patched: raw.patched === undefined ? undefined : naming.oneObject(raw.patched, [...path, "patched"]),
  };
}

/** The call that the API server would make. */
function requestOf(
  raw: RawCase,
  { object, oldObject }: Pick<Objects, "object" | "oldObject">,
  namespace: string,
) {
  const isDeletion = raw.operation === "DELETE";
  const { apiVersion } = isMap(object) ? object : {};
  const name = textIn(object, "name");
  const { user, groups, dryRun } = raw;
  const before = isDeletion ? object : oldObject;
  return decodeReview({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "policy-test",
      kind: {
        group: "machinelearning.seldon.io",
        version: String(apiVersion).split("/")[1],
        kind: "SeldonDeployment",
      },
      namespace,
      operation: raw.operation ?? (oldObject === undefined ? "CREATE" : "UPDATE"),
      object: isDeletion ? null : object,
      ...(name !== undefined && { name }),
      ...(before !== undefined && { oldObject: before }),
      ...(dryRun !== undefined && { dryRun }),
      ...((user ?? groups) !== undefined && {
        userInfo: { username: user ?? "", ...(groups && { groups }) },
      }),
    },
  }).request;
}

interface Objects {
  readonly namespace: string;
  readonly object: unknown;
  readonly oldObject: unknown;
}

function objectsOf(raw: RawCase, path: FieldPath, naming: Naming): Objects {
  const written = naming.deployment(raw.object, [...path, "object"]);
  const object = written && raw.merge ? merged(written, raw.merge) : written;
  const oldObject =
    raw.oldObject === undefined ? undefined : naming.deployment(raw.oldObject, [...path, "oldObject"]);
  const namespace = textIn(object, "namespace") ?? raw.namespace ?? "default";
  const other = [raw.namespace, textIn(oldObject, "namespace")].find(
    (each) => each !== undefined && each !== namespace,
  );
  if (other !== undefined)
    naming.problem(path, `the object is in namespace ${namespace}, and the case says ${other}`);
  return { namespace, object, oldObject };
}

function caseOf(
  raw: RawCase,
  index: number,
  { test, naming }: { test: ReadTest; naming: Naming },
): Case | undefined {
  const path = ["cases", index];
  const objects = objectsOf(raw, path, naming);
  const { namespace, object, oldObject } = objects;
  const { existing, labels } = surroundingsOf(test.raw, raw, path, naming);
  const expect = expectationOf(raw.expect, [...path, "expect"], naming);
  if (object === undefined) return undefined;
  let request: AdmissionRequest;
  try {
    request = requestOf(raw, objects, namespace);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    naming.problem([...path, "object"], error.message);
    return undefined;
  }
  const stored = raw.operation === "DELETE" ? object : oldObject;
  const { deployment } = stored === undefined ? {} : decodeDeployment(stored, namespace);
  const now = raw.now ?? test.raw.now;
  return {
    name: raw.name,
    place: test.placeOf(path),
    request,
    existing: deployment === undefined ? existing : [...existing, deployment],
    labels,
    nowMs: now === undefined ? undefined : momentOf(now),
    expect,
  };
}

/** The paths of all files that a test names besides its policy, as they are written. */
export function pathsIn({ cluster = [], cases }: RawTest): ReadonlySet<string> {
  const all = cases.flatMap(({ object, oldObject, cluster: more = [], expect }) => [
    object,
    oldObject,
    expect.patched,
    ...more,
  ]);
  return new Set([...cluster, ...all].filter((each) => typeof each === "string"));
}

/** The cases of a test, or what is wrong with what it names. */
export function resolve(
  test: ReadTest,
  named: Named,
): { readonly cases: readonly Case[]; readonly problems: ReturnType<ReadTest["located"]> } {
  const naming = new Naming(named);
  const cases = test.raw.cases.flatMap((raw, index) => caseOf(raw, index, { test, naming }) ?? []);
  return { cases, problems: test.located(naming.problems) };
}
