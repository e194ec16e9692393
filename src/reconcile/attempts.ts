import type { Reference } from "../cluster/deployment-calls.ts";
import { deploymentKey } from "../seldon/types.ts";
import type { Outcome } from "./attempt.ts";

/** Attempts for one wanted text that may come to nothing. With the back-off they take some minutes. */
const mostAttempts = 8;

/**
 * Times that one wanted text is written: the second one is for a replica whose view was behind and undid the first. Two
 * versions side by side that want different texts come to rest by this, too.
 */
const mostWrites = 2;

/** Outcomes after which another attempt may do better. */
const passing: ReadonlySet<Outcome> = new Set(["conflict", "behind", "unanswered", "failed"]);
/** Outcomes that stay the same until something changes. */
const lasting: ReadonlySet<Outcome> = new Set(["rejected", "restarts"]);

interface Account {
  /** What the text is wanted to be. */
  readonly wanted: string;
  attempts: number;
  writes: number;
  /** Nothing more is tried for this text. */
  isClosed: boolean;
}

export type Next = "done" | "again" | "given up";

/** What was tried for which deployment, so that nothing is tried for ever. */
export class Attempts {
  readonly #accounts = new Map<string, Account>();

  /** Something that the deployment depends on changed: what was tried before does not count. */
  forget({ namespace, name }: Reference): void {
    this.#accounts.delete(deploymentKey(namespace, name));
  }

  /** Whether this text may be tried once more: "given up" is said once, "done" from then on. */
  begin({ namespace, name }: Reference, wanted: string): "again" | "given up" | "done" {
    const key = deploymentKey(namespace, name);
    let account = this.#accounts.get(key);
    if (account?.wanted !== wanted) {
      account = { wanted, attempts: 0, writes: 0, isClosed: false };
      this.#accounts.set(key, account);
    }
    if (account.isClosed) return "done";
    if (account.writes < mostWrites) return "again";
    account.isClosed = true;
    return "given up";
  }

  /** Enters what came of an attempt; says what is next, and how many have come to nothing. */
  end({ namespace, name }: Reference, outcome: Outcome): { readonly next: Next; readonly attempts: number } {
    const account = this.#accounts.get(deploymentKey(namespace, name));
    // Something that it depends on changed meanwhile, and it is in the queue for that.
    if (account === undefined) return { next: "done", attempts: 0 };
    if (outcome === "rewritten") account.writes++;
    if (passing.has(outcome)) account.attempts++;
    account.isClosed = lasting.has(outcome) || account.attempts >= mostAttempts;
    const next = account.isClosed ? "given up" : passing.has(outcome) ? "again" : "done";
    return { next, attempts: account.attempts };
  }
}
