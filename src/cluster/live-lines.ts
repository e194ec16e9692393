import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Clock } from "./live-clock.ts";
import { LiveFailure } from "./live-failure.ts";

/** Breaks a stream that says nothing for so long. */
export interface Patience {
  readonly idleMs: number;
  readonly clock: Clock;
}

/** The lines of a stream, which is destroyed at the end whoever ends it. A last line without its end is left out. */
export async function* linesOf(stream: Readable, { idleMs, clock }: Patience): AsyncGenerator<string> {
  const silent = new LiveFailure("silent", `nothing was heard for ${Math.round(idleMs / 1000)} s`);
  const watchdog = (): (() => void) => clock.after(idleMs, () => stream.destroy(silent));
  const decoder = new StringDecoder("utf8");
  let begun = "";
  let cancel = watchdog();
  try {
    for await (const chunk of stream) {
      cancel();
      cancel = watchdog();
      const lines = (begun + decoder.write(chunk as Buffer)).split("\n");
      begun = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    cancel();
    stream.destroy();
  }
}
