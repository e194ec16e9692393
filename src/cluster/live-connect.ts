import { LiveView } from "./live.ts";
import { deploymentApi } from "./live-api.ts";
import { type ApiClient, apiClient } from "./live-client.ts";
import { systemClock } from "./live-clock.ts";
import type { Credentials } from "./live-credentials.ts";
import type { LiveObserver } from "./live-state.ts";

export interface ConnectOptions {
  readonly staleSeconds: number;
  readonly relistSeconds: number;
  readonly observer: LiveObserver;
}

/** Two bookmarks, which come every minute, may be missed. */
const idleMs = 130_000;

/** A cluster that can be spoken to. */
export interface Connection {
  readonly client: ApiClient;
  /** Where it is, for messages. */
  readonly server: string;
  follow(options: ConnectOptions): LiveView;
}

/** The cluster that these credentials are for. */
export function connect(credentials: Credentials): Connection {
  const client = apiClient(credentials);
  return {
    client,
    server: credentials.server,
    follow: ({ staleSeconds, relistSeconds, observer }) =>
      new LiveView(deploymentApi(client, { clock: systemClock, idleMs }), {
        staleMs: staleSeconds * 1000,
        relistMs: relistSeconds * 1000,
        observer,
      }),
  };
}
