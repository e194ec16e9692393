import { mint, type Pair } from "../../src/tls/mint.ts";
import { type CertificateSource, RenewalTally } from "../../src/tls/source.ts";

let made: Promise<Pair> | undefined;

/** A pair for localhost, made once per test file: keys take a while. */
export const testPair = (): Promise<Pair> => {
  made ??= mint({ days: 1, now: new Date() });
  return made;
};

/** A source that never has another pair. */
export const fixedSource = (pair: Pair): CertificateSource => ({
  current: pair,
  whenServing: Promise.resolve(),
  checks: [],
  tally: new RenewalTally(),
  expiry: () => ({ leaf: undefined, ca: undefined }),
  onChange: () => {},
  stop: () => Promise.resolve(),
});
