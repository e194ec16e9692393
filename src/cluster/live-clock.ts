/** Time and chance, to be replaced where a test must not wait. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Calls once after so many milliseconds; the function returned calls it off. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  random: () => Math.random(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits; ends at once, without an error, when the signal says so. */
export const pause = (ms: number, signal: AbortSignal, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener("abort", end);
  });

/** How long to wait before the next attempt. */
export interface Backoff {
  readonly baseMs: number;
  readonly mostMs: number;
}

/** client-go's reflectors: 800 ms, doubled up to 30 s. */
export const defaultBackoff: Backoff = { baseMs: 800, mostMs: 30_000 };

/**
 * Anything from nothing to the whole step ("full jitter",
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): a hundred replicas that lost the
 * same API server do not come back as one.
 */
export const delayOf = ({ baseMs, mostMs }: Backoff, failures: number, random: number): number =>
  random * Math.min(mostMs, baseMs * 2 ** Math.min(failures, 30));
