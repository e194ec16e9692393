import assert from "node:assert/strict";
import { defaultEngineSettings } from "../../src/config/settings.ts";
import { NamespaceUnknown } from "../../src/policy/labels.ts";
import { type PolicyContext, PolicyIndex } from "../../src/policy/policy-index.ts";
import type { Policy } from "../../src/policy/types.ts";
import { readPolicy } from "../../src/policy-file/read.ts";
import type { Json } from "./deployment.ts";

const head = "apiVersion: seldon-ambassador-webhook/v1alpha1\nkind: Policy\n";

/** The text of a policy: what every policy begins with, and these lines. */
export const policyText = (body = ""): string => head + body;

/** The policy of these fields. JSON is YAML. */
export const policyWith = (fields: Json): Policy => policyOf(policyText(`${inYaml(fields)}`));

const inYaml = (fields: Json): string =>
  Object.entries(fields)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}\n`)
    .join("");

/** A policy that must be sound. */
export function policyOf(text: string): Policy {
  const { policy, problems } = readPolicy(text);
  assert.deepEqual(problems, undefined);
  assert.ok(policy);
  return policy;
}

export interface PolicyWorld {
  readonly operatorVersion?: string;
  /** By namespace; of others the labels are not known. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly now?: string;
}

/** A policy at work. */
export function policyContext(policy: Policy, world: PolicyWorld = {}): PolicyContext {
  const {
    operatorVersion = defaultEngineSettings.seldon.operatorVersion,
    labels = {},
    now = "2027-01-01T00:00:00Z",
  } = world;
  return {
    index: new PolicyIndex(policy, operatorVersion),
    labelsOf(namespace) {
      const known = labels[namespace];
      if (known === undefined) throw new NamespaceUnknown(namespace);
      return new Map(Object.entries(known));
    },
    nowMs: Date.parse(now),
  };
}

/** A SeldonDeployment as JSON: predictors `p0`, `p1` and so on with these shares. JSON is YAML. */
export const deploymentText = (traffic: readonly number[], annotations: object = {}): string =>
  JSON.stringify({
    apiVersion: "machinelearning.seldon.io/v1",
    kind: "SeldonDeployment",
    metadata: { name: "iris", annotations },
    spec: {
      predictors: traffic.map((share, index) => ({
        name: `p${index}`,
        traffic: share,
        graph: { name: "classifier", implementation: "SKLEARN_SERVER" },
      })),
    },
  });
