import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** An editor for `kubectl edit`: what makes kubectl call it, and a copy of the file that it saw last. */
export interface Editor {
  readonly env: Readonly<Record<string, string>>;
  readonly last: string;
}

/** One that replaces a text by another. It ends with the test. */
export function editor(t: TestContext, from: string, to: string): Editor {
  const folder = mkdtempSync(join(tmpdir(), "editor-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const script = join(folder, "edit");
  const last = join(folder, "last");
  writeFileSync(script, `#!/bin/sh\nsed "s/${from}/${to}/" "$1" > ${last}\ncat ${last} > "$1"\n`);
  chmodSync(script, 0o700);
  return { env: { KUBE_EDITOR: script }, last };
}
