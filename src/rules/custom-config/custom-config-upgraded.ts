import { invalid } from "../../diagnostics/finding.ts";
import { isUpgraded } from "../../mapping/upgrade.ts";
import { ownerOf } from "../custom-documents.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-upgraded",
  topic: "custom-config",
  severity: "warning",
  reads: [],
  docs: {
    what: "The apiVersion of a custom configuration is the author's own.",
    why: "With customConfig.upgrade the mutating webhook rewrites outdated ones, and the source still has them.",
    fix: "Write getambassador.io/v2 in the source, and remove the comment that tells of the upgrade.",
  },
  *check({ customs }) {
    for (const { source } of customs)
      if (isUpgraded(source.text))
        yield invalid(
          source.path,
          source.text,
          `${ownerOf(source.predictor)}apiVersion was upgraded to getambassador.io/v2`,
        );
  },
};

export default rule;
