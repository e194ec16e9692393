import type { IncomingMessage, ServerResponse } from "node:http";
import { decodeReview } from "../admission/decode.ts";
import { doubtOf, type Reference } from "../admission/doubt.ts";
import type { Decision, EngineContext } from "../admission/engine.ts";
import { respond } from "../admission/respond.ts";
import type { AdmissionRequest, AdmissionReview } from "../admission/types.ts";
import { ViewUnavailable } from "../cluster/guarded.ts";
import type { LiveCluster, Lookup } from "../cluster/live-cluster.ts";
import { asFailure } from "../cluster/live-failure.ts";
import type { NamespaceLookup } from "../cluster/live-namespaces.ts";
import { overlay } from "../cluster/overlay.ts";
import { sendJson } from "./answer.ts";
import { checkHeaders, parseBody, readBody } from "./body.ts";
import type { ClientCheck } from "./clients.ts";
import { deadlineOf } from "./deadline.ts";
import { decisionFields, type Logger, short, uidIn } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { withNamespace } from "./policy-labels.ts";
import { Refusal } from "./refusal.ts";
import { stageEnd, type Turn } from "./turns.ts";

type Judge = (request: AdmissionRequest, context: EngineContext) => Decision;

/** The engine, as far as an endpoint asks it. */
export interface Engine {
  /** The answer to one request. */
  readonly judge: Judge;
  /** Its denial without a look at the cluster, where there is one; what else it says is no answer. */
  readonly judgeAlone?: Judge;
}

/** What an endpoint works with. */
export interface Services {
  readonly context: EngineContext;
  readonly live?: LiveCluster | undefined;
  readonly namespaces?: NamespaceLookup | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly turn: Turn;
  /** Throws for a call that its client may not make; absent: everybody may. */
  readonly checkClient?: ClientCheck | undefined;
  /** The longest time a call may take, whatever `?timeout=` says. */
  readonly requestTimeoutMs: number;
}

/** Nobody can tell now what the decision depends on. */
class OpenQuestion extends Refusal {
  constructor(message: string) {
    super(500, message);
  }
}

/** Kept back of a caller's time for the answer's way. */
const answerMs = 250;

/** One call on its way. */
interface Call {
  readonly review: AdmissionReview;
  readonly path: string;
  readonly engine: Engine;
  /** When the caller hangs up, on the clock of `performance.now`. */
  readonly endsAt: number;
}

/** What log lines about a call that failed say of it. */
export interface About {
  readonly path: string | undefined;
  /** The review's, as soon as it has been read. */
  uid?: string | undefined;
}

/** The handler of one admission endpoint. What it throws is answered by the application. */
export const admissionHandler =
  (path: string, engine: Engine, services: Services) =>
  async (request: IncomingMessage, response: ServerResponse, about: About): Promise<void> => {
    const began = performance.now();
    services.checkClient?.(request);
    checkHeaders(request);
    const deadlineMs = deadlineOf(request.url ?? "", services.requestTimeoutMs);
    // Until its turn comes the caller may end its sending; whoever does so later has hung up.
    request.socket.allowHalfOpen = true;
    const bytes = await readBody(request, deadlineMs);
    await services.turn(bytes.length);
    request.socket.allowHalfOpen = false;
    const body = parseBody(bytes);
    about.uid = uidIn(body);
    const review = decodeReview(body);
    await stageEnd();
    const call = { review, path, engine, endsAt: began + deadlineMs };
    const decision = await decideOrDeny(call, services);
    await stageEnd();
    const answer = attempt(call, services, () => respond(review, decision));
    sendJson(response, 200, answer);
    await stageEnd();
    services.metrics.decided(path, review.request.operation, decision);
    const ms = Math.round((performance.now() - began) * 100) / 100;
    services.logger.info(decisionFields(path, review.request, decision, ms), "admission decision");
  };

/** What is wrong whatever the cluster holds is denied, also where it cannot be asked: a repetition would not help. */
async function decideOrDeny(call: Call, services: Services): Promise<Decision> {
  // Copied, so that a policy that is loaded meanwhile is for later calls.
  const { settings, cluster, policy } = services.context;
  const present = { settings, cluster, policy };
  // Without the labels it is not known what the policy turns off or exempts: then nothing can be denied either.
  const context = present.policy?.index.readsLabels ? await withLabels(call, present, services) : present;
  try {
    return await decide(call, context, services);
  } catch (error) {
    const { judgeAlone } = call.engine;
    if (!(error instanceof OpenQuestion) || judgeAlone === undefined) throw error;
    const decision = attempt(call, services, () => judgeAlone(call.review.request, context));
    if (decision.allowed) throw error;
    return decision;
  }
}

/** The decision; judged again where the first one hangs on a deployment that the view may have missed. */
async function decide(call: Call, context: EngineContext, services: Services): Promise<Decision> {
  const { live } = services;
  const { request } = call.review;
  const first = attempt(call, services, () => {
    const decision = call.engine.judge(request, context);
    return { decision, doubt: live && doubtOf(request, decision, context) };
  });
  if (live === undefined || first.doubt === undefined) return first.decision;
  const deployment = await confirm(first.doubt, live.lookup, call, services);
  const cluster = overlay(context.cluster, { ...first.doubt, deployment });
  return attempt(call, services, () => call.engine.judge(request, { ...context, cluster }));
}

const restOf = ({ endsAt }: Call): AbortSignal =>
  AbortSignal.timeout(Math.max(0, Math.floor(endsAt - performance.now() - answerMs)));

async function withLabels(call: Call, context: EngineContext, { namespaces, logger }: Services) {
  const { uid, namespace = "default" } = call.review.request;
  try {
    return await withNamespace(context, namespace, namespaces, () => restOf(call));
  } catch (err) {
    logger.warn({ err, uid: short(uid), namespace: short(namespace) }, "labels of a namespace not known");
    throw new Refusal(
      500,
      `nothing was decided: the policy depends on the labels of namespace ${short(namespace)}, and they are not known`,
    );
  }
}

async function confirm({ namespace, name }: Reference, lookup: Lookup, call: Call, services: Services) {
  try {
    const found = await lookup.get(namespace, name, restOf(call));
    services.metrics.confirmed(found === undefined ? "missing" : "found");
    return found;
  } catch (error) {
    const [inNamespace, called] = [short(namespace), short(name)];
    const about = { uid: short(call.review.request.uid), path: call.path };
    const { reason, message } = asFailure(error);
    services.metrics.confirmed("failed");
    services.logger.warn(
      { ...about, namespace: inNamespace, name: called, reason, detail: short(message) },
      "lookup failed",
    );
    throw new OpenQuestion(
      `nothing was decided: the API server did not say whether there is a SeldonDeployment ${called} in namespace ${inNamespace}`,
    );
  }
}

// An error in here is a bug of ours, or a question that the view cannot answer now. Answering it with 500 lets
// the webhook's failurePolicy decide, which it does only when a call fails, never on a denial.
function attempt<T>({ review, path }: Call, { metrics, logger }: Services, work: () => T): T {
  try {
    return work();
  } catch (err) {
    const uid = short(review.request.uid);
    if (err instanceof ViewUnavailable) {
      logger.warn({ uid, path, reason: err.message }, "question of the cluster not answered");
      throw new OpenQuestion(`nothing was decided, because the cluster must be known for it: ${err.message}`);
    }
    metrics.panicked();
    logger.error({ err, uid, path }, "admission failed by a bug of the webhook");
    throw new Refusal(500, `internal error: nothing was decided; the webhook's log has it under uid ${uid}`);
  }
}
