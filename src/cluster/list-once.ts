import { decodeDeployment } from "../seldon/decode.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { DeploymentCalls, Selection } from "./deployment-calls.ts";
import type { RestartReason } from "./live-cluster.ts";
import { asFailure } from "./live-failure.ts";
import { identityOf } from "./projection.ts";

/** The deployments of a cluster at one moment. */
export interface Listing {
  readonly deployments: readonly SeldonDeployment[];
  /** `namespace/name` of objects that only a laxer CRD lets through. */
  readonly unreadable: readonly string[];
  /** The rights did not reach further than the namespace that was asked for. */
  readonly isPartial: boolean;
}

/** The cluster could not be listed; the message says why. */
export class ListError extends Error {
  override readonly name = "ListError";
}

/** Lists begun anew because their version grew too old on the way. */
const mostAttempts = 3;

/**
 * Reads all SeldonDeployments once, page by page, keeping of each only what routing depends on. Where the rights
 * end at the namespace, those of this namespace alone. Rejects with ListError.
 */
export async function listOnce(calls: DeploymentCalls, namespace: string | undefined): Promise<Listing> {
  let selection: Selection = {};
  for (let attempt = 1; ; attempt++) {
    try {
      return await list(calls, selection);
    } catch (error) {
      const failure = asFailure(error);
      const { reason } = failure;
      if (reason === "forbidden" && namespace !== undefined && selection.namespace === undefined)
        selection = { namespace };
      else if (reason !== "expired" || attempt >= mostAttempts) throw new ListError(explain(failure));
    }
  }
}

async function list(calls: DeploymentCalls, selection: Selection): Promise<Listing> {
  const deployments: SeldonDeployment[] = [];
  const unreadable: string[] = [];
  for await (const { items } of calls.pages(selection, new AbortController().signal))
    for (const item of items) {
      const { namespace = "", name = "" } = identityOf(item) ?? {};
      const { deployment } = decodeDeployment(item, namespace);
      if (deployment) deployments.push(deployment);
      else unreadable.push(`${namespace}/${name}`);
    }
  return { deployments, unreadable, isPartial: selection.namespace !== undefined };
}

const explanations: Readonly<Partial<Record<RestartReason, string>>> = {
  unauthorized: "the API server does not accept the credentials",
  forbidden: "the right to list seldondeployments is missing",
  missing: "it knows no SeldonDeployments: the CRD of Seldon Core is not installed",
  silent: "the API server cannot be reached",
  network: "the API server cannot be reached",
};

function explain({ reason, message }: ReturnType<typeof asFailure>): string {
  const said = explanations[reason];
  const detail = message.trim();
  if (said === undefined) return detail;
  return detail === "" ? said : `${said} (${detail})`;
}
