import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Served } from "../facts.ts";
import { type Fetched, read, unread } from "../fetched.ts";

const handshakeMs = 10_000;

/** Where to knock: an address, or a stream that leads to it already. */
export type Route = { readonly host: string; readonly port: number } | { readonly socket: Duplex };

/** Shakes hands, believing everything, and tells what was sent. `way` says how it was reached, for messages. */
export async function servedAt(route: Route, serverName: string, way: string): Promise<Fetched<Served>> {
  try {
    return read({ chain: await handshake(route, serverName), way });
  } catch (error) {
    return unread(`the served certificate ${way} (${(error as Error).message})`);
  }
}

function handshake(route: Route, serverName: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const options: ConnectionOptions = {
      ...route,
      ...(isIP(serverName) === 0 && { servername: serverName }),
      // What is wrong with it is for the checks to say.
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
    };
    const socket: TLSSocket = connect(options, () => {
      resolve(chainOf(socket.getPeerCertificate(true)));
      socket.destroy();
    });
    const timer = setTimeout(() => socket.destroy(new Error("no answer")), handshakeMs);
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(timer);
      reject(new Error("the connection was closed"));
    });
    // An end of what lies below is not passed on by a stream that is no socket.
    if ("socket" in route)
      route.socket.on("close", () => socket.destroy(new Error("the connection was closed")));
  });
}

/** PEM, the leaf first; a root is its own issuer. */
function chainOf(leaf: PeerCertificate): readonly string[] {
  const chain: string[] = [];
  let next: PeerCertificate | undefined = leaf;
  while (next?.raw !== undefined) {
    const pem = new X509Certificate(next.raw).toString();
    if (chain.includes(pem)) break;
    chain.push(pem);
    next = (next as Partial<{ issuerCertificate: PeerCertificate }>).issuerCertificate;
  }
  return chain;
}
