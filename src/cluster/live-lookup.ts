import { Pool } from "./intern.ts";
import type { DeploymentApi } from "./live-api.ts";
import type { Lookup } from "./live-cluster.ts";
import { asFailure } from "./live-failure.ts";
import { project } from "./projection.ts";

/** Asks an API server past the view. */
export const lookupIn = (api: DeploymentApi): Lookup => ({
  async get(namespace, name, signal) {
    try {
      const deployment = project(await api.get(namespace, name, signal), new Pool());
      return deployment?.deleting ? undefined : deployment;
    } catch (error) {
      const failure = asFailure(error);
      if (failure.reason === "missing") return undefined;
      throw failure;
    }
  },
});
