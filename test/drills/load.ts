import { once } from "node:events";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { Json } from "../support/deployment.ts";
import { group, sdep } from "../support/seldon-cluster.ts";
import { generatedTexts } from "../support/texts.ts";

/** What a write came to. */
type Verdict =
  /** The webhook was asked and said what it must. */
  | "judged"
  /** The API server could not ask it. */
  | "failed"
  /** Admitted without our text, admitted although it must be denied, or denied although it is good. */
  | "wrong"
  /** The API server did not answer, or not for lack of a webhook. */
  | "unanswered";

/** A write that was not judged. */
export interface Miss {
  readonly verdict: Exclude<Verdict, "judged">;
  /** Milliseconds since 1970 when it was sent. */
  readonly sentAt: number;
  /** As the API server said it. */
  readonly message: string;
}

export interface Count {
  readonly writes: number;
  readonly judged: number;
  readonly misses: readonly Miss[];
}

interface Answer {
  /** 0 when there was none. */
  readonly code: number;
  readonly body: Json;
}

interface Write {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
  readonly isGood: boolean;
}

const collection = `/apis/${group}/v1/namespaces/default/seldondeployments`;
/** The deployment that is updated again and again. */
const kept = "drills-kept";
const apiVersion = `${group}/v1`;

const creation = (name: string): Write => ({
  method: "POST",
  path: `${collection}?dryRun=All`,
  body: { ...sdep(name, "default"), apiVersion },
  isGood: true,
});

const update = (turn: number): Write => ({
  method: "PATCH",
  path: `${collection}/${kept}?dryRun=All`,
  body: { metadata: { labels: { turn: String(turn) } } },
  isGood: true,
});

/** Two predictors whose shares do not add up. */
function denied(name: string): Write {
  const { body, ...write } = creation(name);
  const [first] = body.spec.predictors;
  const predictors = ["a", "b"].map((each) => ({ ...first, name: each, traffic: 60 }));
  return { ...write, body: { ...body, spec: { ...body.spec, predictors } }, isGood: false };
}

/** In turn: creations, updates, and now and then what must be denied, which shows that somebody is asked. */
function writeOf(turn: number): Write {
  if (turn % 8 === 7) return denied(`load-${turn}`);
  return turn % 2 === 0 ? creation(`load-${turn}`) : update(turn);
}

function verdictOf({ isGood }: Write, { code, body }: Answer): Verdict {
  const message = String(body.message ?? "");
  if (message.includes("failed calling webhook")) return "failed";
  if (code === 0 || code === 429 || code >= 502) return "unanswered";
  if (code < 300) return isGood && generatedTexts(body).length > 0 ? "judged" : "wrong";
  if (message.includes(" denied the request: ")) return isGood ? "wrong" : "judged";
  return "unanswered";
}

/** Between two writes of a caller. */
const pauseMs = 20;

/** Writes to the API server without end, over connections that are kept: it is the one who calls the webhook. */
export class Load {
  readonly #url: URL;
  readonly #options: { readonly agent: Agent; readonly headers: Record<string, string> };
  readonly #misses: Miss[] = [];
  readonly #callers: Promise<unknown>;
  #turn = 0;
  #judged = 0;
  #writes = 0;
  #stopped = false;

  private constructor(plane: ControlPlane, callers: number) {
    this.#url = new URL(plane.url);
    const token = plane.adminClientConfig.getCurrentUser()?.token ?? "";
    this.#options = {
      agent: new Agent({ keepAlive: true, ca: plane.ca }),
      headers: { authorization: `Bearer ${token}` },
    };
    this.#callers = Promise.all(Array.from({ length: callers }, () => this.#call()));
  }

  /** Starts when the API server asks the webhook and has the right answers several times in a row. */
  static async start(plane: ControlPlane, callers = 4): Promise<Load> {
    const load = new Load(plane, 0);
    const end = Date.now() + 120_000;
    let seen: unknown;
    for (let right = 0; right < 16; ) {
      const write = { ...creation(kept), path: collection };
      if (right === 0) await load.#send(write);
      const next = writeOf(load.#turn++);
      const answer = await load.#send(next);
      right = verdictOf(next, answer) === "judged" ? right + 1 : 0;
      if (right === 0) seen = answer.body.message;
      if (Date.now() > end) throw new Error(`the webhook is not asked: ${seen}`);
    }
    return new Load(plane, callers);
  }

  /** Writes that the webhook has judged until now. */
  get judged(): number {
    return this.#judged;
  }

  /** Ends when what is under way is answered. */
  async stop(): Promise<Count> {
    this.#stopped = true;
    await this.#callers;
    this.#options.agent.destroy();
    return { writes: this.#writes, judged: this.#judged, misses: this.#misses };
  }

  async #call(): Promise<void> {
    while (!this.#stopped) {
      const write = writeOf(this.#turn++);
      const sentAt = Date.now();
      const answer = await this.#send(write);
      const verdict = verdictOf(write, answer);
      this.#writes++;
      if (verdict === "judged") this.#judged++;
      else {
        const message = String(answer.body.message ?? `${write.method} ${write.path}: HTTP ${answer.code}`);
        this.#misses.push({ verdict, sentAt, message });
      }
      await sleep(pauseMs);
    }
  }

  async #send({ method, path, body }: Write): Promise<Answer> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { ...this.#options.headers, "content-type": type };
    const target = {
      host: this.#url.hostname,
      port: this.#url.port,
      path,
      method,
      agent: this.#options.agent,
    };
    const sent = request({ ...target, headers, timeout: 60_000 });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 60 s")));
    try {
      sent.on("error", () => {});
      sent.end(JSON.stringify(body));
      const [response] = await once(sent, "response");
      const answer = await text(response);
      return { code: response.statusCode, body: parsed(answer) };
    } catch (error) {
      return { code: 0, body: { message: (error as Error).message } };
    }
  }
}

function parsed(answer: string): Json {
  try {
    return JSON.parse(answer);
  } catch {
    return { message: answer.slice(0, 200) };
  }
}
