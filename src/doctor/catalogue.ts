import type { Check } from "./check.ts";
import ambassador from "./checks/ambassador.ts";
import caBundle from "./checks/ca-bundle.ts";
import crd from "./checks/crd.ts";
import deployment from "./checks/deployment.ts";
import deployments from "./checks/deployments.ts";
import dryRun from "./checks/dry-run.ts";
import duplicates from "./checks/duplicates.ts";
import failurePolicy from "./checks/failure-policy.ts";
import leftOverMappings from "./checks/left-over-mappings.ts";
import mutationOrder from "./checks/mutation-order.ts";
import operator from "./checks/operator.ts";
import rights from "./checks/rights.ts";
import selectors from "./checks/selectors.ts";
import servedCertificate from "./checks/served-certificate.ts";
import service from "./checks/service.ts";
import webhooks from "./checks/webhooks.ts";
import type { Facts } from "./facts.ts";
import type { Verdict } from "./verdict.ts";

/** Every check, in the order in which one depends on the other. */
export const checks: readonly Check[] = [
  crd,
  webhooks,
  failurePolicy,
  selectors,
  duplicates,
  mutationOrder,
  caBundle,
  servedCertificate,
  service,
  deployment,
  rights,
  operator,
  leftOverMappings,
  ambassador,
  deployments,
  dryRun,
];

/** A verdict with the check that came to it. */
export interface Diagnosis extends Verdict {
  readonly check: string;
}

/** What all checks say. */
export const diagnose = (facts: Facts): readonly Diagnosis[] =>
  checks.flatMap(({ id, judge }) => [...judge(facts)].map((verdict) => ({ check: id, ...verdict })));
