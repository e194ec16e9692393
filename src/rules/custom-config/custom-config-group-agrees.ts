import { isDeepStrictEqual } from "node:util";
import { type Finding, invalid } from "../../diagnostics/finding.ts";
import type { NamedDocument } from "../custom-documents.ts";
import { customGroups } from "../custom-groups.ts";
import { fieldName } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

/** Method and prefix must agree too, but without that there is no common group. */
const shared = [
  "connect_timeout_ms",
  "cluster_idle_timeout_ms",
  "cluster_max_connection_lifetime_ms",
  "bypass_auth",
  "labels",
  "keepalive",
  "load_balancer",
  "prefix_regex",
  "headers",
];

/** The only one that may not be left out either. */
const strict = "circuit_breakers";

function relation(before: unknown, after: unknown): string {
  if (after === undefined) return "missing, but set";
  return before === undefined ? "set, but missing" : "differs from that";
}

function* disagreements(first: NamedDocument, later: NamedDocument): Iterable<Finding> {
  for (const field of [strict, ...shared]) {
    const [before, after] = [first.fields[field], later.fields[field]];
    if (field !== strict && (before === undefined || after === undefined)) continue;
    if (!isDeepStrictEqual(before, after))
      yield invalid(
        later.path,
        after,
        `${later.label}: ${fieldName(later, [field])}: ${relation(before, after)} in ${first.label}`,
      );
  }
}

const rule: ObjectRule = {
  id: "custom-config-group-agrees",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "Custom Mappings of one group agree in circuit breakers, connection settings, labels and headers.",
    why: "Ambassador drops the later Mapping of a group that disagrees, and its share of the requests with it.",
    fix: "Give all Mappings of the route the same value.",
  },
  *check(input) {
    for (const { mains, shadows } of customGroups(input)) {
      const [first, ...others] = [...mains, ...shadows];
      if (first !== undefined) for (const later of others) yield* disagreements(first, later);
    }
  },
};

export default rule;
