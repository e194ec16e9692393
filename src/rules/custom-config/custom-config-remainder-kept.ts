import { invalid } from "../../diagnostics/finding.ts";
import { losesRemainder } from "../../mapping/ambassador-version.ts";
import type { NamedDocument } from "../custom-documents.ts";
import { customGroups } from "../custom-groups.ts";
import type { ObjectRule } from "../rule.ts";

const kinds = ["headers", "regex_headers"] as const;

const isWeighted = (mains: readonly NamedDocument[]): boolean =>
  mains.length > 1 && mains.some(({ fields }) => fields.weight !== undefined);

const rule: ObjectRule = {
  id: "custom-config-remainder-kept",
  topic: "custom-config",
  severity: "warning",
  reads: [],
  docs: {
    what: "Weighted custom Mappings of one group have header conditions only where Ambassador keeps the remainder.",
    why: "Ambassador 2.0 to 3.7.2 loses part of their requests; with regex_headers 2.0 to 3.9.1 does.",
    fix: "Upgrade Ambassador to 3.9.2 or later, or split the traffic without header conditions.",
  },
  *check(input) {
    const { version } = input.settings.ambassador;
    if (version === undefined) return;
    for (const { mains } of customGroups(input)) {
      const last = mains.at(-1);
      const lost = kinds.find(
        (kind) => losesRemainder(version, kind) && mains.some(({ fields }) => fields[kind] !== undefined),
      );
      if (last !== undefined && lost !== undefined && isWeighted(mains))
        yield invalid(last.path, lost, `${last.label}: ${version} loses part of this split`);
    }
  },
};

export default rule;
