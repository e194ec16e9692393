import { readFileSync } from "node:fs";
import { join } from "node:path";

// JavaScript, because a loader of TypeScript would count as these servers' own memory.

const [, , certDir = ""] = process.argv;

export const pair = () => ({
  cert: readFileSync(join(certDir, "tls.crt")),
  key: readFileSync(join(certDir, "tls.key")),
});

export const constantReview = (uid) => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  response: { uid, allowed: true },
});

export const constantAnswer = (uid) => JSON.stringify(constantReview(uid));

/** Listens on a free port and says which, as the webhook does in its ready line. */
export function listening(server) {
  server.keepAliveTimeout = 90_000;
  server.listen(0, "localhost", () => {
    process.stderr.write(`ready: https://localhost:${server.address().port}/\n`);
  });
  process.once("SIGTERM", () => process.exit(0));
}
