import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a kubectl said, and its exit status. */
export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

export interface KubectlOptions {
  /** Its standard input; empty unless given. */
  readonly input?: string;
  /** Variables on top of PATH, HOME and KUBECONFIG. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs kubectl; a failure of its own is a result, a kubectl that cannot be run or hangs throws. */
export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<KubectlResult>;

const timeoutMs = 120_000;

/** A kubectl for one cluster, whose home and caches are in the given folder. */
export function kubectlFor(path: string, kubeconfig: string, home: string): Kubectl {
  return async (args, { input = "", env = {} } = {}) => {
    let stdout = "";
    let stderr = "";
    const child = spawn(path, args, {
      env: { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, ...env },
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.stdin.on("error", () => {}); // it may end without reading
    child.stdin.end(input);
    const [status, signal] = await once(child, "close");
    if (status === null) throw new Error(`kubectl ${args.join(" ")} ended by ${signal}\n${stderr}`);
    return { stdout, stderr, status };
  };
}
