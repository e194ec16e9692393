import { isOurAuthority, issuedAt } from "./authority.ts";
import { type Certificate, certificatesIn, includes, isSame } from "./read.ts";

/** What a caBundle is judged by. */
export interface Trust {
  /** The CAs that must be trusted whatever their age: the Secret's, and the one whose leaf is served. */
  readonly required: readonly Certificate[];
  /** CAs that may still have leaves somewhere: the rest of the Secret's bundle. */
  readonly earlier: readonly Certificate[];
  readonly now: number;
  readonly leafMs: number;
}

/** Why a caBundle must be written anew. */
export type BundleReason = "missing" | "unreadable" | "lacking" | "outdated";

/** Every reason in words, for the log. */
export const bundleTexts: Readonly<Record<BundleReason, string>> = {
  missing: "there is none",
  unreadable: "it cannot be read",
  lacking: "it lacks a CA whose certificates are served",
  outdated: "it holds a CA that no served certificate is signed by any more",
};

/** When the CA that took a CA's place was made. */
const replacedAt = (ca: Certificate, all: readonly Certificate[]): number =>
  Math.min(...all.map(issuedAt).filter((at) => at > issuedAt(ca)));

/**
 * A CA may have leaves until it expires, and until a leaf's lifetime after the last one that it signed. A replica signs
 * with it until it sees the next one trusted, which is given another lifetime. It is put into a bundle up to that
 * moment, and taken out a lifetime later: clocks that do not agree must not make replicas undo each other's work.
 */
const isWithin = (ca: Certificate, all: readonly Certificate[], leafMs: number, at: number): boolean =>
  at < Math.min(ca.notAfter, replacedAt(ca, all) + 2 * leafMs);

interface Sorted {
  readonly needed: readonly Certificate[];
  readonly tolerated: readonly Certificate[];
}

function sort(present: readonly Certificate[], { required, earlier, now, leafMs }: Trust): Sorted {
  const known = [...required, ...earlier, ...present];
  const all = known.filter((ca, index) => known.findIndex((other) => isSame(ca, other)) === index);
  const ours = all.filter(isOurAuthority);
  const isNeeded = (ca: Certificate): boolean =>
    includes(required, ca) || (isOurAuthority(ca) && isWithin(ca, ours, leafMs, now));
  // One of others stays while it is valid: replicas with certificates from elsewhere may be on their way out.
  const isTolerated = (ca: Certificate): boolean =>
    isNeeded(ca) ||
    (includes(present, ca) &&
      (isOurAuthority(ca) ? isWithin(ca, ours, leafMs, now - leafMs) : now < ca.notAfter));
  const newestFirst = all.toSorted((a, b) => issuedAt(b) - issuedAt(a));
  return { needed: newestFirst.filter(isNeeded), tolerated: newestFirst.filter(isTolerated) };
}

/** Why this caBundle, PEM, must be written anew; undefined while it is good. */
export function bundleReason(bundle: string, trust: Trust): BundleReason | undefined {
  if (bundle.trim() === "") return "missing";
  const { certificates, isWhole } = certificatesIn(bundle);
  if (!isWhole) return "unreadable";
  const { needed, tolerated } = sort(certificates, trust);
  if (needed.some((ca) => !includes(certificates, ca))) return "lacking";
  return certificates.every((ca) => includes(tolerated, ca)) ? undefined : "outdated";
}

/** What the caBundle should be instead: nothing that is still needed is taken away from it. */
export const wantedBundle = (bundle: string, trust: Trust): string =>
  sort(certificatesIn(bundle).certificates, trust)
    .tolerated.map(({ pem }) => pem)
    .join("");

/** Whether who trusts this bundle trusts the leaves of this CA. */
export const trusts = (bundle: string, ca: Certificate): boolean =>
  includes(certificatesIn(bundle).certificates, ca);
