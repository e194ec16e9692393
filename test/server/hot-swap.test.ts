import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:https";
import { test } from "node:test";
import { connect } from "node:tls";
import { mint, type Pair } from "../../src/tls/mint.ts";
import { Published } from "../../src/tls/published.ts";
import { RenewalTally } from "../../src/tls/source.ts";
import { canary } from "../support/reviews.ts";
import { testServer } from "../support/server.ts";

async function served(port: number): Promise<string> {
  const socket = connect({ host: "localhost", port, servername: "localhost", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { serialNumber } = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  return serialNumber;
}

const serialOf = ({ cert }: Pair): string => new X509Certificate(cert).serialNumber;

test("another certificate under load: no call fails, no connection is dropped, new ones get it", async (t) => {
  const pairs = await Promise.all(Array.from({ length: 4 }, () => mint({ days: 1, now: new Date() })));
  const published = new Published();
  const [first, ...others] = pairs as [Pair, ...Pair[]];
  published.put(first);
  const certificates = {
    get current() {
      return published.current;
    },
    whenServing: published.whenServing,
    checks: [],
    tally: new RenewalTally(),
    expiry: () => ({ leaf: 1_900_000_000_500, ca: undefined }),
    onChange: published.onChange.bind(published),
    stop: async () => {},
  };
  const { port, call, callPlain } = await testServer(t, { certificates });
  assert.match(
    (await callPlain("/metrics")).text,
    /expiry_timestamp_seconds\{certificate="leaf"\} 1900000000\.5\n/,
  );
  // These trust the first CA only, so they live on the connections that they have.
  const agents = Array.from({ length: 4 }, () => new Agent({ keepAlive: true, maxSockets: 1, ca: first.ca }));
  let [answered, swapped] = [0, false];
  const caller = async (agent: Agent): Promise<void> => {
    for (let after = 0; after < 20; after += swapped ? 1 : 0) {
      const { code } = await call("/mutate", { body: canary(), agent });
      assert.equal(code, 200);
      answered++;
    }
  };
  const calls = Promise.all(agents.map(caller));
  t.after(() => {
    for (const agent of agents) agent.destroy();
  });
  while (answered < agents.length * 2) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const pair of others) {
    published.put(pair);
    assert.equal(await served(port), serialOf(pair));
  }
  swapped = true;
  await calls;
});

test("before there is a certificate: the plain port tells, and TLS begins with the first", async (t) => {
  const published = new Published();
  const certificates = {
    get current() {
      return published.current;
    },
    whenServing: published.whenServing,
    checks: [
      {
        name: "certificate",
        problem: () => (published.current ? undefined : "there is none yet"),
        note: () => "until then",
      },
    ],
    tally: new RenewalTally(),
    expiry: () => ({ leaf: undefined, ca: undefined }),
    onChange: published.onChange.bind(published),
    stop: async () => {},
  };
  const { port, callPlain } = await testServer(t, { certificates });
  const before = await callPlain("/readyz?verbose");
  assert.deepEqual(
    [before.code, before.text],
    [503, "[+]serving ok\n[-]certificate failed: there is none yet\n"],
  );
  await assert.rejects(served(port));
  const pair = await mint({ days: 1, now: new Date() });
  published.put(pair);
  assert.equal(await served(port), serialOf(pair));
  const after = await callPlain("/readyz?verbose");
  assert.deepEqual([after.code, after.text], [200, "[+]serving ok\n[+]certificate ok: until then\n"]);
});
