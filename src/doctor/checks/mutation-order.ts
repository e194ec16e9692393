import type { Check } from "../check.ts";
import { allHooks, covers, type Hook, isOurs } from "../hooks.ts";
import { orOk, skipped, type Verdict, warning } from "../verdict.ts";

const check: Check = {
  id: "mutation-order",
  what: "What other mutating webhooks change is seen by ours",
  judge({ mutating, validating }) {
    const hooks = allHooks(mutating, validating).filter(({ kind }) => kind === "mutating");
    const ours = hooks.filter(isOurs);
    if (ours.length === 0) return [skipped("there is no mutating webhook of ours")];
    const others = hooks.filter((hook) => !isOurs(hook) && covers(hook, "CREATE", []));
    const names = [...new Set(others.map(({ configuration }) => configuration))].join(", ");
    return orOk(
      faults(ours, others),
      names === "" ? "no other webhook mutates SeldonDeployments" : `called again after ${names}`,
    );
  },
};

/** Mutating webhooks are called in the order of the names of their configurations. */
function* faults(ours: readonly Hook[], others: readonly Hook[]): Iterable<Verdict> {
  for (const { configuration, name, reinvocationPolicy } of ours) {
    const later = others.filter((other) => other.configuration > configuration);
    if (later.length === 0 || reinvocationPolicy === "IfNeeded") continue;
    yield warning(
      `${later.map((other) => other.configuration).join(", ")} is called later: what it changes in the routing fields makes the injected text wrong, and the write is denied`,
      "Set reinvocationPolicy: IfNeeded.",
      `${configuration} ${name}`,
    );
  }
}

export default check;
