import { isDeepStrictEqual } from "node:util";
import { invalid } from "../../diagnostics/finding.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "route-group-agrees",
  topic: "routes",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A custom Mapping that joins another deployment's route repeats its circuit breakers.",
    why: "Ambassador drops the later Mapping of a route whose circuit breakers differ.",
    fix: "Copy circuit_breakers from the other deployment's Mapping, or leave them out where it has none.",
  },
  *check(input) {
    const { own, besides } = input.neighbours();
    for (const mapping of own.filter(({ isCustom }) => isCustom)) {
      const rival = besides(mapping).find(
        ({ fields }) => !isDeepStrictEqual(fields.circuit_breakers, mapping.fields.circuit_breakers),
      );
      if (rival)
        yield invalid(
          mapping.source,
          mapping.fields.prefix,
          `circuit_breakers differ from those of ${ownerName(rival, input)} on this route`,
        );
    }
  },
};

export default rule;
