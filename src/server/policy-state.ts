import type { PolicyIndex } from "../policy/policy-index.ts";
import { policyLabel } from "../policy/types.ts";
import type { Check } from "./health.ts";

/** A policy file that is followed, as the server tells of it. */
export interface PolicyState {
  readonly current: { readonly index: PolicyIndex };
  /** In milliseconds since 1970. */
  readonly loadedAtMs: number;
  readonly reloads: Readonly<Record<string, number>>;
  /** What is wrong with the file as it is now; empty while it is the policy in force. */
  readonly problems: readonly string[];
}

/** Never a reason not to be sent calls: what is in force goes on deciding, and so it does on every replica. */
export const policyCheck = (policy: PolicyState): Check => ({
  name: "policy",
  problem: () => undefined,
  note() {
    const [first] = policy.problems;
    const inForce = `${policyLabel(policy.current.index.policy)} is in force`;
    return first === undefined ? inForce : `${inForce}, the file was refused: ${first}`;
  },
});
