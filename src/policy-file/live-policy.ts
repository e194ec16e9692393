import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import type { ConfigSources } from "../config/load.ts";
import { fingerprintOf, type LoadedPolicy, policyFrom, readBytes } from "./load.ts";

/** Told of every change of the file. */
export interface PolicyObserver {
  loaded(policy: LoadedPolicy): void;
  /** The file cannot be used; the policy in force stays. */
  refused(problems: readonly string[]): void;
  /** The refused file is again the one that is in force. */
  restored(policy: LoadedPolicy): void;
}

export interface LivePolicyOptions {
  readonly sources: ConfigSources;
  readonly pollMs: number;
  readonly observer: PolicyObserver;
}

/** A ConfigMap's files change by one link that is renamed, with several events around it. */
const settleMs = 50;

/**
 * A policy file that is followed. Each change is read whole and takes the place of what was in force at once, or,
 * if it is broken, not at all.
 */
export class LivePolicy {
  readonly #options: LivePolicyOptions;
  readonly #poll: NodeJS.Timeout;
  readonly #watcher: FSWatcher | undefined;
  #settling: NodeJS.Timeout | undefined;
  #current: LoadedPolicy;
  #problems: readonly string[] = [];
  /** What was last found in the file, whatever came of it. */
  #seen: string;
  #loadedAtMs = Date.now();
  readonly #reloads = { loaded: 0, refused: 0 };

  constructor(first: LoadedPolicy, options: LivePolicyOptions) {
    this.#current = first;
    this.#seen = first.fingerprint;
    this.#options = options;
    this.#poll = setInterval(() => this.check(), options.pollMs).unref();
    this.#watcher = this.#watch();
  }

  get current(): LoadedPolicy {
    return this.#current;
  }

  /** When the policy in force was read, in milliseconds since 1970. */
  get loadedAtMs(): number {
    return this.#loadedAtMs;
  }

  /** How often the file changed, by what came of it. */
  get reloads(): Readonly<Record<"loaded" | "refused", number>> {
    return this.#reloads;
  }

  /** What is wrong with the file as it is now; empty while it is the policy in force. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Looks at the file now. */
  check(): void {
    const { file, fingerprint } = this.#current;
    const { observer, sources } = this.#options;
    let bytes: Buffer;
    try {
      bytes = readBytes(file);
    } catch (error) {
      this.#refuse("", error);
      return;
    }
    const found = fingerprintOf(bytes);
    if (found === this.#seen) return;
    if (found === fingerprint) {
      this.#seen = found;
      this.#problems = [];
      observer.restored(this.#current);
      return;
    }
    try {
      this.#current = policyFrom(file, bytes, sources);
    } catch (error) {
      this.#refuse(found, error);
      return;
    }
    this.#seen = found;
    this.#problems = [];
    this.#loadedAtMs = Date.now();
    this.#reloads.loaded++;
    observer.loaded(this.#current);
  }

  stop(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }

  #refuse(found: string, error: unknown): void {
    // Thrown from a timer, a bug of ours would end the process; the policy in force goes on deciding.
    const problems = error instanceof ConfigError ? error.problems : [`internal error: ${error}`];
    const isNews = found !== this.#seen;
    this.#seen = found;
    this.#problems = problems;
    if (!isNews) return;
    this.#reloads.refused++;
    this.#options.observer.refused(problems);
  }

  /** The folder, for a file that is replaced is another one; undefined where it cannot be watched. */
  #watch(): FSWatcher | undefined {
    try {
      return watch(dirname(this.#current.file), { persistent: false }, () => {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(() => this.check(), settleMs).unref();
      }).on("error", () => this.#watcher?.close());
    } catch {
      // Polling goes on.
      return undefined;
    }
  }
}
