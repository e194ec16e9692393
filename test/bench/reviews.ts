import { mutate } from "../../src/admission/mutate.ts";
import { emptyCluster } from "../../src/cluster/snapshot.ts";
import { defaultEngineSettings } from "../../src/config/settings.ts";
import { applyPatch } from "../../src/review/patch.ts";
import { canary, type ReviewJson } from "../support/reviews.ts";

/** What grows in real deployments: the environment of containers. */
function grown(review: ReviewJson, bytes: number): ReviewJson {
  const missing = bytes - JSON.stringify(review).length;
  if (missing <= 0) return review;
  const value = "x".repeat(80);
  const count = Math.ceil(missing / JSON.stringify({ name: "VARIABLE_00000", value }).length);
  const env = Array.from({ length: count }, (_, index) => ({
    name: `VARIABLE_${String(index).padStart(5, "0")}`,
    value,
  }));
  const [predictor] = review.request.object.spec.predictors as [
    { componentSpecs: [{ spec: { containers: [object] } }] },
  ];
  Object.assign(predictor.componentSpecs[0].spec.containers[0], { env });
  return review;
}

/** A create of about so many bytes as the API server sends it to a path: to /validate it is mutated already. */
export function reviewFor(path: string, bytes: number, namespace?: string): string {
  const review = grown(canary(), bytes);
  if (namespace !== undefined) {
    review.request.namespace = namespace;
    review.request.object.metadata.namespace = namespace;
  }
  if (path === "/validate") {
    const { patch } = mutate(review.request as never, {
      settings: defaultEngineSettings,
      cluster: emptyCluster(),
    });
    review.request.object = applyPatch(review.request.object, patch) as typeof review.request.object;
  }
  return JSON.stringify(review);
}
