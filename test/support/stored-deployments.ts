import { mark, routingDigest } from "../../src/mapping/marker.ts";
import { deploymentOf, type Json } from "./deployment.ts";

const perNamespace = 100;

const namespaceOf = (index: number): string => `team-${Math.floor(index / perNamespace)}`;

const generated = (index: number): string =>
  mark('---\n"prefix": "/seldon/models/iris/"\n'.repeat(50), routingDigest(index));

/** One of many deployments as kubectl applies it: two predictors, every other one with a generated text. */
function appliedDeployment(index: number): Json {
  const fields = {
    name: `model-${index}-of-some-team`,
    namespace: namespaceOf(index),
    predictors: [
      { name: "main", traffic: 90, container: { name: "classifier" } },
      { name: "canary", traffic: 10, container: { name: "classifier" } },
    ],
    annotations: index % 2 === 0 ? { "seldon.io/ambassador-config": generated(index) } : {},
  };
  const raw = deploymentOf(fields);
  raw.metadata.annotations = {
    ...raw.metadata.annotations,
    "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(raw),
  };
  return raw;
}

/** The same as the API server returns it, after so many changes. */
export function storedDeployment(index: number, changes = 0): Json {
  const raw = appliedDeployment(index);
  raw.metadata.resourceVersion = String(1_000_000 * (1 + changes) + index);
  raw.metadata.uid = `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`;
  raw.metadata.managedFields = [{ manager: "kubectl", fieldsV1: { "f:spec": { "f:predictors": {} } } }];
  raw.status = { state: "Available", replicas: 2, deploymentStatus: { main: { replicas: 1 } } };
  return raw;
}
