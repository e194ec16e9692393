import type { Reference } from "../cluster/deployment-calls.ts";
import type { Clock } from "../cluster/live-clock.ts";
import { deploymentKey } from "../seldon/types.ts";

interface Entry extends Reference {
  dueAt: number;
}

/** References that wait for their time, each once. */
export class Queue {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#entries.size;
  }

  /** Due after so many milliseconds, or before, if it is in the queue for an earlier time. */
  add({ namespace, name }: Reference, delayMs: number): void {
    const key = deploymentKey(namespace, name);
    const dueAt = Math.min(this.#clock.now() + delayMs, this.#entries.get(key)?.dueAt ?? Infinity);
    this.#entries.set(key, { namespace, name, dueAt });
    this.#wake();
  }

  /** Those whose time has come, the one that waited longest first. */
  due(): readonly Reference[] {
    const now = this.#clock.now();
    const due = [...this.#entries.values()].filter(({ dueAt }) => dueAt <= now);
    return due.toSorted((a, b) => a.dueAt - b.dueAt);
  }

  remove({ namespace, name }: Reference): void {
    this.#entries.delete(deploymentKey(namespace, name));
  }

  /** Resolves when something may be due, or when the signal says so. */
  ready(signal: AbortSignal): Promise<void> {
    let first = Infinity;
    for (const { dueAt } of this.#entries.values()) first = Math.min(first, dueAt);
    return new Promise((resolve) => {
      const cancel =
        first === Infinity
          ? () => {}
          : this.#clock.after(Math.max(0, first - this.#clock.now()), () => end());
      const end = (): void => {
        cancel();
        signal.removeEventListener("abort", end);
        this.#wake = () => {};
        resolve();
      };
      this.#wake = end;
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }
}
