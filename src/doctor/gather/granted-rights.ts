import { type Fetched, read, unread, valueIn } from "../fetched.ts";
import type { Deployment } from "../kubernetes.ts";
import { type Right, serveRights, type Tasks } from "../rights.ts";
import type { Reader } from "./reader.ts";

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

type Granted = Right & { readonly allowed: boolean };

/** Asks the API server for each right that the service account of the first Deployment needs. */
export async function grantedRights(
  deployments: Fetched<readonly Deployment[]>,
  tasks: Tasks,
  reader: Reader,
): Promise<Fetched<readonly Granted[]>> {
  const deployment = valueIn(deployments)?.[0];
  if (deployments.state === "unread") return deployments;
  if (deployment === undefined) return { state: "absent" };
  const rights: Granted[] = [];
  for (const right of serveRights(tasks)) {
    const review = await ask(deployment, right, reader);
    if (review.state === "unread") return review;
    if (review.state === "absent") return unread("the answer to a SubjectAccessReview");
    rights.push({ ...right, allowed: review.value.status?.allowed === true });
  }
  return read(rights);
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
