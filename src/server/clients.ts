import type { IncomingMessage } from "node:http";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { TrustedAuthorities } from "../tls/client-authority.ts";
import type { Check } from "./health.ts";
import { short } from "./log.ts";
import { Refusal } from "./refusal.ts";

/** Who may call the admission paths, as the server asks for it. */
export interface Clients {
  readonly trusted: TrustedAuthorities;
  /** Common names; empty: every name that the CAs have signed. */
  readonly allowedNames: readonly string[];
  /** What is wrong with the file as it is now. */
  readonly problem: string | undefined;
  readonly reloads: Readonly<Record<string, number>>;
  onChange(listener: () => void): void;
}

/** Why a call is refused for its client certificate. */
export const clientFaults = ["missing", "untrusted", "expired", "name"] as const;

export type ClientFault = (typeof clientFaults)[number];

/** A caller's certificate, as it was when the connection began. */
interface Peer {
  /** What OpenSSL has against it, or undefined. */
  readonly problem: string | undefined;
  readonly name: string | undefined;
  readonly notAfter: number;
  /** SHA-256 of each certificate of its chain. */
  readonly chain: readonly string[];
}

function chainOf(leaf: PeerCertificate): readonly string[] {
  const chain: string[] = [];
  for (
    let each: PeerCertificate | undefined = leaf;
    each?.fingerprint256 !== undefined && !chain.includes(each.fingerprint256);
    each = (each as { issuerCertificate?: PeerCertificate }).issuerCertificate
  )
    chain.push(each.fingerprint256);
  return chain;
}

function peerOf(socket: TLSSocket): Peer | undefined {
  const leaf = socket.getPeerCertificate(true);
  if (leaf?.fingerprint256 === undefined) return undefined;
  // A list where there are several.
  const name: unknown = leaf.subject?.CN;
  return {
    problem: socket.authorized ? undefined : String(socket.authorizationError),
    name: typeof name === "string" ? name : undefined,
    notAfter: Date.parse(leaf.valid_to),
    chain: chainOf(leaf),
  };
}

const wanted = "this webhook is called with a client certificate (--client-ca-file)";

function faultOf(
  peer: Peer | undefined,
  { trusted, allowedNames }: Clients,
): [fault: ClientFault, message: string] | undefined {
  if (peer === undefined) return ["missing", `${wanted}, and there was none of a CA that it trusts`];
  const { problem, name, notAfter, chain } = peer;
  // A connection outlives what it began with.
  if (problem === "CERT_HAS_EXPIRED" || Date.now() >= notAfter)
    return ["expired", `${wanted}, and the one presented has expired`];
  if (problem !== undefined) return ["untrusted", `${wanted}, and the one presented is refused: ${problem}`];
  if (!chain.some((each) => trusted.fingerprints.has(each)))
    return ["untrusted", `${wanted}, and the CA of the one presented is not trusted any more`];
  if (allowedNames.length === 0 || (name !== undefined && allowedNames.includes(name))) return undefined;
  return [
    "name",
    `the client certificate of ${JSON.stringify(short(name ?? ""))} is not one of those that may call`,
  ];
}

/** Throws a Refusal, 401 or 403, for a call whose client may not make it; `refused` is told why. */
export type ClientCheck = (request: IncomingMessage) => void;

/** The check of the admission paths; health stays open to everybody, as kubelets have no certificate to show. */
export function clientCheck(clients: Clients, refused: (fault: ClientFault) => void): ClientCheck {
  const peers = new WeakMap<TLSSocket, Peer>();
  return ({ socket }) => {
    if (!(socket instanceof TLSSocket)) throw new Refusal(401, wanted);
    const peer = peers.get(socket) ?? peerOf(socket);
    if (peer !== undefined) peers.set(socket, peer);
    const fault = faultOf(peer, clients);
    if (fault === undefined) return;
    refused(fault[0]);
    // Another certificate needs another handshake.
    throw new Refusal(fault[0] === "name" ? 403 : 401, fault[1], { Connection: "close" });
  };
}

/** Never a reason not to be sent calls: the last good file goes on deciding, and so it does on every replica. */
export const clientsCheck = (clients: Clients): Check => ({
  name: "client-ca",
  problem: () => undefined,
  note() {
    const { trusted, problem } = clients;
    const until = `until ${new Date(trusted.notAfter).toISOString()}`;
    return problem === undefined ? until : `${until}; the file was refused: ${problem}`;
  },
});
