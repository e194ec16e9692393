import { readFileSync } from "node:fs";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const [, , certDir = ""] = process.argv;

export const pair = () => ({
  cert: readFileSync(join(certDir, "tls.crt")),
  key: readFileSync(join(certDir, "tls.key")),
});

export const constantReview = (uid: string): object => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  response: { uid, allowed: true },
});

export const constantAnswer = (uid: string): string => JSON.stringify(constantReview(uid));

/** Listens on a free port and says which, as the webhook does in its ready line. */
export function listening(server: Server): void {
  server.keepAliveTimeout = 90_000;
  server.listen(0, "localhost", () => {
    process.stderr.write(`ready: https://localhost:${(server.address() as AddressInfo).port}/\n`);
  });
  process.once("SIGTERM", () => process.exit(0));
}
