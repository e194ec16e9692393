import type { PolicyIndex } from "../policy/policy-index.ts";
import { type Statement, statementsOf } from "../policy/statements.ts";

/** A reason may stand twice; a line holds one exemption or break-glass at most. */
const keyOf = ({ kind, id, line }: Statement): string =>
  JSON.stringify(kind === "exemption" || kind === "break-glass" ? [kind, line] : [kind, line, id]);

/** What a policy says and no case has met, in the order of its file. */
export function untestedOf(index: PolicyIndex, met: Iterable<Statement>): readonly Statement[] {
  const keys = new Set([...met].map(keyOf));
  return statementsOf(index).filter((each) => !keys.has(keyOf(each)));
}
