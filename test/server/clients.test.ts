import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { clientsBy } from "../../src/commands/client-authority.ts";
import { ClientAuthority } from "../../src/tls/client-authority.ts";
import { type ClientPair, TestAuthority } from "../support/client-authority.ts";
import { runProgram, testFolder } from "../support/program.ts";
import { canary } from "../support/reviews.ts";
import { until } from "../support/seldon-cluster.ts";
import { type Answer, type TestServer, testServer } from "../support/server.ts";

/** A server that asks for client certificates of this CA. */
async function guarded(t: TestContext, pem: string, allowedNames: readonly string[] = []) {
  const file = join(testFolder(t), "ca.crt");
  writeFileSync(file, pem);
  const told: string[] = [];
  const authority = new ClientAuthority({
    file,
    pollMs: 600_000,
    observer: {
      loaded: () => told.push("loaded"),
      refused: (problem) => told.push(problem.replace(file, "FILE")),
    },
  });
  const clients = clientsBy(authority, allowedNames);
  t.after(() => clients.stop());
  return { server: await testServer(t, { clients }), file, told, authority };
}

/** A caller that keeps its connection, with this certificate or with none. */
function caller(t: TestContext, { ca }: TestServer, pair?: ClientPair): Agent {
  const agent = new Agent({ ca, ...pair, keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return agent;
}

const asked = "this webhook is called with a client certificate (--client-ca-file)";
const none = `${asked}, and there was none of a CA that it trusts`;

const refusalIn = ({ code, json }: Answer): unknown => {
  const { kind, status, reason, message } = json;
  assert.deepEqual([kind, status, json.code], ["Status", "Failure", code]);
  return [code, reason, message];
};

const counted = async ({ callPlain }: TestServer): Promise<Record<string, number>> => {
  const { text } = await callPlain("/metrics");
  const found = text.matchAll(/^seldon_ambassador_webhook_clients_refused_total\{reason="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, reason, count]) => [reason, Number(count)]));
};

test("who shows a certificate of the CA is answered, on both paths", async (t) => {
  const authority = await TestAuthority.make();
  const { server } = await guarded(t, authority.pem);
  const agent = caller(t, server, await authority.client({ name: "kube-apiserver" }));
  for (const path of ["/mutate", "/validate", "/mutate"]) {
    const { code, json } = await server.call(path, { body: canary(), agent });
    assert.deepEqual([code, json.response.uid], [200, canary().request.uid]);
  }
  assert.deepEqual(await counted(server), { missing: 0, untrusted: 0, expired: 0, name: 0 });
});

test("who shows none is refused, whatever is sent; health and metrics stay open", async (t) => {
  const authority = await TestAuthority.make();
  const { server } = await guarded(t, authority.pem);
  for (const path of ["/mutate", "/validate"])
    for (const body of [canary(), "not JSON", Buffer.alloc(100_000)]) {
      const answer = await server.call(path, { body });
      assert.deepEqual(refusalIn(answer), [401, "Unauthorized", none]);
      assert.equal(answer.headers.connection, "close");
    }
  assert.deepEqual(await counted(server), { missing: 6, untrusted: 0, expired: 0, name: 0 });
  assert.equal((await server.call("/healthz")).text, "ok\n");
  const ready = await server.call("/readyz?verbose");
  assert.equal(ready.code, 200);
  assert.match(ready.text, /^\[\+\]client-ca ok: until \d{4}-/m);
  assert.equal((await server.call("/mutate")).code, 405);
});

test("what a client shows is refused when it is of no use, and the answer says why", async (t) => {
  const [authority, other] = await Promise.all([TestAuthority.make(), TestAuthority.make("another CA")]);
  const impostor = await TestAuthority.make();
  const { server } = await guarded(t, authority.pem);
  const refused = async (pair: ClientPair, problem: string): Promise<void> => {
    const answer = await server.call("/validate", { body: canary(), agent: caller(t, server, pair) });
    assert.deepEqual(refusalIn(answer), [401, "Unauthorized", `${asked}, and the one presented ${problem}`]);
  };
  await refused(await other.client({ name: "a" }), "is refused: UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  await refused(await impostor.client({ name: "a" }), "is refused: CERT_SIGNATURE_FAILURE");
  await refused(await authority.client({ name: "a", usage: "serverAuth" }), "is refused: INVALID_PURPOSE");
  await refused(await authority.client({ name: "a", notAfter: Date.now() - 60_000 }), "has expired");
  assert.deepEqual(await counted(server), { missing: 0, untrusted: 3, expired: 1, name: 0 });
});

test("a certificate that expires on a connection that lives on", async (t) => {
  const authority = await TestAuthority.make();
  const { server } = await guarded(t, authority.pem);
  // X.509 knows no fractions of a second.
  const notAfter = Math.ceil(Date.now() / 1000) * 1000 + 3000;
  const agent = caller(t, server, await authority.client({ name: "a", notAfter }));
  assert.equal((await server.call("/mutate", { body: canary(), agent })).code, 200);
  await until("it has expired", () => Date.now() >= notAfter);
  const answer = await server.call("/mutate", { body: canary(), agent });
  assert.deepEqual(refusalIn(answer), [401, "Unauthorized", `${asked}, and the one presented has expired`]);
});

test("only the names that are allowed may call", async (t) => {
  const authority = await TestAuthority.make();
  const { server } = await guarded(t, authority.pem, ["kube-apiserver", "front-proxy-client"]);
  const answerTo = async (name: string) =>
    server.call("/mutate", { body: canary(), agent: caller(t, server, await authority.client({ name })) });
  for (const name of ["kube-apiserver", "front-proxy-client"]) assert.equal((await answerTo(name)).code, 200);
  for (const name of ["kubelet", "kube-apiserver2", "Kube-Apiserver"])
    assert.deepEqual(refusalIn(await answerTo(name)), [
      403,
      "Forbidden",
      `the client certificate of "${name}" is not one of those that may call`,
    ]);
  assert.deepEqual(await counted(server), { missing: 0, untrusted: 0, expired: 0, name: 3 });
});

test("another CA takes effect without a restart, for connections that are open as well", async (t) => {
  const [first, second] = await Promise.all([TestAuthority.make(), TestAuthority.make("the next CA")]);
  const { server, file, told } = await guarded(t, first.pem);
  const before = caller(t, server, await first.client({ name: "a" }));
  const after = await second.client({ name: "a" });
  const code = async (agent: Agent) => (await server.call("/mutate", { body: canary(), agent })).code;
  assert.deepEqual([await code(before), await code(caller(t, server, after))], [200, 401]);

  // As one does it: both for a while, then the new one.
  writeFileSync(file, `${first.pem}${second.pem}`);
  await until("both are trusted", () => told.length === 1);
  assert.deepEqual([await code(before), await code(caller(t, server, after))], [200, 200]);
  writeFileSync(file, second.pem);
  await until("the new one is trusted", () => told.length === 2);
  const answer = await server.call("/mutate", { body: canary(), agent: before });
  assert.deepEqual(refusalIn(answer), [
    401,
    "Unauthorized",
    `${asked}, and the CA of the one presented is not trusted any more`,
  ]);
  assert.equal(await code(caller(t, server, after)), 200);
  assert.deepEqual(told, ["loaded", "loaded"]);
});

test("serve does not start with a file that cannot be used, nor with names and no CA", async (t) => {
  const file = join(testFolder(t), "ca.crt");
  const serve = (...flags: string[]) => runProgram(["serve", "--port=0", "--metrics-port=0", ...flags]);
  const missing = await serve(`--client-ca-file=${file}`);
  assert.deepEqual([missing.code, missing.stderr], [2, `error: ${file}: cannot be read (no such file)\n`]);
  writeFileSync(file, "a");
  const wrong = await serve(`--client-ca-file=${file}`);
  const problem = "must hold certificates in PEM, and nothing else";
  assert.deepEqual([wrong.code, wrong.stderr], [2, `error: ${file}: ${problem}\n`]);
  const names = await serve("--client-allowed-names=kube-apiserver");
  assert.equal(names.code, 2);
  assert.match(
    names.stderr,
    /^error: --client-allowed-names: Invalid value: \[…\]: needs server\.clientCaFile\n$/,
  );
});

test("a file that cannot be used changes nothing, and shows", async (t) => {
  const authority = await TestAuthority.make();
  const { server, file, told, authority: followed } = await guarded(t, authority.pem);
  const pair = await authority.client({ name: "a" });
  const refused = async (text: string | undefined, problem: string): Promise<void> => {
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    followed.check();
    assert.equal(told.at(-1), problem);
    const { code } = await server.call("/mutate", { body: canary(), agent: caller(t, server, pair) });
    assert.equal(code, 200);
    const ready = await server.call("/readyz?verbose");
    assert.equal(ready.code, 200);
    assert.ok(ready.text.includes(`; the file was refused: ${problem.replace("FILE", file)}\n`), ready.text);
  };
  await refused(undefined, "FILE: cannot be read (no such file)");
  await refused("", "FILE: must hold certificates in PEM, and nothing else");
  await refused(authority.pem.slice(0, 300), "FILE: must hold certificates in PEM, and nothing else");
  await refused(`${authority.pem}${pair.key}`, "FILE: must hold certificates in PEM, and nothing else");
  await refused(pair.cert, "FILE: holds a certificate that is none of a CA");
  const page = async () => (await server.callPlain("/metrics")).text;
  assert.match(await page(), /^seldon_ambassador_webhook_client_ca_refused 1$/m);
  assert.match(await page(), /^seldon_ambassador_webhook_client_ca_reloads_total\{result="refused"\} \d$/m);
  writeFileSync(file, authority.pem);
  followed.check();
  assert.match(await page(), /^seldon_ambassador_webhook_client_ca_refused 0$/m);
});
