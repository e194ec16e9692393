import { invalid } from "../../diagnostics/finding.ts";
import { joinedGroup, targetOf } from "../../mapping/join.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "shadow-header-route",
  topic: "references",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A shadow with a header condition has a deployment that answers this header on its target.",
    why: "Ambassador mirrors one route; a route that consists of a shadow only never matches.",
    fix: "Remove the header to mirror all requests, or attach a live deployment with the same header first.",
  },
  *check(input) {
    const { header, regexHeader, shadow } = input.routing;
    const condition = header ?? regexHeader;
    if (!shadow || condition === undefined) return;
    const target = targetOf(input, input);
    // A target with custom configuration is judged by service-name-custom-route.
    if (target === undefined || target.custom || joinedGroup(input, input)) return;
    const found = readAnnotation(input.deployment, header ? keys.header : keys.regexHeader, input.era);
    yield invalid(
      found?.path ?? [],
      found?.value,
      `nothing on ${target.deployment.name} answers this header condition`,
    );
  },
};

export default rule;
