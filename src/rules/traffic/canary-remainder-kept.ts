import { invalid } from "../../diagnostics/finding.ts";
import { losesRemainder } from "../../mapping/ambassador-version.ts";
import { livePredictors } from "../../mapping/weight.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** The header conditions that generated Mappings have: gRPC ones always, all of them by annotation. */
function conditionsOf({ routing, settings }: RuleInput): readonly ("headers" | "regex_headers")[] {
  const { header, regexHeader } = routing;
  const { apiVersion, grpc } = settings.ambassador;
  // v3alpha1 asks for presence by an expression.
  const isPresence =
    header !== undefined && header.value === undefined && apiVersion === "getambassador.io/v3alpha1";
  const kinds: ("headers" | "regex_headers")[] = [];
  if (grpc || (header !== undefined && !isPresence)) kinds.push("headers");
  if (regexHeader !== undefined || isPresence) kinds.push("regex_headers");
  return kinds;
}

const rule: ObjectRule = {
  id: "canary-remainder-kept",
  topic: "traffic",
  severity: "warning",
  reads: [],
  docs: {
    what: "Traffic is split only where Ambassador keeps the remainder of a split with header conditions.",
    why: "gRPC requests find their deployment by headers, and Ambassador 2.0 to 3.7.2 loses part of such a split.",
    fix: "Upgrade Ambassador to 3.9.2 or later.",
  },
  *check(input) {
    const { deployment, era, configuration, settings } = input;
    const { version } = settings.ambassador;
    if (version === undefined || configuration.custom || !era.servicePerPredictor) return;
    if (livePredictors(deployment).length < 2) return;
    const lost = conditionsOf(input).find((kind) => losesRemainder(version, kind));
    if (lost === undefined) return;
    const what = input.routing.header || input.routing.regexHeader ? "requests" : "gRPC requests";
    yield invalid(
      ["spec", "predictors"],
      version,
      `Ambassador ${version} loses part of the ${what} of a split`,
    );
  },
};

export default rule;
