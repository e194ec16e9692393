import { requirementsOf } from "../../policy/labels.ts";
import type { Check } from "../check.ts";
import type { Installation } from "../facts.ts";
import { describeAddress, type Hook } from "../hooks.ts";
import { type Labels, labelsFor, selects } from "../selector.ts";
import { orOk, skipped, type Verdict, warning } from "../verdict.ts";

const check: Check = {
  id: "selectors",
  what: "The webhooks select what they should, and not their own namespace",
  judge({ installations }) {
    if (installations.length === 0) return [skipped("there is no webhook of ours")];
    return installations.flatMap((installation) =>
      orOk(faults(installation), described(installation), describeAddress(installation.address)),
    );
  },
};

const named = (namespace: string): Labels => ({ "kubernetes.io/metadata.name": namespace });

function described({ hooks }: Installation): string {
  const keys = new Set(
    hooks.flatMap(({ namespaceSelector, objectSelector }) =>
      [...requirementsOf(namespaceSelector), ...requirementsOf(objectSelector)].map(({ key }) => key),
    ),
  );
  return keys.size === 0 ? "every namespace is selected" : `selected by ${[...keys].join(", ")}`;
}

function* faults({ hooks, address }: Installation): Iterable<Verdict> {
  for (const { configuration, name, namespaceSelector, objectSelector } of hooks) {
    const object = `${configuration} ${name}`;
    const own = address.kind === "service" ? address.namespace : undefined;
    if (own !== undefined && selects(namespaceSelector, named(own)))
      yield warning(
        `selects its own namespace ${own}: when it is down, what is in there cannot be written either`,
        `Leave it out: namespaceSelector with kubernetes.io/metadata.name NotIn [kube-system, ${own}].`,
        object,
      );
    if (labelsFor(namespaceSelector) === undefined || labelsFor(objectSelector) === undefined)
      yield warning(
        "its selectors contradict themselves: nothing is ever selected",
        "Correct namespaceSelector and objectSelector.",
        object,
      );
  }
  yield* halves(hooks);
}

const selection = ({ namespaceSelector = {}, objectSelector = {} }: Hook): string =>
  JSON.stringify([namespaceSelector, objectSelector].map(requirementsOf));

/** What one webhook mutates, the other must validate. */
function* halves(hooks: readonly Hook[]): Iterable<Verdict> {
  const [first] = hooks;
  const other = hooks.find((hook) => first !== undefined && selection(hook) !== selection(first));
  if (first === undefined || other === undefined) return;
  yield warning(
    `selects other objects than ${first.configuration} ${first.name} does`,
    "Give all webhooks of an installation the same namespaceSelector and objectSelector.",
    `${other.configuration} ${other.name}`,
  );
}

export default check;
