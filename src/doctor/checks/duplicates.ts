import type { Check } from "../check.ts";
import { addressOf, allHooks, describeAddress, type Hook, isOurs, pathOf } from "../hooks.ts";
import { areDisjoint } from "../selector.ts";
import { orOk, skipped, type Verdict, warning } from "../verdict.ts";

const check: Check = {
  id: "duplicates",
  what: "Each object is seen by one installation",
  judge({ mutating, validating }) {
    const hooks = allHooks(mutating, validating).filter(isOurs);
    if (hooks.length === 0) return [skipped("there is no webhook of ours")];
    const count = new Set(hooks.map(({ configuration }) => configuration)).size;
    return orOk(overlaps(hooks), `${count} configurations, which do not overlap`);
  },
};

const isPair = (a: Hook, b: Hook): boolean =>
  a.configuration !== b.configuration &&
  a.kind === b.kind &&
  a.name === b.name &&
  !areDisjoint(a.namespaceSelector, b.namespaceSelector) &&
  !areDisjoint(a.objectSelector, b.objectSelector);

const isLocal = ({ configuration }: Hook): boolean =>
  configuration.includes("/seldon-ambassador-webhook-local-");

const placeOf = (hook: Hook): string => {
  const address = addressOf(hook);
  return address === undefined ? pathOf(hook) : describeAddress(address);
};

function* overlaps(hooks: readonly Hook[]): Iterable<Verdict> {
  const told = new Set<string>();
  for (const [index, a] of hooks.entries())
    for (const b of hooks.slice(index + 1)) {
      if (!isPair(a, b)) continue;
      // What a local run registered is the one to go.
      const [kept, extra] = isLocal(a) ? [b, a] : [a, b];
      if (told.has(extra.configuration)) continue;
      told.add(extra.configuration);
      yield warning(
        `${isLocal(extra) ? "left by serve --register, or still in use: " : ""}it calls ${placeOf(extra)} for objects for which ${kept.configuration} calls ${placeOf(kept)}; each denies what the other makes with other settings`,
        `Delete it unless it is wanted: kubectl delete ${extra.configuration.replace("/", " ")}; or keep their selectors apart.`,
        extra.configuration,
      );
    }
}

export default check;
