import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../support/deployment.ts";
import { webhookName } from "../support/replicas.ts";
import type { Course } from "./drill.ts";
import { configurationPath, type Stage } from "./stage.ts";

const name = "fresh-connections";
const path = configurationPath("validating").replace(/[^/]*$/, name);
const everyMs = 1000;

/** How a webhook of the shipped configuration is called, with a caBundle that no API server has seen yet. */
function renewed(hook: Json, turn: number): Json {
  const { caBundle, ...clientConfig } = hook.clientConfig;
  // What stands before a certificate is a comment, and makes it another text.
  const commented = `# ${turn}\n${Buffer.from(caBundle ?? "", "base64")}`;
  const bundle = Buffer.from(commented).toString("base64");
  return { ...hook, name: `${name}.${webhookName}.io`, clientConfig: { ...clientConfig, caBundle: bundle } };
}

/**
 * Makes the API server shake hands again and again. It keeps its connections, and would not see another certificate for
 * as long as they are in use; one connection serves no two caBundles, though. So a webhook of our own calls the same
 * address, and its caBundle is another text every second.
 */
export class FreshConnections {
  readonly #stage: Stage;
  readonly #stopping = new AbortController();
  readonly #turning: Promise<void>;
  #turn = 0;

  private constructor(stage: Stage) {
    this.#stage = stage;
    this.#turning = this.#run();
    // Told of at the end.
    this.#turning.catch(() => {});
  }

  /** Does the work meanwhile. Rejects also when the API server did not make new connections. */
  static async during(stage: Stage, work: () => Promise<Course>): Promise<Course> {
    const before = stage.balancer.accepted;
    const fresh = new FreshConnections(stage);
    const course = await work().finally(() => fresh.#stop());
    const accepted = stage.balancer.accepted - before;
    if (accepted < fresh.#turn / 2) throw new Error(`${accepted} connections for ${fresh.#turn} caBundles`);
    return { ...course, note: `${course.note}; ${accepted} new connections` };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#apply();
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  async #apply(): Promise<void> {
    const { client } = this.#stage;
    const limit = { signal: AbortSignal.timeout(30_000) };
    const shipped = (await client.json(configurationPath("validating"), limit)) as Json;
    const { metadata: _, ...configuration } = shipped;
    await client.json(`${path}?fieldManager=drills&force=true`, {
      method: "PATCH",
      contentType: "application/apply-patch+yaml",
      body: {
        ...configuration,
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name },
        webhooks: [renewed(shipped.webhooks[0], ++this.#turn)],
      },
      ...limit,
    });
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    try {
      await this.#turning;
    } finally {
      await this.#stage.client.json(path, { method: "DELETE", signal: AbortSignal.timeout(30_000) });
    }
  }
}
