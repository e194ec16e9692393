import type { RoutedMapping } from "../routes/effective.ts";
import type { RuleInput } from "./rule.ts";

const stranger = "a deployment of another namespace";

/** How a message calls another owner. Names of other namespaces are not the author's to know. */
export const ownerName = (
  { owner }: Pick<RoutedMapping, "owner">,
  { deployment }: Pick<RuleInput, "deployment">,
): string => (owner.namespace === deployment.namespace ? `SeldonDeployment ${owner.name}` : stranger);

const maxNamed = 3;

interface Named {
  readonly namespace: string;
  readonly name: string | undefined;
}

/** `a, b, c and 2 more`: each once, those of other namespaces last and as one. */
export function nameList(owners: readonly Named[], namespace: string): string {
  const here = owners.filter((owner) => owner.namespace === namespace).map(({ name }) => name ?? "");
  const names = [...new Set(here), ...(here.length < owners.length ? [stranger] : [])];
  const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : "";
  return names.slice(0, maxNamed).join(", ") + more;
}
