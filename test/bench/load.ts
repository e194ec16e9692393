import { readFileSync } from "node:fs";
import { createHistogram } from "node:perf_hooks";
import { connect, type TLSSocket } from "node:tls";

/**
 * A load generator in a process of its own: `load.ts WISH.json` prints a `Load` as JSON. It writes one prepared
 * request and reads no more of an answer than its status and length, so that one core of it saturates any server
 * here; the generators in use count whole milliseconds, and these answers take tenths of one.
 */
export interface Wish {
  readonly port: number;
  readonly path: string;
  /** PEM of the CA that signed the server's certificate. */
  readonly ca: string;
  readonly body: string;
  readonly connections: number;
  readonly warmMs: number;
  readonly measuredMs: number;
  /** A new TLS connection for each request. */
  readonly reconnect: boolean;
}

export interface Load {
  readonly requests: number;
  /** Answers with another status than 200, and connections that failed. */
  readonly failures: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const head = ({ path, body, reconnect }: Wish): string =>
  [
    `POST ${path}?timeout=10s HTTP/1.1`,
    "Host: localhost",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Connection: ${reconnect ? "close" : "keep-alive"}`,
    "\r\n",
  ].join("\r\n");

/** Takes bytes until they make up one whole answer; then its status. */
class Answer {
  #text = "";

  take(chunk: string): number | undefined {
    this.#text += chunk;
    const end = this.#text.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#text.slice(0, end))?.[1]);
    if (Number.isNaN(length)) throw new Error(`an answer without a length: ${this.#text.slice(0, end)}`);
    if (this.#text.length < end + 4 + length) return undefined;
    const status = Number(this.#text.slice(9, 12));
    this.#text = "";
    return status;
  }
}

class Generator {
  readonly #wish: Wish;
  readonly #request: Buffer;
  readonly #latencies = createHistogram();
  #requests = 0;
  #failures = 0;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.POSITIVE_INFINITY;

  constructor(wish: Wish) {
    this.#wish = wish;
    this.#request = Buffer.from(head(wish) + wish.body);
  }

  async run(): Promise<Load> {
    const { warmMs, measuredMs, connections } = this.#wish;
    this.#from = performance.now() + warmMs;
    this.#until = this.#from + measuredMs;
    await Promise.all(Array.from({ length: connections }, () => this.#connection()));
    return {
      requests: this.#requests,
      failures: this.#failures,
      seconds: measuredMs / 1000,
      p50Us: this.#latencies.percentile(50) / 1000,
      p99Us: this.#latencies.percentile(99) / 1000,
    };
  }

  async #connection(): Promise<void> {
    while (performance.now() < this.#until) await this.#session().catch(() => this.#failures++);
  }

  /** One TLS connection, until it ends or the time is over. */
  #session(): Promise<void> {
    const { port, ca, reconnect } = this.#wish;
    return new Promise((resolve, reject) => {
      // A connection of its own is part of what such a request takes.
      let began = performance.now();
      const socket: TLSSocket = connect({ port, ca, host: "localhost", servername: "localhost" });
      const answer = new Answer();
      const send = (): void => {
        if (!reconnect) began = performance.now();
        socket.write(this.#request);
      };
      // ASCII in, ASCII out: characters are bytes.
      socket.setEncoding("latin1");
      socket.setNoDelay(true);
      socket.once("secureConnect", send);
      socket.on("data", (chunk: string) => {
        const status = answer.take(chunk);
        if (status === undefined) return;
        const now = performance.now();
        if (now >= this.#from && now < this.#until) this.#count(status, now - began);
        if (reconnect || now >= this.#until) socket.end();
        else send();
      });
      socket.once("error", reject);
      socket.once("close", () => resolve());
    });
  }

  #count(status: number, ms: number): void {
    this.#requests++;
    if (status !== 200) this.#failures++;
    this.#latencies.record(Math.max(1, Math.round(ms * 1e6)));
  }
}

const wish: Wish = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
process.stdout.write(JSON.stringify(await new Generator(wish).run()));
