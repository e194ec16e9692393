import { type FSWatcher, watch } from "node:fs";
import { createSecureContext } from "node:tls";
import { type Clock, systemClock } from "../cluster/live-clock.ts";
import { ConfigError } from "../config/config-error.ts";
import { localPair } from "./local-pair.ts";
import { readPair } from "./pair-files.ts";
import { Published } from "./published.ts";
import { certificateIn } from "./read.ts";
import { invalidity, mismatch } from "./renewal.ts";
import { type CertificateSource, type RenewalObserver, RenewalTally, type ServingPair } from "./source.ts";

/** What a look into the folder gave. */
interface Loaded extends ServingPair {
  /** `made`: by us, a moment ago; `foreign`: others see to it. */
  readonly outcome: "made" | "kept" | "foreign";
  /** Why it was made. */
  readonly reason: string | undefined;
}

/** Looks into the folder; rejects with ConfigError when there is no pair to serve with. */
export type Load = (now: Date) => Promise<Loaded>;

/** Files that others write: read, never written. */
export const filesIn =
  (dir: string): Load =>
  async () => {
    const { ca, cert, key } = readPair(dir);
    if (cert === undefined || key === undefined)
      throw new ConfigError([`${dir}: ${cert === undefined ? "tls.crt" : "tls.key"} is missing`]);
    const fault = mismatch({ cert, key });
    if (fault !== undefined) throw new ConfigError([`${dir}: ${fault}`]);
    return { ca, cert, key, outcome: "foreign", reason: undefined };
  };

/** The local pair, which is made where there is none and made anew when it has expired. */
export const localPairIn =
  (dir: string): Load =>
  (now) =>
    localPair(dir, { now });

/** What TLS itself refuses, such as a key that is too short, must not reach the server. */
function proven(found: Loaded, dir: string): Loaded {
  try {
    createSecureContext({ cert: found.cert, key: found.key });
    return found;
  } catch (error) {
    throw new ConfigError([`${dir}: the pair cannot be served with (${(error as Error).message})`]);
  }
}

export interface FolderOptions {
  readonly dir: string;
  readonly load: Load;
  readonly observe: RenewalObserver;
  readonly clock?: Clock;
  readonly wall?: () => number;
}

/** What a watch misses, on file systems that tell nothing, is seen by then. */
const pollMs = 10_000;

/** Several files are written one after the other; they are read when the last one has come. */
const calmMs = 200;

/**
 * A folder whose pair is served, and read again when it changes: the kubelet swaps a symbolic link, which only a watch
 * of the folder sees. A pair that cannot be used is told of, and the last good one goes on being served.
 */
export class FolderSource implements CertificateSource {
  readonly tally = new RenewalTally();
  readonly checks: CertificateSource["checks"];
  readonly #options: Required<FolderOptions>;
  readonly #published = new Published();
  #problem: string | undefined;
  #watcher: FSWatcher | undefined;
  #cancel: () => void = () => {};
  #isSoon = false;
  #loading: Promise<void> | undefined;
  #stopped = false;

  private constructor(options: Required<FolderOptions>, first: ServingPair) {
    this.#options = options;
    this.#published.put(first);
    this.checks = [
      {
        name: "certificate",
        problem: () => invalidity(this.current.cert, this.#now()),
        note: () => this.#note(),
      },
    ];
    this.#wait();
  }

  /** Starts with the pair that is there. Rejects with ConfigError when there is none. */
  static async open(given: FolderOptions): Promise<FolderSource> {
    const options = { clock: systemClock, wall: () => Date.now(), ...given };
    const first = proven(await options.load(new Date(options.wall())), options.dir);
    const source = new FolderSource(options, first);
    source.#tellOf(first, "missing");
    return source;
  }

  get current(): ServingPair {
    return this.#published.current as ServingPair;
  }

  get whenServing(): Promise<void> {
    return this.#published.whenServing;
  }

  expiry(): ReturnType<CertificateSource["expiry"]> {
    const { cert, ca } = this.current;
    return { leaf: certificateIn(cert)?.notAfter, ca: certificateIn(ca ?? "")?.notAfter };
  }

  onChange(...[listener]: Parameters<CertificateSource["onChange"]>): void {
    this.#published.onChange(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    this.#watcher?.close();
    await this.#loading;
  }

  #now(): Date {
    return new Date(this.#options.wall());
  }

  #note(): string {
    const until = `until ${new Date(this.expiry().leaf ?? 0).toISOString()}`;
    return this.#problem === undefined ? until : `${until}; the folder is of no use: ${this.#problem}`;
  }

  /** Looks again after a while. The watch is begun anew each time: the folder itself may have been replaced. */
  #wait(): void {
    this.#watcher?.close();
    this.#watcher = this.#stopped ? undefined : this.#watch();
    this.#isSoon = false;
    this.#lookAfter(pollMs);
  }

  #lookAfter(ms: number): void {
    this.#cancel();
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(ms, () => {
      this.#loading = this.#look().then(() => this.#wait());
    });
  }

  #changed(): void {
    // Not put off by every further change, or a busy folder would never be read.
    if (this.#isSoon) return;
    this.#isSoon = true;
    this.#lookAfter(calmMs);
  }

  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#options.dir, { persistent: false }, () => this.#changed());
      return watcher.on("error", () => watcher.close());
    } catch {
      return undefined;
    }
  }

  async #look(): Promise<void> {
    try {
      const { load, dir } = this.#options;
      const found = proven(await load(this.#now()), dir);
      this.#problem = undefined;
      const { cert, key, ca } = this.current;
      if (found.cert === cert && found.key === key && found.ca === ca) return;
      this.#published.put(found);
      this.#tellOf(found, "changed");
    } catch (error) {
      const { message } = error as Error;
      if (message === this.#problem) return;
      this.#problem = message;
      this.#tell({ of: "leaf", reason: "changed", outcome: "failed", detail: message });
    }
  }

  #tellOf({ outcome, reason, cert }: Loaded, event: "missing" | "changed"): void {
    const invalid = invalidity(cert, this.#now());
    if (outcome === "made")
      this.#tell({ of: "leaf", reason: event, outcome: "renewed", detail: reason ?? "" });
    else if (event === "changed")
      this.#tell({ of: "leaf", reason: event, outcome: "renewed", detail: "the files have changed" });
    // Still served: a renewal may be under way, and the log says why calls fail until then.
    if (invalid !== undefined)
      this.#tell({ of: "leaf", reason: "invalid", outcome: "failed", detail: invalid });
  }

  #tell(renewal: Parameters<RenewalObserver>[0]): void {
    this.tally.add(renewal);
    this.#options.observe(renewal);
  }
}
