import { authorityExtensions, issue, type Keys, newKeys } from "../../src/tls/certificate.ts";

/** A client certificate as it is asked for. */
export interface ClientOrder {
  readonly name: string;
  /** Milliseconds since 1970; a day from now unless given. */
  readonly notAfter?: number;
  /** What it is for; clients unless given. */
  readonly usage?: "clientAuth" | "serverAuth";
}

export interface ClientPair {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;

/** A CA that signs the certificates of clients. */
export class TestAuthority {
  readonly pem: string;
  readonly #subject: string;
  readonly #keys: Keys;

  private constructor(subject: string, keys: Keys) {
    this.#subject = subject;
    this.#keys = keys;
    this.pem = issue(
      {
        subject,
        issuer: subject,
        keys,
        extensions: authorityExtensions,
        notBefore: Date.now() - dayMs,
        notAfter: Date.now() + dayMs,
      },
      keys.private,
    );
  }

  static async make(subject = "API servers' CA"): Promise<TestAuthority> {
    return new TestAuthority(subject, await newKeys());
  }

  async client({
    name,
    notAfter = Date.now() + dayMs,
    usage = "clientAuth",
  }: ClientOrder): Promise<ClientPair> {
    const keys = await newKeys();
    const extensions = [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", [usage]: true },
    ];
    const cert = issue(
      { subject: name, issuer: this.#subject, keys, extensions, notBefore: Date.now() - dayMs, notAfter },
      this.#keys.private,
    );
    return { cert, key: keys.pem };
  }
}
