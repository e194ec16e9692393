import { duplicate } from "../../diagnostics/finding.ts";
import type { RoutedMapping } from "../../routes/effective.ts";
import { homesOf } from "../../routes/neighbours.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** The deployments over here below whose prefix a custom one lies. */
function hosts({ fields }: RoutedMapping, { deployment, cluster }: RuleInput): readonly string[] {
  const { namespace, name: own } = deployment;
  return homesOf(fields, [])
    .filter(({ namespace: of, name }) => of === namespace && name !== own)
    .filter(
      ({ name }) => cluster.find(namespace, name) && isBelow(fields.prefix, `/seldon/${namespace}/${name}/`),
    )
    .map(({ name }) => name);
}

const isBelow = (prefix: unknown, host: string): boolean =>
  typeof prefix === "string" && prefix.length > host.length && prefix.startsWith(host);

const rule: ObjectRule = {
  id: "route-whole",
  topic: "routes",
  severity: "warning",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A custom prefix does not lie below the route of another deployment.",
    why: "Ambassador tries the longer prefix first, so the custom Mapping takes a part of the other's requests.",
    fix: "Use a prefix that no other deployment's begins, unless that part is meant.",
  },
  *check(input) {
    const { deployment, cluster } = input;
    for (const mapping of input.neighbours().own) {
      if (mapping.isCustom)
        for (const host of hosts(mapping, input))
          yield duplicate(mapping.source, mapping.fields.prefix, `takes a part of the requests to ${host}`);
    }
    if (deployment.name === undefined || input.configuration.custom) return;
    const below = new Set(cluster.routingBelow(`/seldon/${deployment.namespace}/${deployment.name}/`));
    for (const { namespace, name = "" } of below)
      if (namespace !== deployment.namespace || name !== deployment.name)
        yield duplicate(
          ["metadata", "name"],
          deployment.name,
          `${ownerName({ owner: { namespace, name } }, input)} takes a part of its requests`,
        );
  },
};

export default rule;
