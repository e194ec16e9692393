import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { deploymentOf, type Json } from "./deployment.ts";
import type { WebhookProcess } from "./webhook-process.ts";

/** Who answers which endpoint. */
export interface Endpoints {
  readonly mutate: WebhookProcess;
  readonly validate: WebhookProcess;
}

const base = new URL("../../manifests/base/", import.meta.url);
const probeLimitMs = 20_000;

/** A configuration as it is shipped, calling a process in place of the Service. */
function configuration(file: string, path: string, { url, ca }: WebhookProcess): Json {
  const shipped: Json = parse(readFileSync(new URL(file, base), "utf8"));
  const clientConfig = { url: `${url}${path}`, caBundle: Buffer.from(ca).toString("base64") };
  return { ...shipped, webhooks: shipped.webhooks.map((hook: Json) => ({ ...hook, clientConfig })) };
}

const configurations = ({ mutate, validate }: Endpoints): Json => ({
  apiVersion: "v1",
  kind: "List",
  items: [
    configuration("mutating-webhook.yaml", "/mutate", mutate),
    configuration("validating-webhook.yaml", "/validate", validate),
  ],
});

const isAsked = (webhook: WebhookProcess, path: string, name: string): boolean =>
  webhook.decisions().some((decision) => decision.path === path && decision.name === name);

let probes = 0;

/** The API server reads its configurations a moment late, and goes on with the old ones until then. */
async function untilAsked(plane: ControlPlane, { mutate, validate }: Endpoints): Promise<void> {
  const end = performance.now() + probeLimitMs;
  for (;;) {
    const name = `probe-${++probes}`;
    const { apiVersion, kind, metadata, spec } = deploymentOf({ name, namespace: "default" });
    const input = JSON.stringify({ apiVersion, kind, metadata, spec });
    const { stderr } = await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { input });
    if (isAsked(mutate, "/mutate", name) && isAsked(validate, "/validate", name)) return;
    if (performance.now() > end) assert.fail(`the webhook is not called: ${stderr}`);
    await sleep(100);
  }
}

/** Has the API server ask these processes by the shipped configurations, and waits until it does. */
export async function registerWebhook(
  plane: ControlPlane,
  webhook: WebhookProcess | Endpoints,
): Promise<void> {
  const endpoints = "mutate" in webhook ? webhook : { mutate: webhook, validate: webhook };
  const input = JSON.stringify(configurations(endpoints));
  const { status, stderr } = await plane.kubectl(["apply", "-f", "-"], { input });
  assert.equal(status, 0, stderr);
  await untilAsked(plane, endpoints);
}
