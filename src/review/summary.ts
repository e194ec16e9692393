import type { Outcome } from "./judge.ts";

/** Counts over a whole review. */
export interface Summary {
  readonly reviewed: number;
  readonly rejected: number;
  readonly accepted: number;
  readonly warnings: number;
}

export function summarize(outcomes: readonly Outcome[]): Summary {
  const rejected = outcomes.filter(({ allowed }) => !allowed).length;
  const warnings = outcomes
    .flatMap(({ reports }) => reports)
    .filter(({ severity }) => severity === "warning").length;
  return { reviewed: outcomes.length, rejected, accepted: outcomes.length - rejected, warnings };
}

/** `1 error`, `2 errors` */
export const counted = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;

/** `3 deployments reviewed: 1 rejected, 2 accepted, 1 warning` */
export const summaryLine = ({ reviewed, rejected, accepted, warnings }: Summary): string =>
  `${counted(reviewed, "deployment")} reviewed: ${rejected} rejected, ${accepted} accepted, ${counted(warnings, "warning")}`;
