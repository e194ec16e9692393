import { ConfigError } from "../config/config-error.ts";
import { localHosts, mint, type Pair } from "./mint.ts";
import { readPair, writePair } from "./pair-files.ts";
import { invalidity, isOurs, mismatch, namesOf, renewalReason } from "./renewal.ts";

/** How the local pair is wanted. */
export interface LocalPairOptions {
  /** Names besides localhost. */
  readonly hosts?: readonly string[];
  readonly days?: number;
  /** Replace whatever is there, certificates of others included. */
  readonly force?: boolean;
  readonly now: Date;
}

/** The pair to serve with, and what was done to get it. */
export interface LocalPair {
  readonly cert: string;
  readonly key: string;
  /** Present when the folder holds the CA that clients need. */
  readonly ca: string | undefined;
  /** `foreign`: somebody else's certificate, used as it is. */
  readonly outcome: "made" | "kept" | "foreign";
  /** Why it was made, or what is wrong with the foreign one. */
  readonly reason: string | undefined;
}

/** The folder of the local pair, unless another is named. */
export const localFolder = "certs";

/** Below the 398 days beyond which some clients refuse a certificate. */
export const defaultDays = 365;

type Found = ReturnType<typeof readPair>;

const isForeign = ({ ca, cert, key }: Found): boolean => {
  if (cert !== undefined) return !isOurs(cert);
  return key !== undefined || (ca !== undefined && !isOurs(ca));
};

// A Secret mounted into the folder must never be replaced; it is judged and used, or refused.
function foreign(dir: string, { ca, cert, key }: Found, now: Date): LocalPair {
  const advice = "put a complete pair there, or make one with: seldon-ambassador-webhook certs --force";
  if (cert === undefined || key === undefined)
    throw new ConfigError([`${dir}: ${cert === undefined ? "tls.crt" : "tls.key"} is missing; ${advice}`]);
  const fault = mismatch({ cert, key });
  if (fault !== undefined) throw new ConfigError([`${dir}: ${fault}; ${advice}`]);
  return { ca, cert, key, outcome: "foreign", reason: invalidity(cert, now) };
}

/** A pair of ours in a folder that cannot be written, such as a Secret's: nobody else could renew it either. */
function usable({ ca, cert, key }: Found, now: Date): LocalPair | undefined {
  if (cert === undefined || key === undefined || mismatch({ cert, key }) !== undefined) return undefined;
  return { ca, cert, key, outcome: "foreign", reason: invalidity(cert, now) };
}

function reasonToMake({ ca, cert, key }: Found, hosts: readonly string[], now: Date): string | undefined {
  if (cert === undefined) return "there was none";
  if (key === undefined) return "tls.key is missing";
  if (ca === undefined) return "ca.crt is missing";
  return renewalReason({ ca, cert, key }, hosts, now);
}

/** The pair in the folder, made first where there is none and made anew where a local one is unsound. */
export async function localPair(dir: string, options: LocalPairOptions): Promise<LocalPair> {
  const { hosts = [], days = defaultDays, force = false, now } = options;
  const found = readPair(dir);
  if (!force && isForeign(found)) return foreign(dir, found, now);

  const wanted = [...localHosts, ...hosts];
  const reason = force ? "asked for" : reasonToMake(found, wanted, now);
  if (reason === undefined) return { ...(found as Pair), outcome: "kept", reason };

  // Names asked for earlier stay, so that renewing a pair never narrows it.
  const earlier = found.cert !== undefined && isOurs(found.cert) ? namesOf(found.cert) : [];
  const pair = await mint({ hosts: force ? hosts : [...earlier, ...hosts], days, now });
  try {
    writePair(dir, pair);
  } catch (error) {
    const mounted = force ? undefined : usable(found, now);
    if (mounted) return mounted;
    throw error;
  }
  return { ...pair, outcome: "made", reason };
}
