import { readFileSync } from "node:fs";

// The same distance from src/config and from dist/config.
const packageFile = new URL("../../package.json", import.meta.url);

/** The version of this program, as its package.json has it, wherever it is started from. */
export const programVersion = (): string =>
  (JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }).version;
