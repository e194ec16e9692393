import type { Limit } from "./limit.ts";
import restTimeout from "./rest-timeout.ts";

/** Every limit, in the order in which findings are told. */
export const limits: readonly Limit[] = [restTimeout];
