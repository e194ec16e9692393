import {
  authorityExtensions,
  backdatingMs,
  canonical,
  issue,
  leafExtensions,
  newKeys,
  prove,
} from "./certificate.ts";

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

const dayMs = 24 * 3_600_000;

/** Makes a CA and a serving certificate signed by it. The CA's key is forgotten: it signs nothing else. */
export async function mint({ hosts: named = [], days, now }: Order): Promise<Pair> {
  const hosts = [...new Set([...localHosts, ...named].map(canonical))];
  const [authority, serving] = await Promise.all([newKeys(), newKeys()]);
  const common = {
    issuer: localAuthority,
    notBefore: now.getTime() - backdatingMs,
    notAfter: now.getTime() + days * dayMs,
  };
  const ca = issue(
    { ...common, subject: localAuthority, keys: authority, extensions: authorityExtensions },
    authority.private,
  );
  const extensions = leafExtensions(hosts, authority.public);
  const cert = issue({ ...common, subject: "localhost", keys: serving, extensions }, authority.private);
  prove(cert, ca, hosts);
  return { ca, cert, key: serving.pem };
}
