import { type Account, accountLine, emptyAccount, entered } from "../adopt/account.ts";
import type { Result } from "../adopt/adopt-one.ts";
import type { Reference } from "../cluster/deployment-calls.ts";
import { oneLine } from "../diagnostics/message.ts";
import { type Palette, paletteFor } from "../review/palette.ts";
import { reportLines } from "../review/print-text.ts";
import type { Io } from "./io.ts";

/** Goes back to the beginning of the line and empties it. */
const clearLine = "\r\u001b[2K";

const said: Readonly<Record<Result["outcome"], string>> = {
  adopted: "adopted",
  right: "already right",
  gone: "gone",
  conflict: "not adopted: somebody else changed it each time",
  restarts: "left alone: its pods would restart; allow it by --restart-pods",
  rejected: "rejected by rules",
  failed: "failed",
};

const quiet: readonly Result["outcome"][] = ["adopted", "right", "gone"];

/** What `adopt` prints: a line for each deployment or, on a terminal, for those with trouble, and how far it is. */
export class AdoptOutput {
  readonly #io: Io;
  readonly #paint: Palette;
  #account: Account = emptyAccount;
  #todo = 0;
  #done = 0;

  constructor(io: Io) {
    this.#io = io;
    this.#paint = paletteFor(io.stdout, io.env);
  }

  get account(): Account {
    return { ...this.#account, left: this.#todo - this.#done };
  }

  /** So many need no look at any more. */
  right(count: number): void {
    this.#account = { ...this.#account, right: this.#account.right + count };
  }

  /** So many are to be adopted. */
  begin(todo: number): void {
    this.#todo = todo;
    this.#progress();
  }

  /** One of those to be adopted came to an end. */
  ended(reference: Reference, result: Result): void {
    this.#done++;
    this.told(reference, result);
    this.#progress();
  }

  /** The difference that adoption would make. */
  shown(difference: string): void {
    this.#account = entered(this.#account, { outcome: "adopted" });
    this.#io.stdout.write(difference);
  }

  told({ namespace, name }: Reference, result: Result): void {
    this.#account = entered(this.#account, result);
    if (this.#io.stdout.isTTY && quiet.includes(result.outcome)) return;
    const { outcome } = result;
    const reason = outcome === "failed" ? `: ${oneLine(result.reason)}` : "";
    const verdict = this.#paint(quiet.includes(outcome) ? "green" : "red", said[outcome]);
    const reports = outcome === "rejected" ? result.reports : [];
    const lines = [
      `${this.#paint("bold", oneLine(`${namespace}/${name}`))} ${verdict}${reason}`,
      ...reports.flatMap((report) => reportLines(undefined, report, this.#paint)),
    ];
    this.#clear();
    this.#io.stdout.write(`${lines.join("\n")}\n`);
  }

  finish(dryRun: boolean): void {
    this.#clear();
    this.#io.stdout.write(`${accountLine(this.account, dryRun)}\n`);
  }

  #clear(): void {
    if (this.#io.stdout.isTTY && this.#todo > 0) this.#io.stdout.write(clearLine);
  }

  #progress(): void {
    if (!this.#io.stdout.isTTY || this.#todo === 0) return;
    this.#io.stdout.write(`${clearLine}${this.#done} of ${this.#todo} deployments`);
  }
}
