import { mint, type Pair } from "../../src/tls/mint.ts";

let made: Promise<Pair> | undefined;

/** A pair for localhost, made once per test file: keys take a while. */
export const testPair = (): Promise<Pair> => {
  made ??= mint({ days: 1, now: new Date() });
  return made;
};
