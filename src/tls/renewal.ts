import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { localAuthority, type Pair } from "./mint.ts";

function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

const readCertificate = (pem: string) => read(() => new X509Certificate(pem));

/** Whether `mint` made this certificate or CA, which may then be replaced. */
export const isOurs = (pem: string): boolean => readCertificate(pem)?.issuer === `CN=${localAuthority}`;

/** The DNS names and IP addresses of a certificate; none when it cannot be read. */
export const namesOf = (pem: string): readonly string[] =>
  (readCertificate(pem)?.subjectAltName ?? "")
    .split(", ")
    .map((name) => name.replace(/^(DNS|IP Address):/, ""))
    .filter((name) => name !== "");

/** Why TLS cannot be served with this certificate and key at all. */
export function mismatch({ cert, key }: Pick<Pair, "cert" | "key">): string | undefined {
  const certificate = readCertificate(cert);
  const privateKey = read(() => createPrivateKey(key));
  if (certificate === undefined) return "tls.crt is not a certificate";
  if (privateKey === undefined) return "tls.key is not a private key";
  if (!certificate.checkPrivateKey(privateKey)) return "tls.key does not belong to tls.crt";
  return undefined;
}

/** Why clients refuse the certificate at this moment, or undefined while it is valid. */
export function invalidity(pem: string, now: Date): string | undefined {
  const certificate = readCertificate(pem);
  if (certificate === undefined) return "not a certificate";
  if (now.getTime() < Date.parse(certificate.validFrom)) return `not valid before ${certificate.validFrom}`;
  if (now.getTime() >= Date.parse(certificate.validTo)) return `expired on ${certificate.validTo}`;
  return undefined;
}

/** Why a local pair must be made anew, or undefined while it is sound and names all `hosts`. */
export function renewalReason(pair: Pair, hosts: readonly string[], now: Date): string | undefined {
  const unusable = mismatch(pair);
  if (unusable !== undefined) return unusable;
  const cert = new X509Certificate(pair.cert);
  const ca = readCertificate(pair.ca);
  if (ca === undefined) return "ca.crt is not a certificate";
  if (!cert.checkIssued(ca) || !cert.verify(ca.publicKey)) return "tls.crt is not signed by ca.crt";
  const missing = hosts.find(
    (host) => (isIP(host) === 0 ? cert.checkHost(host) : cert.checkIP(host)) === undefined,
  );
  if (missing !== undefined) return `tls.crt does not name ${missing}`;
  // Both end on the same day, so the leaf's dates speak for the CA.
  const outdated = invalidity(pair.cert, now);
  return outdated === undefined ? undefined : `tls.crt is ${outdated}`.replace("is expired", "expired");
}
