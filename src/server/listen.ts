import type { AddressInfo, Server } from "node:net";

/** The server could not listen where it was told to; the message says what to do about it. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** A place to listen, with the setting that moves it. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly flag: string;
}

function advice({ code }: NodeJS.ErrnoException, { host, port, flag }: Place): string {
  if (code === "EADDRINUSE") return `port ${port} is in use; choose another with ${flag}`;
  if (code === "EACCES") return `port ${port} needs privileges; choose one above 1023 with ${flag}`;
  return `cannot listen on ${host || "any address"}, port ${port} (${code}); see --host and ${flag}`;
}

/** Listens and resolves with the port, which the system has chosen when 0 was asked for. */
export function listen(server: Server, place: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new ListenError(advice(error, place))));
    // Without a host Node listens on every interface, and on IPv4 alone where there is no IPv6.
    server.listen({ port: place.port, ...(place.host === "" ? {} : { host: place.host }) }, () => {
      server.removeAllListeners("error");
      resolve((server.address() as AddressInfo).port);
    });
  });
}
