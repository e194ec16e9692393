import assert from "node:assert/strict";
import type { FuzzedCall } from "./call.ts";
import { checkAnswer } from "./engine.ts";

/** A call over TLS, and what came back. */
export type Send = (call: FuzzedCall) => Promise<{ readonly code: number; readonly text: string }>;

function uidIn(body: Buffer): unknown {
  return JSON.parse(body.toString("utf8")).request.uid;
}

/** Makes the call of a server. Throws where it is answered with anything but a decision or a refusal. */
export async function callServer(call: FuzzedCall, send: Send): Promise<"answered" | "refused"> {
  const { code, text } = await send(call);
  const answer = JSON.parse(text);
  if (code === 200) {
    checkAnswer(answer, uidIn(call.body));
    return "answered";
  }
  assert.ok([400, 413].includes(code), `answered with ${code}: ${text.slice(0, 300)}`);
  assert.equal(answer.kind, "Status");
  assert.equal(answer.code, code);
  return "refused";
}
