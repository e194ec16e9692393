import { Refusal } from "./refusal.ts";

/** Go's units of time in milliseconds, as time.ParseDuration reads them. */
const units: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ns: 1e-6,
};

const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Milliseconds of a Go duration such as `10s` or `1m30.5s`; undefined for anything else, negatives included. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  let total = 0;
  let read = 0;
  while (read < text.length) {
    part.lastIndex = read;
    const [whole, amount, unit = ""] = part.exec(text) ?? [];
    if (whole === undefined) return undefined;
    total += Number(amount) * (units[unit] ?? 0);
    read += whole.length;
  }
  return read > 0 ? total : undefined;
}

/**
 * The milliseconds that `?timeout=` grants, capped at `most`. The API server always sends it, from
 * the webhook's timeoutSeconds; without it, or with 0, which means "none" in Go, it is `most`.
 */
export function deadlineOf(url: string, most: number): number {
  const start = url.indexOf("?");
  const text = start === -1 ? null : new URLSearchParams(url.slice(start)).get("timeout");
  if (text === null) return most;
  const timeout = parseDuration(text);
  if (timeout === undefined)
    throw new Refusal(400, 'the query parameter timeout must be a Go duration such as "10s"');
  return timeout === 0 ? most : Math.min(timeout, most);
}
