import type { OperatorPolicy } from "./types.ts";

/**
 * The entry of the operator that takes an object: in a namespace with operators of its own one of these, elsewhere that
 * of the object's id. Undefined: what the policy says of operators in general holds.
 */
export function operatorFor(
  operators: readonly OperatorPolicy[],
  namespace: string,
  controllerId: string | undefined,
): OperatorPolicy | undefined {
  const housed = operators.filter((each) => each.namespaces?.includes(namespace));
  const candidates = housed.length > 0 ? housed : operators.filter((each) => each.namespaces === undefined);
  return candidates.find((each) => each.controllerId === controllerId);
}
