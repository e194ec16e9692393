/** A terminal and npm both deliver one Ctrl-C: within this time it counts once. */
const sameMs = 500;

/**
 * Resolves with the first SIGTERM or SIGINT. From then on another one ends the process at once, with the
 * status that a shell gives to a process that a signal ended.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals, number: number): void => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        resolve(signal);
      } else if (now - first > sameMs) process.exit(128 + number);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}
