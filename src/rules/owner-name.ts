import type { RoutedMapping } from "../routes/effective.ts";
import type { RuleInput } from "./rule.ts";

/** How a message calls another owner. Names of other namespaces are not the author's to know. */
export const ownerName = (
  { owner }: Pick<RoutedMapping, "owner">,
  { deployment }: Pick<RuleInput, "deployment">,
): string =>
  owner.namespace === deployment.namespace
    ? `SeldonDeployment ${owner.name}`
    : "a deployment of another namespace";
