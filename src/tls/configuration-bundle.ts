import type { ApiClient } from "../cluster/live-client.ts";
import { asFailure } from "../cluster/live-failure.ts";
import { NamedObject, type NamedOptions } from "../cluster/named-object.ts";
import { type BundleReason, bundleReason, type Trust, trusts, wantedBundle } from "./bundle.ts";
import type { Certificate } from "./read.ts";

const group = "admissionregistration.k8s.io";

/** Owns nothing but names of webhooks, which are their keys, and their caBundle. */
const fieldManager = "seldon-ambassador-webhook-ca";
const callMs = 15_000;

/** The two kinds, in the order in which they are written. */
export const configurationKinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;

interface Webhook {
  readonly name: string;
  readonly clientConfig?: { readonly caBundle?: string };
}

interface Configuration {
  readonly metadata: { readonly resourceVersion: string };
  readonly webhooks?: readonly Webhook[];
}

const bundleOf = ({ clientConfig }: Webhook): string =>
  Buffer.from(clientConfig?.caBundle ?? "", "base64").toString("utf8");

/** The caBundle of all webhooks of one configuration. */
export class ConfigurationBundle {
  readonly #client: ApiClient;
  readonly #kind: string;
  readonly #name: string;
  readonly #object: NamedObject;
  readonly #stopping = new AbortController();

  constructor(client: ApiClient, kind: string, name: string, options: NamedOptions) {
    this.#client = client;
    this.#kind = kind;
    this.#name = name;
    this.#object = new NamedObject(client, { collection: this.#collection, name }, options);
  }

  get #collection(): string {
    return `/apis/${group}/v1/${this.#kind.toLowerCase()}s`;
  }

  /** As kubectl writes it. */
  get label(): string {
    return `${this.#kind.toLowerCase()}/${this.#name}`;
  }

  /** Whether it has been looked for with success. */
  get isKnown(): boolean {
    return this.#object.value !== undefined;
  }

  get exists(): boolean {
    return Boolean(this.#object.value);
  }

  /** Why it cannot be read at present. */
  get failure(): string | undefined {
    return this.#object.failure?.message;
  }

  get #webhooks(): readonly Webhook[] {
    return (this.#object.value as Configuration | null | undefined)?.webhooks ?? [];
  }

  /** Whether each webhook trusts this CA; so do those of a configuration that does not exist. */
  trusts(ca: Certificate): boolean {
    return this.#webhooks.every((webhook) => trusts(bundleOf(webhook), ca));
  }

  /** Why it must be written; undefined while it is right, and while it does not exist. */
  reason(trust: Trust): BundleReason | undefined {
    for (const webhook of this.#webhooks) {
      const reason = bundleReason(bundleOf(webhook), trust);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /**
   * Applies the caBundle of every webhook, on the condition that the configuration is as it was last read, which also
   * keeps this from making one that was deleted. "lost": it was changed, and has been read again. Rejects when it
   * cannot be written.
   */
  async write(trust: Trust): Promise<"renewed" | "lost"> {
    const outcome = await this.#apply(trust).catch((error: unknown) => {
      const { code } = asFailure(error);
      if (code === 409 || code === 404) return "lost" as const;
      throw error;
    });
    await this.#object.refresh();
    return outcome;
  }

  async #apply(trust: Trust): Promise<"renewed"> {
    const { resourceVersion } = (this.#object.value as unknown as Configuration).metadata;
    const present = this.#webhooks.map(bundleOf).join("\n");
    const caBundle = Buffer.from(wantedBundle(present, trust)).toString("base64");
    await this.#client.json(`${this.#collection}/${this.#name}?fieldManager=${fieldManager}&force=true`, {
      method: "PATCH",
      contentType: "application/apply-patch+yaml",
      body: {
        apiVersion: `${group}/v1`,
        kind: this.#kind,
        metadata: { name: this.#name, resourceVersion },
        webhooks: this.#webhooks.map(({ name }) => ({ name, clientConfig: { caBundle } })),
      },
      signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(callMs)]),
    });
    return "renewed";
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#object.stop();
  }
}
