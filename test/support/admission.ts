import assert from "node:assert/strict";
import jsonPatch from "fast-json-patch";
import { decodeReview } from "../../src/admission/decode.ts";
import type { Decision, EngineContext } from "../../src/admission/engine.ts";
import { mutate } from "../../src/admission/mutate.ts";
import { respond } from "../../src/admission/respond.ts";
import type { AdmissionReview, StatusCause } from "../../src/admission/types.ts";
import { validate } from "../../src/admission/validate.ts";
import { snapshotOf } from "../../src/cluster/snapshot.ts";
import { defaultEngineSettings, type EngineSettings } from "../../src/config/settings.ts";
import { isMap } from "../../src/mapping/custom.ts";
import type { PolicyContext } from "../../src/policy/policy-index.ts";
import { decodeDeployment } from "../../src/seldon/decode.ts";
import { frozen } from "./frozen.ts";

/** One write or deletion of a SeldonDeployment and the cluster that it meets. */
export interface Situation {
  readonly object: unknown;
  /** The stored object: makes the write an UPDATE. */
  readonly oldObject?: unknown;
  /** Deployments that exist beside it, raw. */
  readonly existing?: readonly unknown[];
  readonly namespace?: string;
  readonly dryRun?: boolean;
  readonly subResource?: string;
  /** The object exists and is to be deleted. */
  readonly isDeleted?: boolean;
  /** Who asks for it. */
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly policy?: PolicyContext | undefined;
  readonly settings?: EngineSettings;
  /** false: the mutating webhook did not answer, and its failurePolicy let the write pass. */
  readonly isMutated?: boolean;
}

/** What the author of the write gets to see. */
export interface Outcome {
  readonly allowed: boolean;
  readonly causes: readonly StatusCause[];
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>> | undefined;
  /** The object as the validating webhook saw it. */
  readonly object: unknown;
}

interface Answer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly status?: { readonly details: { readonly causes: readonly StatusCause[] } };
}

const namespaceOf = ({ namespace }: Situation): string => namespace ?? "models";

/** What is stored before the request: nothing before a creation. */
const storedBefore = ({ isDeleted, object, oldObject }: Situation): unknown =>
  isDeleted ? object : oldObject;

/** The deployments that rules can look up; the stored object is one of them. */
export function contextOf(situation: Situation): EngineContext {
  const { existing = [], settings = defaultEngineSettings, policy } = situation;
  const stored = storedBefore(situation);
  const known = [...(stored === undefined ? [] : [stored]), ...existing].flatMap((raw) => {
    const { deployment } = decodeDeployment(raw, namespaceOf(situation));
    return deployment === undefined ? [] : [frozen(deployment)];
  });
  return { settings: frozen(settings), cluster: snapshotOf(known), policy };
}

function operationOf({ isDeleted, oldObject }: Situation): "CREATE" | "UPDATE" | "DELETE" {
  if (isDeleted) return "DELETE";
  return oldObject === undefined ? "CREATE" : "UPDATE";
}

/** The call that the API server makes for it. */
export function reviewOf(situation: Situation, object: unknown): unknown {
  const { isDeleted, dryRun, subResource, user, groups } = situation;
  const { apiVersion, metadata } = isMap(object) ? object : {};
  const name = isMap(metadata) ? metadata.name : undefined;
  const version = typeof apiVersion === "string" ? apiVersion.split("/")[1] : undefined;
  const oldObject = storedBefore(situation);
  return frozen({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "8a7c2d1e",
      kind: { group: "machinelearning.seldon.io", version: version ?? "v1", kind: "SeldonDeployment" },
      namespace: namespaceOf(situation),
      operation: operationOf(situation),
      // The API server sends null for the object of a deletion.
      object: isDeleted ? null : object,
      ...(typeof name === "string" && { name }),
      ...(oldObject !== undefined && { oldObject }),
      ...(dryRun !== undefined && { dryRun }),
      ...(subResource !== undefined && { subResource }),
      ...(user !== undefined && { userInfo: { username: user, ...(groups && { groups }) } }),
    },
  });
}

type Webhook = (request: AdmissionReview["request"], context: EngineContext) => Decision;

function call(webhook: Webhook, situation: Situation, object: unknown): Answer {
  const review = decodeReview(reviewOf(situation, object));
  const answer = respond(review, webhook(review.request, contextOf(situation)));
  const { response } = JSON.parse(answer) as { response: Answer };
  assert.equal(response.uid, review.request.uid);
  return response;
}

/** The object after the mutating webhook, which never denies, never warns and has nothing to add to its own work. */
export function mutated(situation: Situation, object: unknown = situation.object): unknown {
  const answer = call(mutate, situation, object);
  assert.equal(answer.allowed, true);
  assert.equal(answer.warnings, undefined);
  if (answer.patch === undefined) return object;
  const operations = JSON.parse(Buffer.from(answer.patch, "base64").toString());
  const { newDocument } = jsonPatch.applyPatch(object, operations, true, false);
  assert.equal(call(mutate, situation, newDocument).patch, undefined, "mutating twice is mutating once");
  return newDocument;
}

/** The API server resolves generateName between the mutating and the validating webhooks. */
function named(object: unknown): unknown {
  if (!isMap(object) || !isMap(object.metadata)) return object;
  const { name, generateName } = object.metadata;
  if (name !== undefined || typeof generateName !== "string") return object;
  return { ...object, metadata: { ...object.metadata, name: `${generateName}x7k2q` } };
}

/** Takes a request through both webhooks as the API server does. */
export function admit(situation: Situation): Outcome {
  const object = named(situation.isMutated === false ? situation.object : mutated(situation));
  const { allowed, status, warnings = [], auditAnnotations } = call(validate, situation, object);
  return { allowed, causes: status?.details.causes ?? [], warnings, auditAnnotations, object };
}
