/** Waits for the calls that have come by now, to go on with them. `bytes`: what is to be read, the body's length. */
export type Turn = (bytes: number) => Promise<void>;

/** Calls larger than this have a turn of their own: nobody is to wait for what they take. */
const largeBytes = 64 * 1024;

/**
 * Calls go on together: all that could be read in one turn of the event loop, stage by stage. What a call runs through
 * is much code, cold whenever Node and OpenSSL have been at work; of ten calls in a row, nine find it in the caches.
 */
export function turns(): Turn {
  let next: Promise<void> | undefined;
  return async (bytes) => {
    next ??= new Promise((resolve) => {
      setImmediate(() => {
        next = undefined;
        resolve();
      });
    });
    await next;
    if (bytes > largeBytes) await new Promise((resolve) => setImmediate(resolve));
  };
}

/** Awaited at the end of a stage: the others of the turn come as far before the next one begins. */
export const stageEnd = (): Promise<void> => Promise.resolve();
