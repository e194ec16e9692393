import { readFileSync } from "node:fs";
import { createHistogram } from "node:perf_hooks";
import { connect, createSecureContext, type TLSSocket } from "node:tls";
import { cpuSecondsOf } from "./processes.ts";

/**
 * A load generator in a process of its own: `load.ts WISH.json` prints a `Load` as JSON. It writes one prepared
 * request and reads no more of an answer than its status and length, so that one core of it saturates any server
 * here; the generators in use count whole milliseconds, and these answers take tenths of one.
 */
export interface Wish {
  readonly port: number;
  readonly path: string;
  /** The server's process, whose processor time is counted. */
  readonly pid: number;
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
  /** Answers within the measured time, and how long that was in the end. */
  readonly requests: number;
  /** Answers with another status than 200, and connections that failed. */
  readonly failures: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Processor time in the same span: the server's, and the generator's own. */
  readonly cpuSeconds: number;
  readonly ownCpuSeconds: number;
}

interface Mark {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly ownCpu: NodeJS.CpuUsage;
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
  readonly #secureContext;
  #requests = 0;
  #failures = 0;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.POSITIVE_INFINITY;
  /** The answers between which everything is counted: then requests and processor time belong together. */
  #first: Mark | undefined;
  #last: Mark | undefined;

  constructor(wish: Wish) {
    this.#wish = wish;
    // Made once: reading the CA for each connection would take longer than the client's part of a handshake.
    this.#secureContext = createSecureContext({ ca: wish.ca });
    this.#request = Buffer.from(head(wish) + wish.body);
  }

  async run(): Promise<Load> {
    const { warmMs, measuredMs, connections } = this.#wish;
    this.#from = performance.now() + warmMs;
    this.#until = this.#from + measuredMs;
    await Promise.all(Array.from({ length: connections }, () => this.#connection()));
    const [first, last] = [this.#first, this.#last];
    if (first === undefined || last === undefined) throw new Error("too few answers to count");
    const spentUs = (mark: Mark): number => mark.ownCpu.user + mark.ownCpu.system;
    return {
      requests: this.#requests,
      failures: this.#failures,
      seconds: (last.at - first.at) / 1000,
      p50Us: this.#latencies.percentile(50) / 1000,
      p99Us: this.#latencies.percentile(99) / 1000,
      cpuSeconds: last.cpuSeconds - first.cpuSeconds,
      ownCpuSeconds: (spentUs(last) - spentUs(first)) / 1e6,
    };
  }

  async #connection(): Promise<void> {
    while (performance.now() < this.#until) await this.#session().catch(() => this.#failures++);
  }

  /** One TLS connection, until it ends or the time is over. */
  #session(): Promise<void> {
    const { port, reconnect } = this.#wish;
    const secureContext = this.#secureContext;
    return new Promise((resolve, reject) => {
      // A connection of its own is part of what such a request takes.
      let began = performance.now();
      const socket: TLSSocket = connect({ port, secureContext, host: "localhost", servername: "localhost" });
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
        this.#take(status, now, now - began);
        if (reconnect || now >= this.#until) socket.end();
        else send();
      });
      socket.once("error", reject);
      socket.once("close", () => resolve());
    });
  }

  #take(status: number, now: number, ms: number): void {
    if (status !== 200) this.#failures++;
    if (now < this.#from || this.#last !== undefined) return;
    if (this.#first === undefined) {
      this.#first = this.#mark(now);
      return;
    }
    this.#requests++;
    this.#latencies.record(Math.max(1, Math.round(ms * 1e6)));
    if (now >= this.#until) this.#last = this.#mark(now);
  }

  #mark(at: number): Mark {
    return { at, cpuSeconds: cpuSecondsOf(this.#wish.pid), ownCpu: process.cpuUsage() };
  }
}

const wish: Wish = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
process.stdout.write(JSON.stringify(await new Generator(wish).run()));
