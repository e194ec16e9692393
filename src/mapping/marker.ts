import { hash } from "node:crypto";

/** Changes when the digested fields change, so that versions side by side do not accuse each other. */
const format = 1;

const lead = "# Made by seldon-ambassador-webhook; delete this line to own the text.";
const pattern = /^\((\d+) routing:([0-9a-f]{16}) text:([0-9a-f]{16})\)$/;

const digest = (text: string): string => hash("sha256", text).slice(0, 16);

/** Whether a text was made here: its first line says so. */
export const isGenerated = (text: string): boolean => text.startsWith(lead);

/** Digest of a deployment's routing fields. */
export const routingDigest = (fields: unknown): string => digest(JSON.stringify(fields));

/** Puts the first line in front: who made the text, of which routing fields, and what it was. */
export const mark = (body: string, routing: string): string =>
  `${lead} (${format} routing:${routing} text:${digest(body)})\n${body}`;

/** The line that tells of a generated text. */
export const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** Stands for a text of which only the first line is known, as if nobody had edited the rest. */
export const uneditedText = (line: string): string =>
  `${line.replace(/text:[0-9a-f]{16}\)$/, `text:${digest("")})`)}\n`;

/** What the first line of a generated text tells about it. */
export type Provenance =
  /** Edited by hand, or its first line was. */
  | "altered"
  /** Made of other routing fields than these. */
  | "stale"
  /** Made by a version whose digests cannot be compared. */
  | "unknown"
  /** Made of these fields and untouched since. */
  | "intact";

export function provenance(text: string, routing: string): Provenance {
  const end = text.indexOf("\n");
  const [line, body] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
  const found = pattern.exec(line.slice(lead.length).trim());
  if (!found) return "altered";
  const [, version, madeOf, wrote] = found;
  if (wrote !== digest(body)) return "altered";
  if (version !== String(format)) return "unknown";
  return madeOf === routing ? "intact" : "stale";
}
