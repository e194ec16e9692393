import type { CircuitBreakers } from "../seldon/routing.ts";

/** An Ambassador Mapping as an annotation document: fields flat, wire spelling, in the order they are written. */
export interface Mapping {
  readonly apiVersion: string;
  readonly kind: "Mapping";
  readonly name: string;
  readonly ambassador_id?: string | readonly string[];
  /** In v1 and v2; left out for every host. */
  readonly host?: string;
  /** Only in v3alpha1, which routes nothing without it. */
  readonly hostname?: string;
  readonly grpc?: true;
  readonly prefix: string;
  readonly prefix_regex?: true;
  readonly rewrite: string;
  /** `true` means that the header must be present. */
  readonly headers?: Readonly<Record<string, string | true>>;
  readonly regex_headers?: Readonly<Record<string, string>>;
  readonly service: string;
  readonly tls?: string;
  readonly cluster_tag?: string;
  readonly timeout_ms: number;
  readonly idle_timeout_ms?: number;
  readonly weight?: number;
  readonly shadow?: true;
  readonly retry_policy?: { readonly retry_on: "gateway-error"; readonly num_retries: number };
  readonly circuit_breakers?: readonly CircuitBreakers[];
}

/** What a request's headers must be for a Mapping to match. */
export type Conditions = Pick<Mapping, "headers" | "regex_headers">;

export interface TLSContext {
  readonly apiVersion: string;
  readonly kind: "TLSContext";
  readonly name: string;
  readonly ambassador_id?: string | readonly string[];
  readonly hosts: readonly string[];
  readonly secret: string;
  /** Written where the Secret's name has a dot, which Ambassador would take for one before a namespace. */
  readonly secret_namespacing?: false;
}

export type AmbassadorDocument = Mapping | TLSContext;

/** The Mapping fields by which Ambassador groups and routes, of generated and custom documents alike. */
export type MappingFields = Readonly<Record<string, unknown>>;
