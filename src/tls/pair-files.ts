import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import type { Pair } from "./mint.ts";

/** The files of a pair, named as in a kubernetes.io/tls Secret. */
export const fileNames = { ca: "ca.crt", cert: "tls.crt", key: "tls.key" } as const;

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message;

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (reasonOf(error) === "ENOENT") return undefined;
    throw new ConfigError([`${path}: cannot be read (${reasonOf(error)})`]);
  }
}

/** Whatever of a pair there is in the folder; files that do not exist are undefined. */
export const readPair = (dir: string): { [part in keyof Pair]: string | undefined } => ({
  ca: readIfThere(join(dir, fileNames.ca)),
  cert: readIfThere(join(dir, fileNames.cert)),
  key: readIfThere(join(dir, fileNames.key)),
});

// Written beside its place and renamed into it: a reader sees the old file or the new one, never a half.
function replaceFile(path: string, text: string, mode: number): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, text, { mode, flag: "wx" });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Writes the three files, the key readable by its owner only; makes the folder. */
export function writePair(dir: string, pair: Pair): void {
  try {
    mkdirSync(dir, { recursive: true });
    replaceFile(join(dir, fileNames.ca), pair.ca, 0o644);
    replaceFile(join(dir, fileNames.cert), pair.cert, 0o644);
    replaceFile(join(dir, fileNames.key), pair.key, 0o600);
  } catch (error) {
    throw new ConfigError([`${dir}: the certificate pair cannot be written (${reasonOf(error)})`]);
  }
}
