import { connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { listen } from "../../src/server/listen.ts";

/** A way to another port that the test can make worse. It knows bytes only, so TLS passes through it. */
export interface TcpProxy {
  readonly port: number;
  /** The connections that are open now. */
  readonly connections: number;
  /** Connections that are open now carry nothing any more; those to come do. */
  freeze(): void;
  /** What was held back arrives. */
  thaw(): void;
  /** Breaks every connection and refuses others. */
  cut(): void;
  restore(): void;
}

/** Starts one on loopback; it ends with the test. */
export async function tcpProxy(t: TestContext, target: number): Promise<TcpProxy> {
  const sockets = new Map<Socket, Socket>();
  const frozen = new Map<Socket, Socket>();
  let isCut = false;
  const adopt = (socket: Socket, other: Socket): void => {
    sockets.set(socket, other);
    socket.pipe(other);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      frozen.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(target, "127.0.0.1");
    adopt(near, far);
    adopt(far, near);
  });
  const breakAll = (): void => {
    for (const socket of sockets.keys()) socket.destroy();
  };
  const port = await listen(server, { host: "127.0.0.1", port: 0, flag: "" });
  t.after(() => {
    breakAll();
    server.close();
  });
  return {
    port,
    get connections() {
      return sockets.size / 2;
    },
    freeze() {
      for (const [socket, other] of sockets) {
        frozen.set(socket, other);
        socket.unpipe(other);
        socket.pause();
      }
    },
    thaw() {
      for (const [socket, other] of frozen) socket.pipe(other);
      frozen.clear();
    },
    cut() {
      isCut = true;
      breakAll();
    },
    restore() {
      isCut = false;
    },
  };
}
