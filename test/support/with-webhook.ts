import type { TestContext } from "node:test";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { startWebhook, type WebhookProcess } from "./webhook-process.ts";
import { registerWebhook } from "./webhook-registration.ts";

/** A cluster whose API server asks a running webhook. */
export interface Stage {
  readonly plane: ControlPlane;
  readonly webhook: WebhookProcess;
}

/** A test with a control plane of its own that asks a webhook of its own. */
export function withWebhook(name: string, body: (t: TestContext, stage: Stage) => Promise<void>): void {
  withControlPlane(name, async (t, plane) => {
    await installCrd(plane.kubectl);
    const webhook = await startWebhook(t, plane);
    await registerWebhook(plane, webhook);
    await body(t, { plane, webhook });
  });
}
