import { type KeyObject, randomBytes } from "node:crypto";
import {
  authorityExtensions,
  backdatingMs,
  issue,
  leafExtensions,
  newKeys,
  prove,
  publicKeyOf,
} from "./certificate.ts";
import { type Certificate, certificateIn } from "./read.ts";

/** A CA that can sign. */
export interface Authority {
  readonly cert: Certificate;
  /** PEM. */
  readonly key: string;
  readonly privateKey: KeyObject;
}

/** What a replica serves with; its key exists in memory only. */
export interface Leaf {
  readonly cert: Certificate;
  readonly key: string;
  readonly signer: Authority;
  /** Milliseconds since 1970; notBefore lies further back. */
  readonly issuedAt: number;
}

const namePrefix = "seldon-ambassador-webhook CA ";

/** Whether a webhook made this CA for itself: nobody else's bears such a name. */
export const isOurAuthority = ({ x509 }: Certificate): boolean =>
  x509.ca && x509.subject.startsWith(`CN=${namePrefix}`) && x509.subject === x509.issuer;

/** When one of our CAs was made. */
export const issuedAt = ({ notBefore }: Certificate): number => notBefore + backdatingMs;

const commonName = ({ x509 }: Certificate): string => x509.subject.replace(/^CN=/, "");

function certificateOf(pem: string): Certificate {
  const certificate = certificateIn(pem);
  if (certificate === undefined) throw new Error("the certificate just made cannot be read");
  return certificate;
}

/** Makes a CA under a name of its own, so that two of them in one bundle are told apart. */
export async function makeAuthority(now: number, lifeMs: number): Promise<Authority> {
  const keys = await newKeys();
  const subject = `${namePrefix}${randomBytes(8).toString("hex")}`;
  const [notBefore, notAfter] = [now - backdatingMs, now + lifeMs];
  const draft = { subject, issuer: subject, keys, extensions: authorityExtensions, notBefore, notAfter };
  const pem = issue(draft, keys.private);
  prove(pem, pem, []);
  return { cert: certificateOf(pem), key: keys.pem, privateKey: keys.private };
}

/** What a leaf is to be. */
export interface LeafOrder {
  /** In their canonical spelling; the first is the common name. */
  readonly hosts: readonly string[];
  readonly now: number;
  readonly lifeMs: number;
}

/**
 * Makes a leaf that does not outlive its CA. It is valid from the CA's first moment on: whoever trusts the CA trusts
 * the leaf, even if the clock here was ahead when it was made.
 */
export async function makeLeaf(signer: Authority, { hosts, now, lifeMs }: LeafOrder): Promise<Leaf> {
  const keys = await newKeys();
  const draft = {
    // At most 64 characters; clients read the alternative names.
    subject: (hosts[0] ?? "localhost").slice(0, 64),
    issuer: commonName(signer.cert),
    keys,
    extensions: leafExtensions(hosts, publicKeyOf(signer.cert.x509.publicKey)),
    notBefore: signer.cert.notBefore,
    notAfter: Math.min(now + lifeMs, signer.cert.notAfter),
  };
  const pem = issue(draft, signer.privateKey);
  prove(pem, signer.cert.pem, hosts);
  return { cert: certificateOf(pem), key: keys.pem, signer, issuedAt: now };
}
