import { generateKeyPair, randomBytes, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { promisify } from "node:util";
import forge from "node-forge";

/** A serving certificate with its key and the CA that signed it, all PEM. */
export interface Pair {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** What to make: `now` is handed in so that tests can make expired pairs. */
export interface Order {
  /** DNS names and IP addresses besides localhost. */
  readonly hosts?: readonly string[];
  readonly days: number;
  readonly now: Date;
}

/** Names that every pair of ours carries. */
export const localHosts: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/** How certificates of ours are known again: nobody else's CA bears this name. */
export const localAuthority = "seldon-ambassador-webhook local CA";

const generate = promisify(generateKeyPair);
const hour = 3_600_000;

interface Keys {
  readonly pem: string;
  readonly publicKey: forge.pki.rsa.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
}

// Keys come from OpenSSL, off the event loop; forge's own generator would block it for seconds.
async function newKeys(): Promise<Keys> {
  const { privateKey, publicKey } = await generate("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    pem: privateKey,
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
  };
}

// 128 random bits whose first byte lies in 0x40..0x7f: positive, and of one length in DER.
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

interface Draft {
  readonly subject: string;
  readonly keys: Keys;
  readonly extensions: object[];
}

function sign({ subject, keys, extensions }: Draft, signer: forge.pki.rsa.PrivateKey, order: Order): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = serialNumber();
  // An hour back, for clients whose clock is a little slow. X.509 knows no fractions of a second.
  certificate.validity.notBefore = new Date(order.now.getTime() - hour);
  certificate.validity.notAfter = new Date(order.now.getTime() + order.days * 24 * hour);
  certificate.setSubject([{ name: "commonName", value: subject }]);
  certificate.setIssuer([{ name: "commonName", value: localAuthority }]);
  certificate.setExtensions([...extensions, { name: "subjectKeyIdentifier" }]);
  certificate.sign(signer, forge.md.sha256.create()); // forge's default is SHA-1, which clients refuse
  return forge.pki.certificateToPem(certificate);
}

// One spelling of each name, so that `::1` and `0:0:0:0:0:0:0:1` are the same.
const canonical = (host: string): string =>
  isIP(host) === 6 ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host.toLowerCase();

const altName = (host: string): object =>
  isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host };

function leafExtensions(hosts: readonly string[], authority: Keys): object[] {
  const keyIdentifier = forge.pki
    .getPublicKeyFingerprint(authority.publicKey, { type: "RSAPublicKey" })
    .getBytes();
  return [
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: hosts.map(altName) },
    { name: "authorityKeyIdentifier", keyIdentifier },
  ];
}

// Our certificates are made by one library and proven by another before anybody relies on them.
function prove({ ca, cert }: Pair, hosts: readonly string[]): void {
  const leaf = new X509Certificate(cert);
  const authority = new X509Certificate(ca);
  const named = (host: string) => (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host));
  const missing = hosts.filter((host) => named(host) === undefined);
  if (!leaf.checkIssued(authority) || !leaf.verify(authority.publicKey) || missing.length > 0)
    throw new Error(`the certificate just made is unsound (names missing: ${missing.join(", ") || "none"})`);
}

/** Makes a CA and a serving certificate signed by it. The CA's key is forgotten: it signs nothing else. */
export async function mint(order: Order): Promise<Pair> {
  const hosts = [...new Set([...localHosts, ...(order.hosts ?? [])].map(canonical))];
  const [authority, serving] = await Promise.all([newKeys(), newKeys()]);
  const ca = sign(
    {
      subject: localAuthority,
      keys: authority,
      extensions: [
        { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
        { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
      ],
    },
    authority.privateKey,
    order,
  );
  const leaf = { subject: "localhost", keys: serving, extensions: leafExtensions(hosts, authority) };
  const pair = { ca, cert: sign(leaf, authority.privateKey, order), key: serving.pem };
  prove(pair, hosts);
  return pair;
}
