import { invalid } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import { haveReader } from "../../mapping/custom-groups.ts";
import { groupKey } from "../../mapping/group.ts";
import type { MappingFields } from "../../mapping/types.ts";
import { answers, type RoutedMapping } from "../../routes/effective.ts";
import { customGroups } from "../custom-groups.ts";
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

/** Whether a Mapping of this deployment or of another one answers the requests that are to be copied. */
function isServed(fields: MappingFields, input: RuleInput): boolean {
  const { own, besides } = input.neighbours();
  const shares = ({ fields: other }: RoutedMapping): boolean =>
    groupKey(other) === groupKey(fields) && haveReader(other, fields);
  return [...own.filter(shares), ...besides({ fields })].some(answers);
}

/** Tools dry-run a target and its shadow as a set, before either exists. */
function isAwaited(fields: MappingFields, { deployment, cluster, routing, dryRun }: RuleInput): boolean {
  const { namespace, name } = deployment;
  const named = routing.serviceName === undefined ? undefined : { namespace, name: routing.serviceName };
  const owner = named ?? ownerOf(fields, namespace);
  if (!dryRun || owner === undefined || (owner.namespace === namespace && owner.name === name)) return false;
  return cluster.find(owner.namespace, owner.name) === undefined;
}

/** A target that is named may be routed by what is no SeldonDeployment. */
const softened = ({ routing, deployment: { name } }: RuleInput): { severity?: "warning" } =>
  routing.serviceName === undefined || routing.serviceName === name ? {} : { severity: "warning" };

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
    for (const { mains, shadows } of customGroups(input)) {
      const [shadow] = shadows;
      if (shadow === undefined || mains.length > 0) continue;
      const { fields, label, path } = shadow;
      if (!isServed(fields, input) && !isAwaited(fields, input))
        yield invalid(path, fields.prefix, `${label}: a shadow of no Mapping`, softened(input));
    }
  },
};

export default rule;
