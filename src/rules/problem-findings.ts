import { type Finding, invalid } from "../diagnostics/finding.ts";
import type { ProblemKind } from "../seldon/routing.ts";
import type { RuleInput } from "./rule.ts";

/** The annotations of one kind that could not be read, as findings. */
export const problemFindings = ({ routing }: RuleInput, kind: ProblemKind): readonly Finding[] =>
  routing.problems
    .filter((problem) => problem.kind === kind)
    .map(({ path, value, message }) => invalid(path, value, message));
