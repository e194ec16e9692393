import type { ApiClient } from "../cluster/live-client.ts";
import { asFailure } from "../cluster/live-failure.ts";
import { NamedObject, type NamedOptions } from "../cluster/named-object.ts";
import type { Authority } from "./authority.ts";
import type { StoredAuthority } from "./authority-renewal.ts";

/** The keys of the Secret: those of cert-manager's. */
const keys = { cert: "tls.crt", key: "tls.key", bundle: "ca.crt" } as const;

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

interface SecretObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The Secret as it was read at some moment. */
export type Version = NamedObject["value"];

const callMs = 15_000;
const encode = (text: string): string => Buffer.from(text).toString("base64");

/** The one Secret in which all replicas find their CA. */
export class AuthoritySecret {
  readonly #client: ApiClient;
  readonly #place: SecretPlace;
  readonly #object: NamedObject;
  readonly #stopping = new AbortController();

  constructor(client: ApiClient, place: SecretPlace, options: NamedOptions) {
    this.#client = client;
    this.#place = place;
    this.#object = new NamedObject(client, { collection: this.#collection, name: place.name }, options);
  }

  get #collection(): string {
    return `/api/v1/namespaces/${encodeURIComponent(this.#place.namespace)}/secrets`;
  }

  /** Whether it has been looked for with success. */
  get isKnown(): boolean {
    return this.#object.value !== undefined;
  }

  /** Why it cannot be read at present. */
  get failure(): string | undefined {
    return this.#object.failure?.message;
  }

  get aheadMs(): number {
    return this.#object.aheadMs;
  }

  /** The state that a write is to replace: as it was judged, not as it may be by then. */
  get version(): Version {
    return this.#object.value;
  }

  /** Undefined where there is no Secret. */
  get stored(): StoredAuthority | undefined {
    const value = this.#object.value as SecretObject | null | undefined;
    if (!value) return undefined;
    const read = (key: string): string | undefined => {
      const encoded = value.data?.[key];
      return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
    };
    return { cert: read(keys.cert), key: read(keys.key), bundle: read(keys.bundle) };
  }

  refresh(): Promise<void> {
    return this.#object.refresh();
  }

  /**
   * Writes the CA in the place of a version: of several writers one wins. "lost": it was another, and what it wrote has
   * been read. Other keys of the Secret stay. Rejects when it cannot be written.
   */
  async write(authority: Authority, bundle: string, replaced: Version): Promise<"renewed" | "lost"> {
    const outcome = await this.#send(authority, bundle, replaced).catch((error: unknown) => {
      const { code } = asFailure(error);
      // Somebody created or changed it, or deleted what was to be replaced. A creation finds no namespace: a failure.
      if (code === 409 || (code === 404 && replaced)) return "lost" as const;
      throw error;
    });
    await this.refresh();
    return outcome;
  }

  async #send(authority: Authority, bundle: string, replaced: Version): Promise<"renewed"> {
    const { name, namespace } = this.#place;
    const old = replaced as SecretObject | null | undefined;
    const data = {
      ...old?.data,
      [keys.cert]: encode(authority.cert.pem),
      [keys.key]: encode(authority.key),
      [keys.bundle]: encode(bundle),
    };
    const labels = { "app.kubernetes.io/name": "seldon-ambassador-webhook" };
    const { managedFields: _, ...metadata } = old?.metadata ?? { name, namespace, labels };
    const kind = { apiVersion: "v1", kind: "Secret", type: "Opaque" };
    await this.#client.json(old ? `${this.#collection}/${name}` : this.#collection, {
      method: old ? "PUT" : "POST",
      body: { ...kind, ...old, metadata, data },
      signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(callMs)]),
    });
    return "renewed";
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#object.stop();
  }
}
