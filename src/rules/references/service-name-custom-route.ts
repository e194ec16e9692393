import { invalid } from "../../diagnostics/finding.ts";
import { everyHost } from "../../mapping/host.ts";
import { joinedGroup, routePrefix, routesPlainly, targetOf } from "../../mapping/join.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "service-name-custom-route",
  topic: "references",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A target with custom configuration has a Mapping of the route that is to be joined.",
    why: "A shadow mirrors one route, by prefix and headers; a header route needs a plain one to fall back to.",
    fix: "Add the Mapping to the target's seldon.io/ambassador-config, or write one for this deployment.",
  },
  *check(input) {
    const target = targetOf(input, input);
    if (target?.custom === undefined) return;
    const isServed = input.routing.shadow ? joinedGroup(input, input) : routesPlainly(target);
    if (isServed) return;
    const { namespace, name } = target.deployment;
    const { shadow, header, regexHeader } = input.routing;
    const same = header || regexHeader ? " with the same header condition" : " without a header condition";
    const headers = shadow ? same : "";
    const { hostname } = target.settings.ambassador;
    const host = hostname === everyHost ? "" : ` for host ${hostname}`;
    yield invalid(
      readAnnotation(input.deployment, keys.serviceName, input.era)?.path ?? [],
      name,
      `the custom configuration of ${name} has no Mapping of prefix ${routePrefix(namespace, name ?? "")}${host}${headers}`,
    );
  },
};

export default rule;
