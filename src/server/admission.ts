import type { IncomingMessage, ServerResponse } from "node:http";
import { decodeReview } from "../admission/decode.ts";
import type { Decision, EngineContext } from "../admission/engine.ts";
import { respond } from "../admission/respond.ts";
import type { AdmissionRequest, AdmissionReview } from "../admission/types.ts";
import { sendJson } from "./answer.ts";
import { checkHeaders, parseBody, readBody } from "./body.ts";
import { deadlineOf } from "./deadline.ts";
import { decisionFields, type Logger, short } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { Refusal } from "./refusal.ts";

/** The engine's answer to one request. */
export type Judge = (request: AdmissionRequest, context: EngineContext) => Decision;

/** What an endpoint works with. */
export interface Services {
  readonly context: EngineContext;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The longest time a body may take, whatever `?timeout=` says. */
  readonly requestTimeoutMs: number;
}

/** The handler of one admission endpoint. What it throws is answered by the application's error handler. */
export const admissionHandler =
  (path: string, judge: Judge, services: Services) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    checkHeaders(request);
    const bytes = await readBody(request, deadlineOf(request.url ?? "", services.requestTimeoutMs));
    const review = decodeReview(parseBody(bytes));
    const { decision, answer } = decide(review, path, judge, services);
    sendJson(response, 200, answer);

    services.metrics.decided(path, review.request.operation, decision);
    const ms = Math.round((performance.now() - began) * 100) / 100;
    services.logger.info({ ...decisionFields(path, review.request, decision), ms }, "admission decision");
  };

// An error in here is a bug of ours. Answering it with 500 lets the webhook's failurePolicy decide,
// which it does only when a call fails, never on a denial.
function decide(review: AdmissionReview, path: string, judge: Judge, services: Services) {
  try {
    const decision = judge(review.request, services.context);
    return { decision, answer: JSON.stringify(respond(review, decision)) };
  } catch (err) {
    const uid = short(review.request.uid);
    services.metrics.panicked();
    services.logger.error({ err, uid, path }, "admission failed by a bug of the webhook");
    throw new Refusal(500, `internal error: nothing was decided; the webhook's log has it under uid ${uid}`);
  }
}
