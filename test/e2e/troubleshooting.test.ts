import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { mint, type Pair } from "../../src/tls/mint.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { type Run, running } from "../support/applied.ts";
import type { Json } from "../support/deployment.ts";
import { base, render } from "../support/manifests.ts";
import { testFolder } from "../support/program.ts";
import { sdep, until } from "../support/seldon-cluster.ts";
import { tcpProxy } from "../support/tcp-proxy.ts";
import { startWebhook } from "../support/webhook-process.ts";

const guide = readFileSync(fileURLToPath(new URL("../../manifests/README.md", import.meta.url)), "utf8");

/** What the table says in its first column, by the order of its rows. */
const [table = ""] = guide.slice(guide.indexOf("| what is printed |")).split("\n\n");
const rows = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, printed = ""]) => printed);

interface Called {
  readonly url: string;
  readonly ca: string;
}

const address = (server: Server): string =>
  `https://localhost:${(server.address() as AddressInfo).port}/validate`;

async function listening(t: TestContext, server: Server, host = "localhost"): Promise<Server> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, host);
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server;
}

const day = 86_400_000;
const fresh = (): Promise<Pair> => mint({ days: 1, now: new Date() });

const tlsServer = ({ cert, key }: Pair): Server =>
  createTlsServer({ cert, key }, (_, answer) => answer.end());

const serving = async (t: TestContext, pair: Pair): Promise<string> =>
  address(await listening(t, tlsServer(pair)));

/** How each row of the table comes about. */
const provoked: Readonly<
  Record<string, (t: TestContext, plane: ControlPlane) => Promise<Called | undefined>>
> = {
  "x509: certificate signed by unknown authority": async (t) => ({
    url: await serving(t, await fresh()),
    ca: (await fresh()).ca,
  }),
  "x509: certificate has expired or is not yet valid": async (t) => {
    const expired = await mint({ days: 1, now: new Date(Date.now() - 2 * day) });
    return { url: await serving(t, expired), ca: expired.ca };
  },
  "x509: certificate is valid for": async (t) => {
    const pair = await fresh();
    const server = await listening(t, tlsServer(pair), "127.0.0.2");
    return { url: address(server).replace("localhost", "127.0.0.2"), ca: pair.ca };
  },
  "context deadline exceeded": async (t) => {
    const silent = await listening(
      t,
      createServer(() => {}),
    );
    return { url: address(silent), ca: (await fresh()).ca };
  },
  "connect: connection refused": async () => ({
    url: `https://localhost:${await freePort()}/validate`,
    ca: (await fresh()).ca,
  }),
  EOF: async (t) => {
    const closing = await listening(
      t,
      createServer((socket) => socket.once("data", () => socket.end())),
    );
    return { url: address(closing), ca: (await fresh()).ca };
  },
  "nothing was decided": async (t, plane) => {
    const proxy = await tcpProxy(t, Number(new URL(plane.url).port));
    const kubeconfig = join(testFolder(t), "kubeconfig");
    const token = plane.adminClientConfig.getCurrentUser()?.token ?? "";
    writeFileSync(kubeconfig, kubeconfigText(`https://127.0.0.1:${proxy.port}`, { ca: plane.ca, token }));
    const { url, ca } = await startWebhook(t, plane, { kubeconfig });
    proxy.cut();
    return { url: `${url}/validate`, ca };
  },
  "is invalid: ": async (t, plane) => {
    const { url, ca } = await startWebhook(t, plane, { name: "second" });
    return { url: `${url}/validate`, ca };
  },
  "called with a client certificate": async (t, plane) => {
    // The API server of the tests has none to show.
    const file = join(testFolder(t), "ca.crt");
    writeFileSync(file, (await fresh()).ca);
    const { url, ca } = await startWebhook(t, plane, { name: "third", flags: [`--client-ca-file=${file}`] });
    return { url: `${url}/validate`, ca };
  },
  'service "seldon-ambassador-webhook" not found': async () => undefined,
};

const shadow = sdep("copy", "default", {
  "seldon.io/ambassador-service-name": "target",
  "seldon.io/ambassador-shadow": "true",
});

async function printed(
  run: Run,
  plane: ControlPlane,
  called: Called | undefined,
  expected: string,
): Promise<string> {
  const shipped = render(base)?.find(({ kind }) => kind === "ValidatingWebhookConfiguration");
  const [hook] = shipped?.webhooks ?? [];
  const clientConfig =
    called === undefined
      ? hook.clientConfig
      : { url: called.url, caBundle: Buffer.from(called.ca).toString("base64") };
  const configuration: Json = { ...shipped, webhooks: [{ ...hook, timeoutSeconds: 2, clientConfig }] };
  await run("apply -f -", configuration);
  let last = "";
  await until(`kubectl prints ${expected}: ${last}`, async () => {
    last = (await plane.kubectl(["create", "-f", "-"], { input: JSON.stringify(shadow) })).stderr;
    return last.includes(expected);
  });
  return last;
}

withControlPlane("the troubleshooting table of manifests/README.md", async (t, plane) => {
  await installCrd(plane.kubectl);
  const run = running(plane);
  for (const [expected, provoke] of Object.entries(provoked))
    await t.test(expected, async (t) => {
      const text = await printed(run, plane, await provoke(t, plane), expected);
      if (expected !== "is invalid: ")
        assert.match(text, /failed calling webhook "validate\.seldon-ambassador-webhook\.io"/);
    });
  await t.test("is forbidden: User", async () => {
    const args = ["--as=somebody", "create", "-f", "-"];
    const { stderr } = await plane.kubectl(args, { input: JSON.stringify(shadow) });
    assert.match(stderr, /\(Forbidden\).* is forbidden: User "somebody" cannot create resource/);
  });
  await t.test("has a row for each, and no other", () => {
    // No endpoint is ever asked for here: the API server of the tests calls what its configurations name.
    const elsewhere = ["no endpoints available for service", "is forbidden: User"];
    assert.deepEqual(rows.toSorted(), [...Object.keys(provoked), ...elsewhere].toSorted());
  });
});
