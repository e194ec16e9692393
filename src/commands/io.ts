import type { Readable, Writable } from "node:stream";

/** The outside world of a command, so that tests can hand in their own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** 0 clean, 1 findings, 2 usage or unreadable input, 128 and more: ended by a signal. */
export type ExitCode = 0 | 1 | 2 | 130 | 143;

/** A mistake in how the program was called; printed without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Thrown by an action to end its command with this code; whatever there is to say has been printed. */
export class Exit extends Error {
  override readonly name = "Exit";
  readonly code: ExitCode;

  constructor(code: ExitCode) {
    super(`exit ${code}`);
    this.code = code;
  }
}
