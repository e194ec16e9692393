/** What TLS is served with, PEM. */
export interface ServingPair {
  readonly cert: string;
  readonly key: string;
  /** What clients have to trust, where that is known. */
  readonly ca: string | undefined;
}

/** What is renewed: what TLS is served with, what it is signed by, and what the API server trusts. */
export type Renewable = "leaf" | "ca" | "caBundle";

/** `lost`: another replica was first, and what it wrote is taken. */
export type Outcome = "renewed" | "failed" | "lost";

/** One attempt to renew something. The reason is one of few words. */
export interface Renewal {
  readonly of: Renewable;
  readonly reason: string;
  readonly outcome: Outcome;
  /** The reason in a sentence, or what went wrong. */
  readonly detail: string;
  /** The configuration, for a caBundle. */
  readonly where?: string;
}

/** Told of every attempt. */
export type RenewalObserver = (renewal: Renewal) => void;

/** One condition of readiness, with what there is to say although it holds. */
export interface SourceCheck {
  readonly name: string;
  problem(): string | undefined;
  note(): string | undefined;
}

/** Where the certificate comes from, and who sees to it that it is another one in time. */
export interface CertificateSource {
  /** Undefined until the first is there. */
  readonly current: ServingPair | undefined;
  /** Resolves with the first pair, or when the source is stopped before. */
  readonly whenServing: Promise<void>;
  readonly checks: readonly SourceCheck[];
  /** When that which is served ends, in milliseconds since 1970. */
  expiry(): { readonly leaf: number | undefined; readonly ca: number | undefined };
  /** How many attempts there were, by what, reason and outcome. */
  readonly tally: RenewalTally;
  /** Hands over every pair from now on. */
  onChange(listener: (pair: ServingPair) => void): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** Counts attempts. */
export class RenewalTally {
  readonly #counts = new Map<string, { renewal: Renewal; count: number }>();

  add(renewal: Renewal): void {
    const { of, reason, outcome } = renewal;
    const key = `${of} ${reason} ${outcome}`;
    this.#counts.set(key, { renewal, count: (this.#counts.get(key)?.count ?? 0) + 1 });
  }

  *entries(): Iterable<Pick<Renewal, "of" | "reason" | "outcome"> & { readonly count: number }> {
    for (const { renewal, count } of this.#counts.values()) {
      const { of, reason, outcome } = renewal;
      yield { of, reason, outcome, count };
    }
  }
}
