import { invalid } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import type { MappingFields } from "../../mapping/types.ts";
import { customGroups, isAllCustom } from "../custom-groups.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

interface Owner {
  readonly namespace: string;
  readonly name: string;
}

/** The deployment whose route a Mapping has: by its REST prefix or by its gRPC headers. */
function ownerOf({ prefix, headers }: MappingFields, own: string): Owner | undefined {
  const [, first, second] = /^\/seldon\/([^/]+)\/(?:([^/]+)\/)?$/.exec(String(prefix)) ?? [];
  if (first !== undefined)
    return second === undefined ? { namespace: own, name: first } : { namespace: first, name: second };
  const { seldon, namespace = own } = isMap(headers) ? headers : ({} as MappingFields);
  return typeof seldon === "string" && typeof namespace === "string"
    ? { namespace, name: seldon }
    : undefined;
}

/** Whether another deployment answers the requests that are to be copied. */
function isServed(fields: MappingFields, { deployment, cluster, routing, dryRun }: RuleInput): boolean {
  const { namespace, name } = deployment;
  if (routing.serviceName !== undefined && routing.serviceName !== name) return true;
  const owner = ownerOf(fields, namespace);
  if (owner === undefined || (owner.namespace === namespace && owner.name === name)) return false;
  // Tools dry-run a target and its shadow as a set, before either exists.
  return dryRun || cluster.find(owner.namespace, owner.name) !== undefined;
}

const rule: ObjectRule = {
  id: "custom-config-shadow-served",
  topic: "custom-config",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A custom shadow has the route of a Mapping that answers: of this text or of another deployment.",
    why: "A group of shadows alone has no route: nothing is mirrored, and requests get 404 without any error.",
    fix: "Repeat prefix, headers, method, host and precedence of the main Mapping, or name its deployment in seldon.io/ambassador-service-name.",
  },
  *check(input) {
    if (!isAllCustom(input)) return;
    for (const { mains, shadows } of customGroups(input)) {
      const [shadow] = shadows;
      if (shadow !== undefined && mains.length === 0 && !isServed(shadow.fields, input))
        yield invalid(shadow.path, shadow.fields.prefix, `${shadow.label}: a shadow of no Mapping`);
    }
  },
};

export default rule;
