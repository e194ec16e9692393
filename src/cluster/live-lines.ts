import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Clock } from "./live-clock.ts";
import { LiveFailure } from "./live-failure.ts";

/** Breaks a stream that says nothing for so long. */
export interface Patience {
  readonly idleMs: number;
  readonly clock: Clock;
}

/** The chunks of a stream, which is destroyed at the end whoever ends it. */
export async function* chunksOf(stream: Readable, { idleMs, clock }: Patience): AsyncGenerator<Buffer> {
  const silent = new LiveFailure("silent", `nothing was heard for ${Math.round(idleMs / 1000)} s`);
  const watchdog = (): (() => void) => clock.after(idleMs, () => stream.destroy(silent));
  let cancel = watchdog();
  try {
    for await (const chunk of stream) {
      cancel();
      cancel = watchdog();
      yield chunk as Buffer;
    }
  } finally {
    cancel();
    stream.destroy();
  }
}

/** The lines of a stream. A last line without its end is left out. */
export async function* linesOf(stream: Readable, patience: Patience): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let begun = "";
  for await (const chunk of chunksOf(stream, patience)) {
    const lines = (begun + decoder.write(chunk)).split("\n");
    begun = lines.pop() ?? "";
    yield* lines;
  }
}
