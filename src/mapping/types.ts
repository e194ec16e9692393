import type { CircuitBreakers } from "../seldon/routing.ts";

/**
 * An Ambassador Mapping as an annotation document: fields flat, wire spelling, in the order they are written. A field
 * that is undefined is not.
 */
export interface Mapping {
  readonly apiVersion: string;
  readonly kind: "Mapping";
  readonly name: string;
  readonly ambassador_id?: string | readonly string[] | undefined;
  /** In v1 and v2; left out for every host. */
  readonly host?: string | undefined;
  /** Only in v3alpha1, which routes nothing without it. */
  readonly hostname?: string | undefined;
  readonly grpc?: true | undefined;
  readonly prefix: string;
  readonly prefix_regex?: true | undefined;
  readonly rewrite: string;
  /** `true` means that the header must be present. */
  readonly headers?: Readonly<Record<string, string | true>> | undefined;
  readonly regex_headers?: Readonly<Record<string, string>> | undefined;
  readonly service: string;
  readonly tls?: string | undefined;
  readonly cluster_tag?: string | undefined;
  readonly timeout_ms: number;
  readonly idle_timeout_ms?: number | undefined;
  readonly weight?: number | undefined;
  readonly shadow?: true | undefined;
  readonly retry_policy?: { readonly retry_on: "gateway-error"; readonly num_retries: number } | undefined;
  readonly circuit_breakers?: readonly CircuitBreakers[] | undefined;
}

/** What a request's headers must be for a Mapping to match. */
export type Conditions = Pick<Mapping, "headers" | "regex_headers">;

export interface TLSContext {
  readonly apiVersion: string;
  readonly kind: "TLSContext";
  readonly name: string;
  readonly ambassador_id?: string | readonly string[] | undefined;
  readonly hosts: readonly string[];
  readonly secret: string;
  /** Written where the Secret's name has a dot, which Ambassador would take for one before a namespace. */
  readonly secret_namespacing?: false | undefined;
}

export type AmbassadorDocument = Mapping | TLSContext;

/** The Mapping fields by which Ambassador groups and routes, of generated and custom documents alike. */
export type MappingFields = Readonly<Record<string, unknown>>;
