import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** A certificate that could be read. */
export interface Certificate {
  readonly pem: string;
  readonly x509: X509Certificate;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** The first certificate of a PEM text; undefined when it cannot be read. */
export const certificateIn = (pem: string): Certificate | undefined =>
  read(() => {
    const x509 = new X509Certificate(pem);
    const [notBefore, notAfter] = [Date.parse(x509.validFrom), Date.parse(x509.validTo)];
    return { pem, x509, notBefore, notAfter };
  });

export const privateKeyIn = (pem: string): KeyObject | undefined => read(() => createPrivateKey(pem));

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** All certificates of a PEM text that can be read, and whether that is all there is in it. */
export function certificatesIn(bundle: string): { certificates: readonly Certificate[]; isWhole: boolean } {
  const certificates = (bundle.match(block) ?? []).flatMap((pem) => certificateIn(`${pem}\n`) ?? []);
  const isWhole = certificates.length > 0 && certificates.length === bundle.split("-----BEGIN ").length - 1;
  return { certificates, isWhole };
}

export const isSame = (one: Certificate, other: Certificate): boolean =>
  one.x509.fingerprint256 === other.x509.fingerprint256;

export const includes = (certificates: readonly Certificate[], one: Certificate): boolean =>
  certificates.some((other) => isSame(one, other));
