import type { Outcome, Program, Purse, Variables } from "./program.ts";

/** The compiled expressions of one check. */
export interface CheckPrograms {
  /** Where it gives false, the check does not apply. */
  readonly when: Program<boolean> | undefined;
  readonly expression: Program<boolean>;
  readonly messageExpression: Program<string> | undefined;
}

type Failure = Exclude<Outcome<boolean>, { readonly failure?: undefined }>;

/** What a check says about an object. */
export type Verdict =
  | { readonly kind: "met" }
  /** `message`: what messageExpression gave, if that is one line of text. */
  | { readonly kind: "violated"; readonly message: string | undefined }
  | (Failure & { readonly kind: "failed" });

/** Evaluates a check. Total: whatever goes wrong is a failure, never a yes. */
export function verdictOf(
  { when, expression, messageExpression }: CheckPrograms,
  variables: Variables,
  purse: Purse,
): Verdict {
  const applies = when?.evaluate(variables, purse) ?? { value: true };
  if (applies.failure !== undefined) return { kind: "failed", ...applies };
  if (!applies.value) return { kind: "met" };
  const holds = expression.evaluate(variables, purse);
  if (holds.failure !== undefined) return { kind: "failed", ...holds };
  if (holds.value) return { kind: "met" };
  return { kind: "violated", message: lineOf(messageExpression?.evaluate(variables, purse)) };
}

/** As in Kubernetes, what fails, is blank or has line breaks gives way to the fixed message. */
function lineOf(said: Outcome<string> | undefined): string | undefined {
  const text = said?.failure === undefined ? said?.value.trim() : undefined;
  return text === undefined || text === "" || /[\r\n]/.test(text) ? undefined : text;
}
