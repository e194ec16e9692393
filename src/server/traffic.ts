import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

export type AnyServer = HttpServer | HttpsServer;

/** A connection of a port, and what goes on on it. */
export interface Connection {
  readonly socket: Socket;
  /** Whether its TLS handshake is over; true where there is none. */
  readonly secured: boolean;
  /** Whether a call has ever come on it. */
  readonly called: boolean;
  /** The calls on it that are not answered yet: more than one only where a client does not wait for answers. */
  readonly open: number;
  /** Orders connections by the end of their last call. */
  readonly quietSince: number;
  /** The answer to the last call on it, until it has been sent. */
  readonly answer: ServerResponse | undefined;
}

/** Those of a server, the oldest first. */
export type Connections = Iterable<Connection> & { readonly size: number };

/** A server and what goes on on its connections. */
export interface Watched {
  readonly server: AnyServer;
  readonly connections: Connections;
}

type Changing = { -readonly [K in keyof Connection]: Connection[K] };

// The same for the TLS socket of a request and for the one below it.
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/**
 * Watches the connections of a server from now on: to be called before it listens.
 *
 * A call changes its connection's record and no collection: a hash table from which entries come and go is built anew
 * all the time, each version leads to the next, and so V8's young generation kept what hung on all of them, which was
 * every call of the last seconds.
 */
export function watched(server: AnyServer): Watched {
  const byName = new Map<string, Changing>();
  const bySocket = new WeakMap<Duplex, Changing>();
  let calls = 0;
  server.on("connection", (socket: Socket) => {
    const [name, secured] = [nameOf(socket), !(server instanceof HttpsServer)];
    const connection: Changing = {
      socket,
      secured,
      called: false,
      open: 0,
      quietSince: 0,
      answer: undefined,
    };
    byName.set(name, connection);
    bySocket.set(socket, connection);
    socket.once("close", () => {
      if (byName.get(name) === connection) byName.delete(name);
    });
  });
  server.on("secureConnection", (socket: Socket) => {
    const connection = byName.get(nameOf(socket));
    if (connection === undefined) return;
    connection.secured = true;
    bySocket.set(socket, connection);
  });
  // Before the application, which may answer at once.
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = bySocket.get(socket);
    if (connection === undefined) return;
    connection.called = true;
    connection.open++;
    connection.answer = response;
    response.once("close", () => {
      connection.open--;
      connection.quietSince = ++calls;
      if (connection.answer === response) connection.answer = undefined;
    });
  });
  const connections = {
    [Symbol.iterator]: () => byName.values(),
    get size() {
      return byName.size;
    },
  };
  return { server, connections };
}
