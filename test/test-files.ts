import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findBinaries } from "./control-plane/binaries.ts";

const root = fileURLToPath(new URL("./", import.meta.url));

export interface TestFiles {
  /** Paths from the root of the repository, sorted. */
  readonly files: readonly string[];
  /** Why the end-to-end tests are not among them, in one line; undefined where they are. */
  readonly leftOut: string | undefined;
}

/**
 * The files of `npm test`. Those that need a control plane are left out as a whole where its programs are missing: each
 * on its own would say so, too, or count as passed. With E2E_REQUIRED=1 they stay, and fail.
 */
export function testFiles(env: NodeJS.ProcessEnv): TestFiles {
  const all = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `test/${file.replaceAll("\\", "/")}`)
    .toSorted();
  const { missing } = env.E2E_REQUIRED === "1" ? {} : findBinaries(env);
  if (missing === undefined) return { files: all, leftOut: undefined };
  return {
    files: all.filter((file) => !file.startsWith("test/e2e/")),
    leftOut: `The end-to-end tests were left out: ${missing}.`,
  };
}
