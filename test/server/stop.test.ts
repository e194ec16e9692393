import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { runProgram, type ServingProcess, serveInProcess, testFolder } from "../support/program.ts";
import { canary } from "../support/reviews.ts";

const body = JSON.stringify(canary());
const caOf = ({ folder }: ServingProcess): Buffer => readFileSync(join(folder, "certs/ca.crt"));

/** One call: its status code, or "refused" when the server did not take the connection. */
function mutate(port: number, agent: Agent): Promise<number | "refused"> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Content-Length": body.length };
    const call = request({ host: "localhost", port, path: "/mutate", method: "POST", headers, agent });
    let connected = false;
    call.on("socket", (socket) => {
      connected = call.reusedSocket;
      socket.once("secureConnect", () => {
        connected = true;
      });
    });
    call.on("error", (error) => (connected ? reject(error) : resolve("refused")));
    call.on("response", (response) => {
      buffer(response).then(() => resolve(response.statusCode ?? 0), reject);
    });
    call.end(body);
  });
}

test("stopped under load: every call that was taken is answered, exit code 0", async (t) => {
  const server = await serveInProcess(t);
  const agent = new Agent({ keepAlive: true, ca: caOf(server) });
  t.after(() => agent.destroy());
  let answered = 0;
  let afterSignal = 0;
  let signalled = false;
  const caller = async (): Promise<void> => {
    for (;;) {
      const code = await mutate(server.port, agent);
      if (code === "refused") return;
      assert.equal(code, 200);
      answered += 1;
      if (signalled) afterSignal += 1;
      if (answered === 300) signalled = server.child.kill("SIGTERM");
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  assert.equal(await server.ended, 0);
  assert.ok(afterSignal > 0, "calls were still answered after the signal");
  const lines = server.stdout().trim().split("\n");
  assert.equal(lines.filter((line) => line.includes('"admission decision"')).length, answered);
  assert.match(lines.at(-1) ?? "", /"msg":"stopped"/);
});

test("draining: not ready at once, alive, calls answered with Connection: close, idle connections closed", async (t) => {
  const server = await serveInProcess(t, "--drain-seconds=3", "--grace-seconds=60");
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: caOf(server) });
  const idle = new Agent({ keepAlive: true, maxSockets: 1, ca: caOf(server) });
  t.after(() => {
    agent.destroy();
    idle.destroy();
  });
  for (const each of [agent, idle]) assert.equal(await mutate(server.port, each), 200);
  const metricsPort = Number(/metrics: http:\/\/localhost:(\d+)/.exec(server.stderr())?.[1]);
  const probe = async (path: string): Promise<number> => {
    const call = plainRequest({ host: "localhost", port: metricsPort, path, agent: false }).end();
    const [response] = await once(call, "response");
    response.resume();
    return response.statusCode;
  };
  assert.equal(await probe("/readyz"), 200);
  server.child.kill("SIGTERM");
  await written(server.stdout, '"msg":"stopping"');
  assert.deepEqual([await probe("/readyz"), await probe("/healthz")], [503, 200]);
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  const call = request({
    host: "localhost",
    port: server.port,
    path: "/mutate",
    method: "POST",
    headers,
    agent,
  });
  call.end(body);
  const [response] = await once(call, "response");
  response.resume();
  assert.deepEqual([response.statusCode, response.headers.connection], [200, "close"]);
  // The idle connection does not keep it: neither by its 90 s nor by the minute of grace.
  assert.equal(await server.ended, 0);
  assert.doesNotMatch(server.stdout(), /grace period over/);
});

for (const signal of ["SIGTERM", "SIGINT"] as const)
  test(`${signal} without any call ends it with exit code 0`, async (t) => {
    const server = await serveInProcess(t, "--drain-seconds=0");
    server.child.kill(signal);
    assert.equal(await server.ended, 0);
  });

/** Makes the server wait for a call whose body does not come. */
async function callWithoutEnd(server: ServingProcess): Promise<TLSSocket> {
  const socket = connect({ host: "localhost", port: server.port, ca: caOf(server), servername: "localhost" });
  await once(socket, "secureConnect");
  socket.on("error", () => {});
  socket.write(
    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
  );
  return socket;
}

const written = async (text: () => string, part: string): Promise<void> => {
  while (!text().includes(part)) await new Promise((resolve) => setTimeout(resolve, 10));
};

test("a second signal ends it at once, with the status of that signal", async (t) => {
  const server = await serveInProcess(t, "--drain-seconds=0", "--grace-seconds=600");
  await callWithoutEnd(server);
  server.child.kill("SIGTERM");
  await written(server.stdout, '"msg":"stopping"');
  // The same key press may be delivered twice, by the terminal and by npm: that is no second signal.
  server.child.kill("SIGTERM");
  const again = setInterval(() => server.child.kill("SIGINT"), 200);
  t.after(() => clearInterval(again));
  assert.equal(await server.ended, 130);
  assert.doesNotMatch(server.stdout(), /"msg":"stopped"/);
});

test("the ready text: one line, and calls to paste that work from the folder it was started in", async (t) => {
  const server = await serveInProcess(t, "--drain-seconds=0");
  await written(server.stderr, "response.patch");
  const [ready, seeRejected, rejected, seeMutated, mutated, end, ...more] = server.stderr().split("\n");
  assert.match(
    ready ?? "",
    /^ready: https:\/\/localhost:\d+\/mutate and \/validate; metrics: http:\/\/localhost:\d+\/metrics$/,
  );
  assert.deepEqual([seeRejected, seeMutated], ["See a canary rejected:", "See one mutated:"]);
  assert.deepEqual([end, more], ["", []]);
  for (const [line = "", path] of [
    [rejected, "/validate"],
    [mutated, "/mutate"],
  ] as const) {
    const parts =
      /^ {2}curl -sS --cacert (\S+) -H 'Content-Type: application\/json' --data-binary @(\S+) https:\/\/localhost:(\d+)(\S+)/.exec(
        line,
      );
    assert.ok(parts, line);
    const [, ca = "", review = "", port, target] = parts;
    assert.deepEqual([Number(port), target], [server.port, path]);
    assert.deepEqual(readFileSync(join(server.folder, ca)), caOf(server));
    assert.equal(JSON.parse(readFileSync(join(server.folder, review), "utf8")).kind, "AdmissionReview");
  }
});

test("a port in use is one line and exit code 2, whichever of the two it is", async (t) => {
  const other = createServer();
  other.listen(0);
  await once(other, "listening");
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const certs = `--cert-dir=${join(testFolder(t), "certs")}`;
  const taken = (flag: string) => ({
    code: 2,
    stderr: `error: port ${port} is in use; choose another with ${flag}\n`,
  });
  for (const [flag, free] of [
    ["--port", "--metrics-port"],
    ["--metrics-port", "--port"],
  ] as const) {
    const { code, stderr } = await runProgram(["serve", certs, `${flag}=${port}`, `${free}=0`]);
    assert.deepEqual({ code, stderr }, taken(flag));
  }
});

test("an address that is not ours is one line and exit code 2", async (t) => {
  const certs = `--cert-dir=${join(testFolder(t), "certs")}`;
  const { code, stderr } = await runProgram([
    "serve",
    certs,
    "--host=192.0.2.1",
    "--port=0",
    "--metrics-port=0",
  ]);
  assert.equal(code, 2);
  assert.match(stderr, /^error: cannot listen on 192\.0\.2\.1, port 0 \(E[A-Z]+\); see --host and --port\n$/);
});
