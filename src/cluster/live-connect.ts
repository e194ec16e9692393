import { KubeConfig } from "@kubernetes/client-node";
import { LiveView } from "./live.ts";
import { deploymentApi } from "./live-api.ts";
import { type ApiClient, apiClient } from "./live-client.ts";
import { systemClock } from "./live-clock.ts";
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

function connect(load: (config: KubeConfig) => void): Connection {
  const config = new KubeConfig();
  load(config);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("it has no current context with a cluster");
  const client = apiClient(config);
  return {
    client,
    server,
    follow: ({ staleSeconds, relistSeconds, observer }) =>
      new LiveView(deploymentApi(client, { clock: systemClock, idleMs }), {
        staleMs: staleSeconds * 1000,
        relistMs: relistSeconds * 1000,
        observer,
      }),
  };
}

/** The cluster of a kubeconfig's current context. Throws when the file is of no use. */
export const connectByFile = (path: string): Connection => connect((config) => config.loadFromFile(path));

/** The cluster that this pod runs in. */
export const connectInCluster = (): Connection => connect((config) => config.loadFromCluster());
