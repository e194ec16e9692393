import type { ApiClient } from "../../src/cluster/live-client.ts";
import { group, sdep } from "./seldon-cluster.ts";

/** What came of calls that were made without a pause. */
export interface LoadResult {
  readonly made: number;
  /** What the API server said of each call that failed. */
  readonly failures: readonly string[];
}

export interface Load {
  /** Waits for the calls that are under way. */
  stop(): Promise<LoadResult>;
}

/** Has the API server ask its webhooks about creations that are not stored, from a few callers at once. */
export function admissionLoad(client: ApiClient, callers = 2): Load {
  let made = 0;
  let stopped = false;
  const failures: string[] = [];
  const path = `/apis/${group}/v1/namespaces/default/seldondeployments?dryRun=All`;
  const caller = async (): Promise<void> => {
    while (!stopped) {
      const name = `load-${++made}`;
      const signal = AbortSignal.timeout(60_000);
      await client
        .json(path, { method: "POST", body: { ...sdep(name, "default"), apiVersion: `${group}/v1` }, signal })
        .catch((error: Error) => failures.push(`${new Date().toISOString()} ${error.message}`));
    }
  };
  const all = Promise.all(Array.from({ length: callers }, caller));
  return {
    async stop() {
      stopped = true;
      await all;
      return { made, failures };
    },
  };
}
