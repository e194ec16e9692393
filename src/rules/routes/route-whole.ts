import { duplicate, type Finding } from "../../diagnostics/finding.ts";
import { shareHost } from "../../mapping/host.ts";
import { subjectOf } from "../../mapping/subject.ts";
import { answers, effectiveMappings, type RoutedMapping } from "../../routes/effective.ts";
import { homesOf } from "../../routes/neighbours.ts";
import { takesFrom } from "../../routes/part.ts";
import type { SeldonDeployment } from "../../seldon/types.ts";
import { ownerName } from "../owner-name.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** More of those who take a part of one route are not looked at. */
const maxTakers = 3;

const routesOf = (other: SeldonDeployment, input: RuleInput): readonly RoutedMapping[] =>
  effectiveMappings(subjectOf(other, input.settings), input);

/** The deployments over here of whose routes a custom Mapping takes a part. */
function hosts(part: RoutedMapping, input: RuleInput): readonly string[] {
  const { namespace, name: own } = input.deployment;
  const homes = homesOf(part.fields, [namespace]).filter((home) => home.namespace === namespace);
  return [...new Set(homes.map(({ name }) => name))].filter((name) => {
    const host = name === own ? undefined : input.cluster.find(namespace, name);
    return host && routesOf(host, input).some((whole) => takesFrom(part, whole));
  });
}

/** Precedence counts before length: a short prefix with one takes what all the longer ones would answer. */
function isAboveAll({ fields }: RoutedMapping, { deployment, settings }: RuleInput): boolean {
  const { prefix, precedence } = fields;
  return (
    Number(precedence) > 0 &&
    typeof prefix === "string" &&
    `/seldon/${deployment.namespace}/`.startsWith(prefix) &&
    shareHost(fields, { host: settings.ambassador.hostname })
  );
}

function* takers(wholes: readonly RoutedMapping[], input: RuleInput): Iterable<Finding> {
  const { namespace, name: own } = input.deployment;
  const others = new Set(
    wholes.flatMap(({ fields }) => [...input.cluster.routingBelow(String(fields.prefix))]),
  );
  let found = 0;
  for (const other of others) {
    if (other.namespace === namespace && other.name === own) continue;
    if (!routesOf(other, input).some((part) => wholes.some((whole) => takesFrom(part, whole)))) continue;
    const owner = { namespace: other.namespace, name: other.name ?? "" };
    yield duplicate(["metadata", "name"], own, `${ownerName({ owner }, input)} takes a part of its requests`);
    if (++found === maxTakers) return;
  }
}

const rule: ObjectRule = {
  id: "route-whole",
  topic: "routes",
  severity: "warning",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A custom prefix does not take the requests of another deployment: by lying below it, or by precedence.",
    why: "Ambassador tries precedence and then the longer prefix first: the other route gets what is left over.",
    fix: "Use a prefix that no other deployment's begins, without precedence, unless that part is meant.",
  },
  *check(input) {
    const { own } = input.neighbours();
    for (const mapping of own.filter((each) => each.isCustom && answers(each))) {
      const { prefix, precedence } = mapping.fields;
      for (const host of hosts(mapping, input))
        yield duplicate(mapping.source, prefix, `takes a part of the requests to ${host}`);
      if (isAboveAll(mapping, input))
        yield duplicate(mapping.source, prefix, `precedence ${precedence} takes every deployment's requests`);
    }
    yield* takers(
      own.filter((mapping) => !mapping.isCustom && answers(mapping)),
      input,
    );
  },
};

export default rule;
