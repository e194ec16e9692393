import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { disagreements } from "../../mapping/group.ts";
import type { NamedDocument } from "../custom-documents.ts";
import { customGroups } from "../custom-groups.ts";
import { fieldName } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

function relation(before: unknown, after: unknown): string {
  if (after === undefined) return "missing, but set";
  return before === undefined ? "set, but missing" : "differs from that";
}

function* differences(first: NamedDocument, later: NamedDocument): Iterable<Finding> {
  for (const field of disagreements(first.fields, later.fields)) {
    const [before, after] = [first.fields[field], later.fields[field]];
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
      if (first !== undefined) for (const later of others) yield* differences(first, later);
    }
  },
};

export default rule;
