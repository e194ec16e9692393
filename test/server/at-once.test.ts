import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { connect } from "node:tls";
import type { EngineContext } from "../../src/admission/engine.ts";
import { emptyCluster } from "../../src/cluster/snapshot.ts";
import { readSources } from "../../src/config/load.ts";
import { LivePolicy } from "../../src/policy-file/live-policy.ts";
import { loadPolicy } from "../../src/policy-file/load.ts";
import { mint } from "../../src/tls/mint.ts";
import { Published } from "../../src/tls/published.ts";
import { policyText } from "../support/policies.ts";
import { testFolder } from "../support/program.ts";
import { canary, rejectedCanary } from "../support/reviews.ts";
import { until } from "../support/seldon-cluster.ts";
import { rest, testServer } from "../support/server.ts";
import { fixedSource } from "../support/tls.ts";

/** Two policies that agree in nothing: defaults, settings, severities, exemptions and names all differ. */
const before = policyText(`metadata: { name: before }
defaults: [{ restTimeout: 1000, grpcTimeout: 1000 }]
seldon: { httpPort: 1000 }
rules: [{ severity: { predictor-traffic-sum: warning } }]
exemptions: [{ reason: before, namespaces: ["*"], rules: [mapping-injected] }]
`);
const after = policyText(`metadata: { name: after }
defaults: [{ restTimeout: 2000, grpcTimeout: 2000 }]
seldon: { httpPort: 2000 }
exemptions: [{ reason: after, namespaces: [seldon], rules: [new-predictor-traffic, mapping-injected] }]
`);

/** What is asked: a mutation, a decision that turns on the severity, one that turns on the exemption. */
const questions = [
  ["/mutate", JSON.stringify(canary())],
  ["/validate", JSON.stringify(rejectedCanary())],
  ["/validate", JSON.stringify(canary())],
] as const;

/** A server whose policy and certificate can be changed while it serves. */
async function changing(t: TestContext) {
  const file = join(testFolder(t), "policy.yaml");
  writeFileSync(file, before);
  const sources = readSources({ env: {} });
  const observer = { loaded() {}, refused() {}, restored() {} };
  const live = new LivePolicy(loadPolicy(file, sources), { sources, pollMs: 600_000, observer });
  t.after(() => live.stop());
  const [first, second] = [
    await mint({ days: 1, now: new Date() }),
    await mint({ days: 1, now: new Date() }),
  ];
  const published = new Published();
  published.put(first);
  const context: EngineContext = {
    cluster: emptyCluster(),
    get settings() {
      return live.current.config.engine;
    },
    get policy() {
      return { index: live.current.index, nowMs: 0, labelsOf: () => new Map() };
    },
  };
  const certificates = {
    ...fixedSource(first),
    get current() {
      return published.current;
    },
    onChange: published.onChange.bind(published),
  };
  const server = await testServer(t, { context, policy: live, certificates });
  return {
    server,
    ca: [first.ca, second.ca],
    /** Both at once. */
    change(): void {
      writeFileSync(file, after);
      live.check();
      assert.deepEqual(live.problems, []);
      published.put(second);
    },
    second,
  };
}

type Changing = Awaited<ReturnType<typeof changing>>;

/** The answers to all questions, as texts. */
const answers = ({ server, ca }: Changing, agent = new Agent({ ca })): Promise<readonly string[]> =>
  Promise.all(questions.map(async ([path, body]) => (await server.call(path, { body, agent })).text));

/** A call of which the server has the first half; the function returned sends the second, and reads the answer. */
async function begun({ server, ca }: Changing, number: number): Promise<() => Promise<string>> {
  const [path, body] = questions[number % questions.length] as (typeof questions)[number];
  const socket = connect({ host: "localhost", port: server.port, ca, servername: "localhost" });
  await once(socket, "secureConnect");
  const received = rest(socket);
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  const half = body.length >> 1;
  socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, half)}`);
  return async () => {
    socket.write(body.slice(half));
    const [line = "", text = ""] = (await received).split("\r\n\r\n");
    assert.match(line, /^HTTP\/1\.1 200 OK\r\n/);
    return text;
  };
}

const inFlight = (page: string): number =>
  [...page.matchAll(/^seldon_ambassador_webhook_requests_in_flight\{.*\} (\d+)$/gm)]
    .map(([, count]) => Number(count))
    .reduce((sum, count) => sum + count, 0);

test("500 calls at once, another policy and another certificate in their middle", async (t) => {
  const world = await changing(t);
  const { server, ca } = world;
  const earlier = await answers(world);

  // Half of them are under way when it changes, with some of their body still to come.
  const halves = await Promise.all(Array.from({ length: 250 }, (_, number) => begun(world, number)));
  let counted = 0;
  await until("all halves have arrived", () => {
    void server.callPlain("/metrics").then(({ text }) => (counted = inFlight(text)));
    return counted === halves.length;
  });
  // The other half is made one after the other on a few connections, before and after.
  let [done, changed] = [0, false];
  const agents = Array.from({ length: 10 }, () => new Agent({ keepAlive: true, maxSockets: 1, ca }));
  t.after(() => agents.map((agent) => agent.destroy()));
  const streams = agents.map(async (agent, stream) => {
    const seen: [number, string][] = [];
    for (let call = 0; call < 25; call++) {
      // Not all are over before the change, however slow this machine is.
      if (call === 20) await until("it has changed", () => changed);
      const number = (stream + call) % questions.length;
      const [path, body] = questions[number] as (typeof questions)[number];
      const { code, text } = await server.call(path, { body, agent });
      assert.equal(code, 200);
      seen.push([number, text]);
      done++;
    }
    return seen;
  });
  await until("some are done", () => done > 50);
  world.change();
  changed = true;
  const finished = await Promise.all(
    halves.map(
      async (finish, number): Promise<[number, string]> => [number % questions.length, await finish()],
    ),
  );
  const all = [...finished, ...(await Promise.all(streams)).flat()];
  const later = await answers(world);

  assert.equal(all.length, 500);
  for (const [number] of questions.entries())
    assert.ok(earlier[number] !== later[number], `question ${number} cannot tell the policies apart`);
  const whole = { earlier: 0, later: 0 };
  for (const [number, text] of all) {
    assert.ok([earlier[number], later[number]].includes(text), `neither nor: ${text}`);
    whole[text === earlier[number] ? "earlier" : "later"]++;
  }
  assert.ok(whole.earlier > 0 && whole.later > 0, JSON.stringify(whole));
  t.diagnostic(`${whole.earlier} by the earlier policy, ${whole.later} by the later one`);

  const socket = connect({ host: "localhost", port: server.port, ca, servername: "localhost" });
  await once(socket, "secureConnect");
  const { serialNumber } = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  assert.equal(serialNumber, new X509Certificate(world.second.cert).serialNumber);
});
