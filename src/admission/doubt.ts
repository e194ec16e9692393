import { isMap } from "../mapping/custom.ts";
import { isAttached } from "../mapping/join.ts";
import { subjectOf } from "../mapping/subject.ts";
import { catalogue } from "../rules/catalogue.ts";
import { keys } from "../seldon/annotations.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { Decision, EngineContext } from "./engine.ts";
import { isJudged } from "./scope.ts";
import type { AdmissionRequest } from "./types.ts";

/** A deployment by name. */
export interface Reference {
  readonly namespace: string;
  readonly name: string;
}

const clusterRules = new Set(catalogue.filter(({ reads }) => reads.length > 0).map(({ id }) => id));

/**
 * The deployment whose present state must be known for certain before this decision may be given: the target of
 * an attached object, where the view does not know it and the decision depends on it, or where the object is
 * denied by what the view knows. A view is always a little late, and kubectl applies a target and its shadow one
 * right after the other.
 */
export function doubtOf(
  request: AdmissionRequest,
  decision: Decision,
  { settings, cluster }: EngineContext,
): Reference | undefined {
  if (!isJudged(request) || !namesTarget(request.object)) return undefined;
  const { deployment } = decodeDeployment(request.object, request.namespace ?? "default");
  if (deployment === undefined || deployment.deleting) return undefined;
  const subject = subjectOf(deployment, settings);
  const { shadow, serviceName: name } = subject.routing;
  if (name === undefined || !isAttached(subject)) return undefined;
  const { namespace } = deployment;
  const found = decision.reports.filter(({ rule }) => clusterRules.has(rule));
  const isDenied = found.some(({ severity }) => severity === "error");
  const isUnknown = (shadow || found.length > 0) && cluster.find(namespace, name) === undefined;
  return isDenied || isUnknown ? { namespace, name } : undefined;
}

/** Whether either place holds the annotation; hardly any object does, and the others are not decoded again. */
function namesTarget(object: unknown): boolean {
  const { metadata, spec } = isMap(object) ? object : {};
  return [metadata, spec].some(
    (part) => isMap(part) && isMap(part.annotations) && Object.hasOwn(part.annotations, keys.serviceName),
  );
}
