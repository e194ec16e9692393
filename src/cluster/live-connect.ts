import { type LiveOptions, LiveView } from "./live.ts";
import { deploymentApi, namespaceApi } from "./live-api.ts";
import { type ApiClient, apiClient } from "./live-client.ts";
import { systemClock } from "./live-clock.ts";
import type { Credentials } from "./live-credentials.ts";
import { LiveNamespaces } from "./live-namespaces.ts";
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
  followNamespaces(options: ConnectOptions): LiveNamespaces;
}

const liveOptions = ({ staleSeconds, relistSeconds, observer }: ConnectOptions): LiveOptions => ({
  staleMs: staleSeconds * 1000,
  relistMs: relistSeconds * 1000,
  observer,
});

/** The cluster that these credentials are for. */
export function connect(credentials: Credentials): Connection {
  const client = apiClient(credentials);
  const calls = { clock: systemClock, idleMs };
  return {
    client,
    server: credentials.server,
    follow: (options) => new LiveView(deploymentApi(client, calls), liveOptions(options)),
    followNamespaces: (options) => new LiveNamespaces(namespaceApi(client, calls), liveOptions(options)),
  };
}
