import { type Fetched, read, unread, valueIn } from "../fetched.ts";
import type { Deployment } from "../kubernetes.ts";
import { type Right, serveRights } from "../rights.ts";
import { flagsIn, servingContainer } from "./deployed-settings.ts";
import type { Reader } from "./reader.ts";

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

type Granted = Right & { readonly allowed: boolean };

/**
 * Asks the API server for each right that the service account of the first Deployment needs; `configurations` name it
 * to the API server.
 */
export async function grantedRights(
  deployments: Fetched<readonly Deployment[]>,
  configurations: readonly string[],
  reader: Reader,
): Promise<Fetched<readonly Granted[]>> {
  const deployment = valueIn(deployments)?.[0];
  if (deployments.state === "unread") return deployments;
  if (deployment === undefined) return { state: "absent" };
  const rights: Granted[] = [];
  for (const right of rightsOf(deployment, configurations)) {
    const review = await ask(deployment, right, reader);
    if (review.state === "unread") return review;
    if (review.state === "absent") return unread("the answer to a SubjectAccessReview");
    rights.push({ ...right, allowed: review.value.status?.allowed === true });
  }
  return read(rights);
}

/** Where no folder with a certificate is named, the webhook keeps its own. */
function rightsOf({ metadata, spec }: Deployment, configurations: readonly string[]): readonly Right[] {
  const container = spec && servingContainer(spec.template.spec ?? { containers: [] });
  const { certDir } = flagsIn(container?.args ?? []);
  const secret = certDir === undefined ? "seldon-ambassador-webhook-ca" : undefined;
  return serveRights({ namespace: metadata?.namespace ?? "", configurations, secret });
}

function ask({ metadata, spec }: Deployment, right: Right, reader: Reader): Promise<Fetched<Review>> {
  const own = metadata?.namespace ?? "";
  const account = spec?.template.spec?.serviceAccountName ?? "default";
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${own}:${account}`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${own}`, "system:authenticated"],
      resourceAttributes: right,
    },
  };
  return reader.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", body, "subjectaccessreviews");
}
