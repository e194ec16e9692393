import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mint, type Pair } from "../../src/tls/mint.ts";
import { writePair } from "../../src/tls/pair-files.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";

/** A temporary folder with the key of one run, and the processes of that run: neither outlives this process. */
export interface Workplace {
  readonly folder: string;
  readonly pair: Pair;
  /** With the pair, as the webhook wants it. */
  readonly certDir: string;
  /** With the credentials of a pod. */
  readonly account: string;
  /** A kubeconfig for the API server on this port. */
  kubeconfig(port: number): string;
  /** Ends it with this process, if it still runs. */
  adopt(child: ChildProcess): void;
  remove(): void;
}

const token = "of-no-use-elsewhere";

/** Makes one; Ctrl-C removes it, too. */
export async function makeWorkplace(): Promise<Workplace> {
  const folder = mkdtempSync(join(tmpdir(), "webhook-bench-"));
  const children = new Set<ChildProcess>();
  const remove = (): void => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));

  const pair = await mint({ days: 1, now: new Date() });
  const [certDir, account] = [join(folder, "certs"), join(folder, "account")];
  writePair(certDir, pair);
  mkdirSync(account);
  for (const [name, text] of Object.entries({ "ca.crt": pair.ca, token, namespace: "seldon-system" }))
    writeFileSync(join(account, name), text, { mode: 0o600 });
  return {
    ...{ folder, pair, certDir, account, remove },
    kubeconfig(port) {
      const file = join(folder, `kubeconfig-${port}`);
      writeFileSync(file, kubeconfigText(`https://localhost:${port}`, { ca: pair.ca, token }), {
        mode: 0o600,
      });
      return file;
    },
    adopt(child) {
      children.add(child);
      child.once("exit", () => children.delete(child));
    },
  };
}
