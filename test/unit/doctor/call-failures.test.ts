import assert from "node:assert/strict";
import { test } from "node:test";
import { callFailureIn, callFailures } from "../../../src/doctor/call-failures.ts";

/** As API servers print them. */
const messages: readonly (readonly [message: string, text: RegExp])[] = [
  [
    'failed to call webhook: Post "https://a.b.svc:443/validate?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    /unknown authority/,
  ],
  [
    'failed to call webhook: Post "https://x": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time …',
    /expired/,
  ],
  [
    'failed to call webhook: Post "https://x": tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match a.b.svc',
    /valid for/,
  ],
  ['failed to call webhook: Post "https://x": context deadline exceeded', /deadline/],
  ['failed to call webhook: Post "https://x": dial tcp 10.0.0.1:443: i/o timeout', /deadline/],
  ['failed to call webhook: Post "https://x": EOF', /^EOF$/],
  ['failed to call webhook: Post "https://x": read tcp 1->2: read: connection reset by peer', /^EOF$/],
  ['failed to call webhook: Post "https://x": no endpoints available for service "w"', /no endpoints/],
  ['failed to call webhook: Post "https://x": service "w" not found', /not found/],
  [
    'failed to call webhook: Post "https://x": dial tcp: lookup w.example on 10.0.0.2:53: no such host',
    /no such host/,
  ],
  ["failed to call webhook: the view of the cluster is stale", /anything else/],
  [
    "this webhook is called with a client certificate (--client-ca-file), and there was none of a CA that it trusts",
    /^called with a client certificate$/,
  ],
  [
    'the client certificate of "kubelet" is not one of those that may call',
    /^called with a client certificate$/,
  ],
];

test("each way in which a call fails has its entry", () => {
  for (const [message, text] of messages)
    assert.match(
      callFailureIn(`Internal error: failed calling webhook "v": ${message}`)?.text ?? "",
      text,
      message,
    );
  assert.equal(callFailureIn('admission webhook "v" denied the request: EOF'), undefined);
  assert.match(
    callFailureIn('admission webhook "v" does not support dry run')?.fix ?? "",
    /sideEffects: None/,
  );
});

test("every entry is sentences and clauses", () => {
  for (const { text, means, fix, pattern } of callFailures) {
    assert.ok(text !== "" && !means.endsWith(".") && fix.endsWith("."), text);
    assert.ok(!pattern.global);
  }
});
