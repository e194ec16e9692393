import { type FSWatcher, readFileSync, watch } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import { certificatesIn } from "./read.ts";

/** The CAs whose clients may call. */
export interface TrustedAuthorities {
  /** PEM, as TLS takes it. */
  readonly pem: string;
  /** SHA-256 of each certificate, as Node writes it. */
  readonly fingerprints: ReadonlySet<string>;
  /** When the last of them expires, in milliseconds since 1970. */
  readonly notAfter: number;
}

/** Told of every change of the file. */
export interface AuthorityObserver {
  loaded(file: string): void;
  /** The file cannot be used; the CAs in force stay. */
  refused(problem: string): void;
}

export interface ClientAuthorityOptions {
  readonly file: string;
  readonly observer: AuthorityObserver;
  readonly pollMs?: number;
}

/** What a watch misses, on file systems that tell nothing, is seen by then. */
const defaultPollMs = 10_000;

/** A ConfigMap's files change by one link that is renamed, with several events around it. */
const settleMs = 100;

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([`${file}: cannot be read (${code === "ENOENT" ? "no such file" : code})`]);
  }
}

function authoritiesIn(file: string, pem: string): TrustedAuthorities {
  const { certificates, isWhole } = certificatesIn(pem);
  // Of a file that is half read some callers would be refused, and nobody would know why.
  if (!isWhole) throw new ConfigError([`${file}: must hold certificates in PEM, and nothing else`]);
  if (!certificates.every(({ x509 }) => x509.ca))
    throw new ConfigError([`${file}: holds a certificate that is none of a CA`]);
  return {
    pem,
    fingerprints: new Set(certificates.map(({ x509 }) => x509.fingerprint256)),
    notAfter: Math.max(...certificates.map(({ notAfter }) => notAfter)),
  };
}

/**
 * The CAs of --client-ca-file, read again when the file changes: the kubelet swaps a symbolic link, which only a watch of
 * the folder sees. Of a file that cannot be used the log tells, and the last good one stays in force.
 */
export class ClientAuthority {
  readonly #options: ClientAuthorityOptions;
  readonly #listeners: (() => void)[] = [];
  readonly #poll: NodeJS.Timeout;
  readonly #watcher: FSWatcher | undefined;
  readonly #reloads = { loaded: 0, refused: 0 };
  #settling: NodeJS.Timeout | undefined;
  #trusted: TrustedAuthorities;
  #problem: string | undefined;

  /** Throws ConfigError when the file cannot be used. */
  constructor(options: ClientAuthorityOptions) {
    const { file, pollMs = defaultPollMs } = options;
    this.#options = options;
    this.#trusted = authoritiesIn(file, readText(file));
    this.#poll = setInterval(() => this.check(), pollMs).unref();
    this.#watcher = this.#watch();
  }

  get trusted(): TrustedAuthorities {
    return this.#trusted;
  }

  /** What is wrong with the file as it is now; undefined while it is the one in force. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** How often the file changed, by what came of it. */
  get reloads(): Readonly<Record<"loaded" | "refused", number>> {
    return this.#reloads;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Looks at the file now. */
  check(): void {
    const { file, observer } = this.#options;
    try {
      const pem = readText(file);
      const found = pem === this.#trusted.pem ? this.#trusted : authoritiesIn(file, pem);
      this.#problem = undefined;
      if (found === this.#trusted) return;
      this.#trusted = found;
      this.#reloads.loaded++;
      for (const listener of this.#listeners) listener();
      observer.loaded(file);
    } catch (error) {
      const problem = error instanceof ConfigError ? error.message : `internal error: ${error}`;
      if (problem === this.#problem) return;
      this.#problem = problem;
      this.#reloads.refused++;
      observer.refused(problem);
    }
  }

  stop(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }

  #watch(): FSWatcher | undefined {
    try {
      return watch(dirname(this.#options.file), { persistent: false }, () => {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(() => this.check(), settleMs).unref();
      }).on("error", () => this.#watcher?.close());
    } catch {
      // Polling goes on.
      return undefined;
    }
  }
}
