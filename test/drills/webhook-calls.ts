import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../src/cluster/live-client.ts";

/** Calls of webhooks as the API server counts them. */
export interface WebhookCalls {
  readonly made: number;
  readonly failed: number;
}

const sampleMs = 1000;

/** A line of the exposition format of Prometheus: name, labels, value. */
const line = /^(\w+)\{(.*)\} (\S+)$/;

function read(page: string): WebhookCalls {
  let [made, failed] = [0, 0];
  for (const each of page.split("\n")) {
    const [, name, labels = "", value] = line.exec(each) ?? [];
    if (name === "apiserver_admission_webhook_request_total") made += Number(value);
    if (name === "apiserver_admission_webhook_rejection_count" && labels.includes("calling_webhook_error"))
      failed += Number(value);
  }
  return { made, failed };
}

/** What was added between two samples; a counter that is smaller began anew. */
const increase = (before: number, after: number): number => (after >= before ? after - before : after);

/** Adds up what the API server counts, over its restarts: at each, what it counted since the last sample is lost. */
export class CallCounter {
  readonly #client: ApiClient;
  #last: WebhookCalls;
  #sum: WebhookCalls = { made: 0, failed: 0 };
  readonly #stopping = new AbortController();
  readonly #sampling: Promise<void>;

  private constructor(client: ApiClient, first: WebhookCalls) {
    this.#client = client;
    this.#last = first;
    this.#sampling = this.#sample();
  }

  static async start(client: ApiClient): Promise<CallCounter> {
    return new CallCounter(client, await seen(client));
  }

  async stop(): Promise<WebhookCalls> {
    this.#stopping.abort();
    await this.#sampling;
    this.#add(await seen(this.#client));
    return this.#sum;
  }

  async #sample(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // Nobody answers while the API server is restarted.
      await seen(this.#client).then(
        (page) => this.#add(page),
        () => {},
      );
      await sleep(sampleMs, undefined, { signal }).catch(() => {});
    }
  }

  #add(next: WebhookCalls): void {
    const { made, failed } = this.#sum;
    this.#sum = {
      made: made + increase(this.#last.made, next.made),
      failed: failed + increase(this.#last.failed, next.failed),
    };
    this.#last = next;
  }
}

async function seen(client: ApiClient): Promise<WebhookCalls> {
  return read(await text(await client.open("/metrics", { signal: AbortSignal.timeout(30_000) })));
}
