import type { Leaf } from "./authority.ts";
import { certificatesIn, includes } from "./read.ts";
import type { SourceCheck } from "./source.ts";

/** What is known of an object of the API. */
export interface Known {
  readonly isKnown: boolean;
  readonly failure: string | undefined;
}

/** How things stand, for readiness. */
export interface State {
  readonly now: number;
  readonly leaf: Leaf | undefined;
  readonly secret: Known & { readonly stored: { readonly bundle: string | undefined } | undefined };
  readonly bundles: readonly (Known & {
    readonly label: string;
    readonly exists: boolean;
    trusts(ca: Leaf["cert"]): boolean;
  })[];
  /** What bundleProblem says, once it has lasted. */
  readonly distrust: string | undefined;
  /** Renewals that fail at present. */
  readonly problems: readonly string[];
}

const notes = (...texts: readonly (string | undefined)[]): string | undefined =>
  texts.filter((text) => text !== undefined).join("; ") || undefined;

const day = (ms: number): string => new Date(ms).toISOString();

function certificateProblem({ leaf, now, secret, problems }: State): string | undefined {
  if (leaf === undefined)
    return notes(
      "there is none yet",
      secret.failure && `the Secret cannot be read: ${secret.failure}`,
      ...problems,
    );
  return now < leaf.cert.notAfter ? undefined : notes(`expired at ${day(leaf.cert.notAfter)}`, ...problems);
}

const isStored = ({ leaf, secret }: State): boolean =>
  leaf !== undefined && includes(certificatesIn(secret.stored?.bundle ?? "").certificates, leaf.signer.cert);

/**
 * What is served must be signed by a CA of the Secret. While the Secret is gone or damaged it need not: it is being
 * made anew, and the one that is served is good as long as it is trusted.
 */
function storedProblem(state: State): string | undefined {
  const { leaf, bundles } = state;
  if (leaf === undefined || isStored(state)) return undefined;
  const trusting = bundles.filter(({ exists }) => exists);
  if (trusting.length > 0 && trusting.every((bundle) => bundle.trusts(leaf.signer.cert))) return undefined;
  return "the certificate that is served is not signed by a CA of the Secret";
}

/** Why the API server would not trust what is served, at this moment. */
export function bundleProblem({ leaf, bundles }: Pick<State, "leaf" | "bundles">): string | undefined {
  for (const bundle of bundles) {
    if (!bundle.isKnown) return notes(`${bundle.label} has not been read yet`, bundle.failure);
    if (leaf !== undefined && !bundle.trusts(leaf.signer.cert))
      return `${bundle.label} does not trust the CA of the certificate that is served`;
  }
  return undefined;
}

const bundleNote = (state: State): string | undefined =>
  notes(
    bundleProblem(state),
    ...state.bundles.map(({ label, exists, failure }) => {
      if (failure !== undefined) return `${label} cannot be read: ${failure}`;
      return exists ? undefined : `${label} does not exist, so nobody calls by it`;
    }),
  );

/**
 * A renewal that fails is told of and fails nothing: what is served stays good until it expires. A caBundle that was wiped
 * is soon back, and if every replica were taken out of service for it, calls would fail for longer than for its sake.
 */
export const selfManagedChecks = (state: () => State): readonly SourceCheck[] => [
  {
    name: "certificate",
    problem: () => certificateProblem(state()),
    note: () => {
      const { leaf, problems } = state();
      return notes(leaf && `until ${day(leaf.cert.notAfter)}`, ...problems);
    },
  },
  {
    name: "certificate-stored",
    problem: () => storedProblem(state()),
    note: () => {
      const { secret } = state();
      const unread = secret.failure && `the Secret cannot be read: ${secret.failure}`;
      return notes(unread, isStored(state()) ? undefined : "the Secret does not hold the CA");
    },
  },
  { name: "ca-bundle", problem: () => state().distrust, note: () => bundleNote(state()) },
];
