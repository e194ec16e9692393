import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../src/server/listen.ts";
import type { Replica } from "./replica.ts";

/** Between two looks at who is ready; of the order of what a Service takes to follow its endpoints. */
const pollMs = 500;

interface Endpoint {
  readonly replica: Replica;
  ready: boolean;
  /** Connections that were sent to it, and those that are open now. */
  sent: number;
  open: number;
}

/**
 * One address for all replicas, as a Service is: new connections go to those that are ready, in turn; connections that
 * exist are left alone; and one that its replica does not take fails. It knows bytes only, so TLS passes through it.
 */
export class Balancer {
  readonly port: number;
  /** Connections until now. */
  accepted = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #endpoints = new Map<Replica, Endpoint>();
  readonly #polling: Promise<void>;
  #turn = 0;
  #stopped = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (near) => this.#send(near));
    this.#polling = this.#poll();
  }

  static async start(): Promise<Balancer> {
    const server = createServer();
    return new Balancer(server, await listen(server, { host: "127.0.0.1", port: 0, flag: "" }));
  }

  /** From now on it is looked whether this one is ready. */
  add(replica: Replica): void {
    this.#endpoints.set(replica, { replica, ready: false, sent: 0, open: 0 });
  }

  remove(replica: Replica): void {
    this.#endpoints.delete(replica);
  }

  sends(replica: Replica): boolean {
    return this.#endpoints.get(replica)?.ready ?? false;
  }

  openTo(replica: Replica): number {
    return this.#endpoints.get(replica)?.open ?? 0;
  }

  /** Connections that were sent to a replica until now. */
  sentTo(replica: Replica): number {
    return this.#endpoints.get(replica)?.sent ?? 0;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await this.#polling;
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      await Promise.all(
        [...this.#endpoints.values()].map(async (endpoint) => {
          endpoint.ready = (await endpoint.replica.ready()) === 200;
        }),
      );
      await sleep(pollMs);
    }
  }

  #send(near: Socket): void {
    this.accepted++;
    near.on("error", () => near.destroy());
    const ready = [...this.#endpoints.values()].filter((endpoint) => endpoint.ready);
    const endpoint = ready[this.#turn++ % Math.max(ready.length, 1)];
    if (endpoint === undefined) {
      near.destroy();
      return;
    }
    endpoint.sent++;
    endpoint.open++;
    const far = connect(endpoint.replica.port, "127.0.0.1");
    far.once("close", () => endpoint.open--);
    this.#join(near, far);
    this.#join(far, near);
  }

  #join(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.pipe(other);
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      other.destroy();
    });
  }
}
