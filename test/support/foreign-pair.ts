import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

/** A certificate as somebody else may issue one. */
export interface ForeignOrder {
  readonly subject?: string;
  /** DNS names; none: no extension for them. */
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
  readonly digest?: "sha1" | "sha256";
}

/** PEM. */
export interface ForeignPair {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function newKeys() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
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

const day = 86_400_000;

/** Makes a CA that is valid now, and a certificate of it that need not be. */
export function foreignPair(order: ForeignOrder = {}): ForeignPair {
  const now = Date.now();
  const { subject = "somebody", hosts = [], from = new Date(now - 2 * day) } = order;
  const { to = new Date(now + 100 * day), digest = "sha256" } = order;
  const [authority, serving] = [newKeys(), newKeys()];
  const make = (name: string, keys: ReturnType<typeof newKeys>, extensions: object[], span: [Date, Date]) => {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = "4f01";
    [certificate.validity.notBefore, certificate.validity.notAfter] = span;
    certificate.setSubject([{ name: "commonName", value: name }]);
    certificate.setIssuer([{ name: "commonName", value: "somebody's CA" }]);
    certificate.setExtensions(extensions);
    certificate.sign(authority.privateKey, forge.md[digest].create());
    return forge.pki.certificateToPem(certificate);
  };
  const names = hosts.map((value) => ({ type: 2, value }));
  const leaf = [
    { name: "basicConstraints", cA: false },
    ...(names.length > 0 ? [{ name: "subjectAltName", altNames: names }] : []),
  ];
  const root = [{ name: "basicConstraints", cA: true, critical: true }];
  return {
    ca: make("somebody's CA", authority, root, [new Date(now - 3 * day), new Date(now + 1000 * day)]),
    cert: make(subject, serving, leaf, [from, to]),
    key: serving.pem,
  };
}
