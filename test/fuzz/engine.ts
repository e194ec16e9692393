import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeReview } from "../../src/admission/decode.ts";
import type { EngineContext } from "../../src/admission/engine.ts";
import { mutate } from "../../src/admission/mutate.ts";
import { respond } from "../../src/admission/respond.ts";
import { type AdmissionReview, BadRequest } from "../../src/admission/types.ts";
import { validate } from "../../src/admission/validate.ts";
import { LiveStore } from "../../src/cluster/live-store.ts";
import { defaultEngineSettings } from "../../src/config/settings.ts";
import { parseBody } from "../../src/server/body.ts";
import { Refusal } from "../../src/server/refusal.ts";
import { policyContext, policyOf } from "../support/policies.ts";
import type { FuzzedCall } from "./call.ts";
import { neighbours } from "./corpus.ts";

const judges = { "/mutate": mutate, "/validate": validate };

function context(): EngineContext {
  const store = new LiveStore();
  for (const object of neighbours) store.put(object);
  return { settings: defaultEngineSettings, cluster: store.view };
}

const known = context();

/** The policy of the second variant, by which the same calls are answered otherwise. */
export const policyFile = fileURLToPath(new URL("policy.yaml", import.meta.url));

/** What a call is answered by: the rules alone, or under a policy with something in every section. */
const variants = {
  plain: known,
  policy: { ...known, policy: policyContext(policyOf(readFileSync(policyFile, "utf8"))) },
};

export type Variant = keyof typeof variants;

export const allVariants = Object.keys(variants) as readonly Variant[];

function read(body: Buffer): AdmissionReview | undefined {
  try {
    return decodeReview(parseBody(body));
  } catch (error) {
    if (error instanceof Refusal || error instanceof BadRequest) return undefined;
    throw error;
  }
}

/** Makes the call of the engine itself. Throws what would be a bug: anything but an answer or a refusal. */
export function callEngine({ path, body }: FuzzedCall, variant: Variant): "answered" | "refused" {
  const review = read(body);
  if (review === undefined) return "refused";
  const text = respond(review, judges[path](review.request, variants[variant]));
  checkAnswer(JSON.parse(text), review.request.uid);
  return "answered";
}

/** What every answer must be. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into as JSON
export function checkAnswer(answer: any, uid: unknown): void {
  assert.equal(answer.kind, "AdmissionReview");
  assert.equal(answer.response.uid, uid);
  assert.equal(typeof answer.response.allowed, "boolean");
  if (answer.response.patch !== undefined) {
    assert.equal(answer.response.patchType, "JSONPatch");
    assert.ok(Array.isArray(JSON.parse(Buffer.from(answer.response.patch, "base64").toString("utf8"))));
  }
  if (answer.response.allowed) return;
  const { code, details } = answer.response.status;
  assert.equal(code, 422);
  assert.ok(details.causes.length > 0);
  for (const { field, message } of details.causes) {
    assert.match(message, /\[[a-z0-9/-]+\]$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
    assert.doesNotMatch(`${field}${message}`, /[\u0000-\u001f\u007f-\u009f]/);
  }
}
