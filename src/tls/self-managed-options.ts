import type { ApiClient } from "../cluster/live-client.ts";
import type { Clock } from "../cluster/live-clock.ts";
import type { RenewalObserver } from "./source.ts";

/** How certificates are managed. */
export interface SelfManagedOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly secretName: string;
  readonly configurationName: string;
  /** The names in the certificate. */
  readonly hosts: readonly string[];
  readonly caMs: number;
  readonly leafMs: number;
  readonly observe: RenewalObserver;
  readonly clock?: Clock;
  /** Milliseconds since 1970. */
  readonly wall?: () => number;
}
