import type { EngineContext } from "../admission/engine.ts";
import { snapshotOf } from "../cluster/snapshot.ts";
import { type EngineSettings, settingsFor } from "../config/settings.ts";
import type { Report } from "../diagnostics/finding.ts";
import { type LabelsOf, NamespaceUnknown } from "../policy/labels.ts";
import { PolicyIndex } from "../policy/policy-index.ts";
import { type Statement, withoutLimit } from "../policy/statements.ts";
import type { Policy } from "../policy/types.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import { eraOf } from "../seldon/era.ts";
import { type Admitted, admit } from "./admit.ts";
import type { Case } from "./case.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { metBy } from "./met.ts";

/** A policy under test. */
export interface Bench {
  readonly index: PolicyIndex;
  /** The same policy without its severities: what they silence is found by it. */
  readonly plain: PolicyIndex;
  readonly settings: EngineSettings;
  /** When a case happens that does not say so, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Whether somebody wants to know what cases meet, which takes much longer than their outcome. */
  readonly asksMet: boolean;
}

export function benchFor(
  { index, config }: { readonly index: PolicyIndex; readonly config: { readonly engine: EngineSettings } },
  { nowMs, asksMet }: Pick<Bench, "nowMs" | "asksMet">,
): Bench {
  const { policy } = index;
  const settings = config.engine;
  const rules = policy.rules.map((entry) => ({ ...entry, severity: new Map() }));
  return { index, plain: indexOf({ ...policy, rules }, settings), settings, nowMs, asksMet };
}

const indexOf = (policy: Policy, { seldon }: EngineSettings): PolicyIndex =>
  new PolicyIndex(policy, seldon.operatorVersion);

/** What came of a case. */
export interface CaseResult {
  readonly case: Case;
  /** Empty: it passed. */
  readonly differences: readonly Difference[];
  readonly reports: readonly Report[];
  /** What of the policy it shows at work; empty where it failed, or nobody asks. */
  readonly met: readonly Statement[];
}

const labelsIn =
  ({ labels }: Case): LabelsOf =>
  (namespace) => {
    const found = labels.get(namespace);
    if (found === undefined) throw new NamespaceUnknown(namespace);
    return found;
  };

function contextOf(each: Case, index: PolicyIndex, bench: Bench): EngineContext {
  return {
    settings: bench.settings,
    cluster: snapshotOf(each.existing),
    policy: { index, nowMs: each.nowMs ?? bench.nowMs, labelsOf: labelsIn(each) },
  };
}

/** What of the policy a case met that passed. */
function metIn(each: Case, admitted: Admitted, bench: Bench, admittedBy: (index: PolicyIndex) => Admitted) {
  const { index, plain, settings } = bench;
  const { namespace = "default" } = each.request;
  const { deployment } = decodeDeployment(admitted.object, namespace);
  const { operatorVersion } = (deployment ? settingsFor(settings, deployment) : settings).seldon;
  return metBy(each.expect, {
    admitted,
    plain: admittedBy(plain),
    policy: index.forNamespace(namespace, labelsIn(each), operatorVersion),
    era: eraOf(operatorVersion),
    withoutLimit: (limit) => admittedBy(indexOf(withoutLimit(plain.policy, limit), settings)),
  });
}

/** Runs one case. */
export function runCase(each: Case, bench: Bench): CaseResult {
  let admitted: Admitted;
  const admittedBy = (index: PolicyIndex): Admitted => admit(each.request, contextOf(each, index, bench));
  try {
    admitted = admittedBy(bench.index);
  } catch (error) {
    if (!(error instanceof NamespaceUnknown)) throw error;
    // At admission that is HTTP 500, for failurePolicy to decide.
    const found = `no answer: ${error.message}; say them in namespaces`;
    const expected = each.expect.allowed ? "allowed" : "denied";
    return { case: each, differences: [{ field: "allowed", expected, found }], reports: [], met: [] };
  }
  const differences = differencesOf(each.expect, admitted);
  const met = differences.length > 0 || !bench.asksMet ? [] : metIn(each, admitted, bench, admittedBy);
  return { case: each, differences, reports: admitted.reports, met };
}
