import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

const dayMs = 86_400_000;
const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text. Throws when one of them cannot be read. */
export const certificatesIn = (text: string): readonly X509Certificate[] =>
  (text.match(pem) ?? []).map((each) => new X509Certificate(each));

/** `CN=name (serial 4F…)` */
export const nameOf = ({ subject, serialNumber }: X509Certificate): string =>
  `${subject?.replaceAll("\n", ", ") || "certificate"} (serial ${serialNumber})`;

const endOf = ({ validTo }: X509Certificate): number => Date.parse(validTo);

/** Why a certificate is not valid at this moment. */
export function invalidity(certificate: X509Certificate, now: Date): string | undefined {
  const { validFrom, validTo } = certificate;
  if (now.getTime() < Date.parse(validFrom)) return `is not valid before ${validFrom}`;
  return now.getTime() >= endOf(certificate) ? `expired on ${validTo}` : undefined;
}

/** `for 89 days more`; hours where there are only hours. */
export function remaining(certificate: X509Certificate, now: Date): string {
  const ms = endOf(certificate) - now.getTime();
  const [count, unit] =
    ms < 2 * dayMs ? [Math.floor(ms / 3_600_000), "hour"] : [Math.floor(ms / dayMs), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/**
 * Whether it ends so soon that whoever renews it should have done so: within 30 days, or a quarter of its life where
 * that is less. cert-manager and this webhook renew after two thirds.
 */
export function isEnding(certificate: X509Certificate, now: Date): boolean {
  const end = endOf(certificate);
  const lifetime = end - Date.parse(certificate.validFrom);
  return end - now.getTime() < Math.min(30 * dayMs, lifetime / 4);
}

/** sha1WithRSAEncryption, ecdsa-with-SHA1 and dsa-with-sha1 (RFC 3279), in DER. */
const sha1 = ["2a864886f70d010105", "2a8648ce3d0401", "2a8648ce380403"];

/** The content of a DER element and what follows it. */
function element(der: Buffer): { readonly content: Buffer; readonly rest: Buffer } {
  const first = der.readUInt8(1);
  const count = first & 0x7f;
  const [length, start] = first < 0x80 ? [first, 2] : [der.readUIntBE(2, count), 2 + count];
  return { content: der.subarray(start, start + length), rest: der.subarray(start + length) };
}

/** Whether it is signed with SHA-1; Node 20 does not tell. */
export function isSignedWithSha1({ raw }: X509Certificate): boolean {
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER, … }, … }
  const algorithm = element(element(raw).content).rest;
  return sha1.includes(element(element(algorithm).content).content.toString("hex"));
}

const hasNames = ({ subjectAltName }: X509Certificate): boolean => (subjectAltName ?? "") !== "";

const names = (certificate: X509Certificate, host: string): boolean =>
  isIP(host) === 0
    ? certificate.checkHost(host, { subject: "never" }) !== undefined
    : certificate.checkIP(host) !== undefined;

/** Why a client that looks for this name refuses the leaf, as Go's crypto/tls does: the subject does not count. */
export function misnaming(leaf: X509Certificate, host: string): string | undefined {
  if (!hasNames(leaf)) return "has no subject alternative names, and API servers do not look at the subject";
  if (names(leaf, host)) return undefined;
  return `names ${leaf.subjectAltName?.replaceAll("DNS:", "").replaceAll("IP Address:", "")}, not ${host}`;
}

const isSame = (a: X509Certificate, b: X509Certificate): boolean => a.fingerprint256 === b.fingerprint256;

const signed = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/**
 * The certificates from the leaf to one of the authorities, by way of what was sent with it; undefined where none
 * leads there. Among several, one whose members are all valid now is preferred.
 */
export function pathTo(
  authorities: readonly X509Certificate[],
  chain: readonly X509Certificate[],
  now: Date,
): readonly X509Certificate[] | undefined {
  const [leaf, ...sent] = chain;
  if (leaf === undefined) return undefined;
  const paths = pathsFrom([leaf], authorities, sent);
  return paths.find((path) => path.every((each) => invalidity(each, now) === undefined)) ?? paths[0];
}

function pathsFrom(
  path: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  sent: readonly X509Certificate[],
): readonly (readonly X509Certificate[])[] {
  const last = path.at(-1) as X509Certificate;
  if (authorities.some((authority) => isSame(authority, last))) return [path];
  const issuers = [...authorities, ...sent].filter(
    (issuer) => signed(issuer, last) && !path.some((each) => isSame(each, issuer)),
  );
  return issuers.flatMap((issuer) => pathsFrom([...path, issuer], authorities, sent));
}
