import type { Rule } from "./rule.ts";

/** Every rule, in the order in which findings are printed. */
export const catalogue: readonly Rule[] = [];
