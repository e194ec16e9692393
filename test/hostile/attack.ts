import assert from "node:assert/strict";
import { after, before } from "node:test";
import { canary, type ReviewJson } from "../support/reviews.ts";
import { type Answer, type Call, type TestServer, testServer } from "../support/server.ts";

/** What came of a call, as far as tests ask for it. */
export type Verdict = Decided | Refused;

interface Decided {
  readonly allowed: boolean;
  /** Whether there is a patch. */
  readonly patched: boolean;
  /** Field, reason and rule of each cause. */
  readonly causes: readonly string[];
}

interface Refused {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

interface Cause {
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

const ruleOf = ({ message }: Cause): string | undefined => /\[([a-z0-9-]+)\]$/.exec(message)?.[1];

/** Reads an answer, which must be a whole AdmissionReview with this uid, or a whole Status. */
export function verdictOf(answer: Answer, uid: string = canary().request.uid): Verdict {
  const { kind, ...rest } = answer.json;
  if (answer.code === 200) {
    const { response } = rest;
    assert.equal(kind, "AdmissionReview");
    assert.equal(response.uid, uid);
    const causes: readonly Cause[] = response.status?.details.causes ?? [];
    return {
      allowed: response.allowed,
      patched: response.patch !== undefined,
      causes: causes.map((cause) => `${cause.field} ${cause.reason} ${ruleOf(cause)}`),
    };
  }
  const { apiVersion, status, code, reason, message, ...more } = rest;
  assert.deepEqual([kind, apiVersion, status, code, more], ["Status", "v1", "Failure", answer.code, {}]);
  return { code, reason, message };
}

/** Allowed as it is. */
export const accepted: Verdict = { allowed: true, patched: false, causes: [] };

/** Allowed, with a patch. */
export const injected: Verdict = { ...accepted, patched: true };

/** Denied for these causes. */
export const denied = (...causes: string[]): Verdict => ({ allowed: false, patched: false, causes });

/** Refused as a malformed call. */
export const badRequest = (message: string): Verdict => ({ code: 400, reason: "BadRequest", message });

/** The rules that deny, each once; empty for what is no denial. */
export const rulesOf = (verdict: Verdict): readonly string[] =>
  "causes" in verdict ? [...new Set(verdict.causes.map((cause) => cause.split(" ").at(-1) ?? ""))] : [];

/** A server that is attacked by all tests of a file. */
export interface Target {
  server(): TestServer;
  connect: TestServer["connect"];
  /** Makes a call and reads its answer; that the server answers a good call afterwards is part of it. */
  attack(path: string, call: Call, uid?: string): Promise<Verdict>;
  /** The lines of its log. */
  logs(): TestServer["logs"];
  /** The same without either. */
  answer(path: string, call: Call): Promise<Answer>;
}

/** Fails unless the server decides about a sound object as ever. */
export async function assertServes(server: TestServer): Promise<void> {
  const mutated = verdictOf(await server.call("/mutate", { body: canary() }));
  assert.deepEqual(mutated, { allowed: true, patched: true, causes: [] });
  const { text } = await server.callPlain("/metrics");
  assert.match(text, /^seldon_ambassador_webhook_panics_total 0$/m);
}

/** Starts the target before the tests of a file and ends it after them. */
export function target(): Target {
  let server: TestServer | undefined;
  let end = async (): Promise<void> => {};
  before(async () => {
    const scope = { after: (close: () => Promise<void>) => (end = close) };
    server = await testServer(scope as unknown as Parameters<typeof testServer>[0]);
  });
  after(() => end());
  const running = (): TestServer => {
    assert.ok(server);
    return server;
  };
  return {
    server: running,
    connect: () => running().connect(),
    logs: () => running().logs,
    answer: (path, call) => running().call(path, call),
    async attack(path, call, uid) {
      const verdict = verdictOf(await running().call(path, call), uid);
      await assertServes(running());
      return verdict;
    },
  };
}

/** A canary with changes. */
export function changed(change: (review: ReviewJson) => void): ReviewJson {
  const review = canary();
  change(review);
  return review;
}

/** A canary with these annotations. */
export const annotated = (annotations: Readonly<Record<string, unknown>>): ReviewJson =>
  changed(({ request }) => Object.assign(request.object.metadata, { annotations }));
