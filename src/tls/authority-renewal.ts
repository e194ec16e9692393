import { type Authority, isOurAuthority, issuedAt, type Leaf } from "./authority.ts";
import { unnamed } from "./certificate.ts";
import { type Certificate, certificateIn, isSame, privateKeyIn } from "./read.ts";

/** What the Secret holds; a key that it lacks is undefined. */
export interface StoredAuthority {
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** The CA and those before it that are still trusted. */
  readonly bundle: string | undefined;
}

/** Why there must be another CA. */
export type AuthorityReason =
  | "missing"
  | "incomplete"
  | "unreadable"
  | "mismatched"
  | "foreign"
  | "early"
  | "expired"
  | "due";

/** Why there must be another leaf. */
export type LeafReason = "missing" | "authority" | "names" | "early" | "expired" | "due";

/** Every reason in words, for the log. */
export const reasonTexts: Readonly<Record<AuthorityReason | LeafReason, string>> = {
  missing: "there is none",
  incomplete: "a part of it is missing",
  unreadable: "it cannot be read",
  mismatched: "certificate and key do not belong together",
  foreign: "it was not made by this webhook",
  early: "it is not valid yet",
  expired: "it has expired",
  due: "two thirds of its life are over",
  authority: "it is signed by another CA",
  names: "it lacks a name",
};

/** Two thirds of a life: cert-manager's measure, for which a failing renewal has the last third to be noticed. */
const isDue = (from: number, to: number, now: number): boolean => now >= from + ((to - from) * 2) / 3;

const timeReason = ({ notBefore, notAfter }: Certificate, now: number): "early" | "expired" | undefined => {
  if (now < notBefore) return "early";
  return now >= notAfter ? "expired" : undefined;
};

/** The CA that a Secret holds, as far as it can sign. */
export function authorityIn(stored: StoredAuthority | undefined): Authority | undefined {
  const cert = certificateIn(stored?.cert ?? "");
  const key = stored?.key ?? "";
  const privateKey = privateKeyIn(key);
  if (cert === undefined || privateKey === undefined || !cert.x509.checkPrivateKey(privateKey))
    return undefined;
  return isOurAuthority(cert) ? { cert, key, privateKey } : undefined;
}

/** Why the Secret must get another CA; undefined while the one that it holds is good. */
export function authorityReason(
  stored: StoredAuthority | undefined,
  now: number,
): AuthorityReason | undefined {
  if (stored === undefined) return "missing";
  if (stored.cert === undefined || stored.key === undefined) return "incomplete";
  const cert = certificateIn(stored.cert);
  const privateKey = privateKeyIn(stored.key);
  if (cert === undefined || privateKey === undefined) return "unreadable";
  if (!isOurAuthority(cert)) return "foreign";
  if (!cert.x509.checkPrivateKey(privateKey)) return "mismatched";
  return timeReason(cert, now) ?? (isDue(issuedAt(cert), cert.notAfter, now) ? "due" : undefined);
}

/** Why a replica must make another leaf; undefined while the one that it serves is good. */
export function leafReason(
  leaf: Leaf | undefined,
  signer: Authority,
  hosts: readonly string[],
  now: number,
): LeafReason | undefined {
  if (leaf === undefined) return "missing";
  if (!isSame(leaf.signer.cert, signer.cert)) return "authority";
  if (unnamed(leaf.cert.x509, hosts) !== undefined) return "names";
  const untimely = timeReason(leaf.cert, now);
  // Another one would end with the CA as well: only another CA can help.
  if (leaf.cert.notAfter >= signer.cert.notAfter) return undefined;
  return untimely ?? (isDue(leaf.issuedAt, leaf.cert.notAfter, now) ? "due" : undefined);
}

/** Whether a leaf or CA can be relied on at this moment. */
export const isValid = (certificate: Certificate, now: number): boolean =>
  timeReason(certificate, now) === undefined;
