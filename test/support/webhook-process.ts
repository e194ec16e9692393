import { existsSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { freePort } from "../control-plane/ports.ts";
import { launchReady } from "../control-plane/readiness.ts";

/** What the log says of one decision. */
export interface LoggedDecision {
  readonly path: "/mutate" | "/validate";
  readonly operation: string;
  readonly namespace: string;
  readonly name?: string;
  readonly dryRun: boolean;
  readonly allowed: boolean;
  readonly rules: readonly string[];
  readonly patched: boolean;
}

/** The webhook as a process of its own, following the cluster of a control plane. */
export interface WebhookProcess {
  readonly url: string;
  /** PEM of the CA that signed what it serves with. */
  readonly ca: string;
  /** Every decision since its first start. */
  decisions(): readonly LoggedDecision[];
  /** Every line of its log since its first start. */
  log(): readonly Record<string, unknown>[];
  /** Ends it as a kubelet would; nobody answers on its port until `start`. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same certificate, and waits until it is ready. */
  start(): Promise<void>;
}

export interface WebhookWishes {
  /** Tells several of one control plane apart. */
  readonly name?: string;
  /** The folder of the program; this one unless given. */
  readonly root?: string;
  /** Who it is for the API server; the administrator unless given. */
  readonly kubeconfig?: string;
  /** More flags of `serve`. */
  readonly flags?: readonly string[];
}

const ownRoot = fileURLToPath(new URL("../../", import.meta.url));
const tsx = import.meta.resolve("tsx");

const readIfThere = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, "utf8") : undefined;

/** The JSON lines of a log that begins with what the program says to its user. */
const logged = (text: string): readonly Record<string, unknown>[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line));

/** Starts `serve --kubeconfig` with a certificate of its own making, waits until it is ready; it ends with the test. */
export async function startWebhook(
  t: TestContext,
  plane: ControlPlane,
  { name = "webhook", root = ownRoot, kubeconfig = plane.kubeconfig, flags = [] }: WebhookWishes = {},
): Promise<WebhookProcess> {
  const folder = dirname(plane.kubeconfig);
  const certDir = join(folder, `${name}-certs`);
  const port = await freePort();
  const args = [
    ...["--import", tsx, join(root, "src/main.ts"), "serve"],
    ...[`--kubeconfig=${kubeconfig}`, `--cert-dir=${certDir}`],
    ...["--host=localhost", `--port=${port}`, "--metrics-port=0", "--drain-seconds=0"],
    ...flags,
  ];
  const program = { name, path: process.execPath, args, folder };
  const readCa = () => readIfThere(join(certDir, "ca.crt"));
  const launched = () =>
    launchReady(program, () => {
      const ca = readCa();
      // Before there is a CA there is nobody to ask either.
      return get({
        host: "localhost",
        port,
        path: "/readyz",
        agent: false,
        ...(ca === undefined ? {} : { ca }),
      });
    });
  const log = () => logged(readIfThere(join(folder, `${name}.log`)) ?? "");
  let server = await launched();
  t.after(() => server.stop("SIGKILL"));
  return {
    url: `https://localhost:${port}`,
    ca: readCa() ?? "",
    log,
    decisions: () =>
      log().filter(({ msg }) => msg === "admission decision") as unknown as readonly LoggedDecision[],
    stop: () => server.stop("SIGTERM"),
    async start() {
      server = await launched();
    },
  };
}
