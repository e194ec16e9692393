import { generateKeyPair, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { promisify } from "node:util";
import forge from "node-forge";

/** A private key with the form of its public half that certificates are made with. */
export interface Keys {
  readonly pem: string;
  readonly private: KeyObject;
  readonly public: forge.pki.rsa.PublicKey;
}

/** What a certificate says. */
export interface Draft {
  /** Common names. */
  readonly subject: string;
  readonly issuer: string;
  readonly keys: Keys;
  readonly extensions: readonly object[];
  /** X.509 knows no fractions of a second: they are cut off. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** An hour back, for clients whose clock is a little slow. */
export const backdatingMs = 3_600_000;

const generate = promisify(generateKeyPair);

/** A public key in the form that certificates are made with. */
export const publicKeyOf = (key: KeyObject): forge.pki.rsa.PublicKey =>
  forge.pki.publicKeyFromPem(key.export({ type: "spki", format: "pem" }).toString());

/** Keys come from OpenSSL, off the event loop; forge's own generator would block it for seconds. */
export async function newKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generate("rsa", { modulusLength: 2048 });
  return {
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    private: privateKey,
    public: publicKeyOf(publicKey),
  };
}

// 128 random bits whose first byte lies in 0x40..0x7f: positive, and of one length in DER.
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

/**
 * The certificate, PEM. Forge lays it out and OpenSSL signs: in JavaScript one signature would block the event
 * loop, and every call with it, for 50 to 110 ms; so it takes about three.
 */
export function issue(draft: Draft, signer: KeyObject): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = draft.keys.public;
  certificate.serialNumber = serialNumber();
  certificate.validity.notBefore = new Date(draft.notBefore);
  certificate.validity.notAfter = new Date(draft.notAfter);
  certificate.setSubject([{ name: "commonName", value: draft.subject }]);
  certificate.setIssuer([{ name: "commonName", value: draft.issuer }]);
  certificate.setExtensions([...draft.extensions, { name: "subjectKeyIdentifier" }]);
  const native = {
    sign() {
      const body = forge.asn1.toDer(certificate.tbsCertificate as forge.asn1.Asn1).getBytes();
      return sign("sha256", Buffer.from(body, "latin1"), signer).toString("latin1");
    },
  };
  // The digest names the algorithm in the certificate; forge's default is SHA-1, which clients refuse.
  certificate.sign(native as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate).replaceAll("\r\n", "\n");
}

/** One spelling of each name, so that `::1` and `0:0:0:0:0:0:0:1` are the same. */
export const canonical = (host: string): string =>
  isIP(host) === 6 ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host.toLowerCase();

const altName = (host: string): object =>
  isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host };

/** A CA that signs leaves and no other CA. */
export const authorityExtensions: readonly object[] = [
  { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
  { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
];

/** A server's certificate for these names, signed by the owner of this key. */
export function leafExtensions(hosts: readonly string[], authority: forge.pki.rsa.PublicKey): object[] {
  const keyIdentifier = forge.pki.getPublicKeyFingerprint(authority, { type: "RSAPublicKey" }).getBytes();
  return [
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: hosts.map(altName) },
    { name: "authorityKeyIdentifier", keyIdentifier },
  ];
}

/** The first of the hosts that the certificate does not name. */
export const unnamed = (certificate: X509Certificate, hosts: readonly string[]): string | undefined =>
  hosts.find(
    (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === undefined,
  );

/** Our certificates are made by one library and proven by another before anybody relies on them. */
export function prove(cert: string, ca: string, hosts: readonly string[]): void {
  const leaf = new X509Certificate(cert);
  const authority = new X509Certificate(ca);
  const missing = unnamed(leaf, hosts);
  if (!leaf.checkIssued(authority) || !leaf.verify(authority.publicKey) || missing !== undefined)
    throw new Error(`the certificate just made is unsound (name missing: ${missing ?? "none"})`);
}
