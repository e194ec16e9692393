import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { EngineContext } from "../../src/admission/engine.ts";
import { guarded } from "../../src/cluster/guarded.ts";
import type { NamespaceLookup } from "../../src/cluster/live-namespaces.ts";
import { emptyCluster } from "../../src/cluster/snapshot.ts";
import type { ClusterView } from "../../src/cluster/view.ts";
import { readSources } from "../../src/config/load.ts";
import { NamespaceUnknown } from "../../src/policy/labels.ts";
import { LivePolicy } from "../../src/policy-file/live-policy.ts";
import { loadPolicy } from "../../src/policy-file/load.ts";
import { policyText } from "../support/policies.ts";
import { runProgram, testFolder } from "../support/program.ts";
import { canary, rejectedCanary } from "../support/reviews.ts";
import { until } from "../support/seldon-cluster.ts";
import { testServer } from "../support/server.ts";

/** A mounted ConfigMap: the file is a link through `..data`, which is renamed over. */
class Mounted {
  readonly file: string;
  readonly #folder: string;
  #version = 0;

  constructor(t: TestContext, text: string) {
    this.#folder = testFolder(t);
    this.file = join(this.#folder, "policy.yaml");
    this.write(text);
    symlinkSync("..data/policy.yaml", this.file);
  }

  write(text: string): void {
    this.#version++;
    const folder = join(this.#folder, `..v${this.#version}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "policy.yaml"), text);
    symlinkSync(folder, join(this.#folder, "..data_tmp"));
    renameSync(join(this.#folder, "..data_tmp"), join(this.#folder, "..data"));
    rmSync(join(this.#folder, `..v${this.#version - 1}`), { recursive: true, force: true });
  }
}

interface Wishes {
  readonly pollMs?: number;
  readonly namespaces?: NamespaceLookup;
  readonly cluster?: ClusterView;
}

/** A server whose policy is a mounted file. */
async function policed(t: TestContext, text: string, wishes: Wishes = {}) {
  const { pollMs = 600_000, namespaces, cluster = emptyCluster() } = wishes;
  const mounted = new Mounted(t, text);
  const sources = readSources({ env: {} });
  const told: string[] = [];
  const live = new LivePolicy(loadPolicy(mounted.file, sources), {
    sources,
    pollMs,
    observer: {
      loaded: () => told.push("loaded"),
      restored: () => told.push("restored"),
      refused: ([first]) => told.push(`refused ${first?.replace(mounted.file, "FILE")}`),
    },
  });
  t.after(() => live.stop());
  const context: EngineContext = {
    cluster,
    get settings() {
      return live.current.config.engine;
    },
    get policy() {
      return {
        index: live.current.index,
        nowMs: 0,
        labelsOf: (namespace: string) => {
          throw new NamespaceUnknown(namespace);
        },
      };
    },
  };
  const server = await testServer(t, { context, policy: live, ...(namespaces && { namespaces }) });
  return { mounted, live, told, server };
}

const timeouts = (ms: number): string =>
  policyText(`defaults: [{ restTimeout: ${ms}, grpcTimeout: ${ms} }]\nseldon: { httpPort: ${ms} }\n`);

describe("a policy file that is followed", () => {
  test("takes effect when its folder changes, a broken one does not", async (t) => {
    const { mounted, told, server } = await policed(t, timeouts(1000));
    mounted.write(timeouts(2000));
    await until("the change is seen", () => told.length === 1);
    mounted.write("kind: Polic\n");
    await until("the broken one is seen", () => told.length === 2);
    const page = async () => (await server.callPlain("/metrics")).text;
    assert.match(await page(), /^seldon_ambassador_webhook_policy_refused 1$/m);
    const ready = await server.call("/readyz?verbose");
    assert.equal(ready.code, 200);
    assert.match(
      ready.text,
      /^\[\+\]policy ok: [0-9a-f]{12} is in force, the file was refused: .*Required value: apiVersion$/m,
    );
    mounted.write(timeouts(2000));
    await until("the last good one is seen", () => told.length === 3);
    assert.deepEqual(told, ["loaded", "refused FILE:1:1: Required value: apiVersion", "restored"]);
    assert.match(await page(), /^seldon_ambassador_webhook_policy_reloads_total\{result="loaded"\} 1$/m);
    assert.match(await page(), /^seldon_ambassador_webhook_policy_reloads_total\{result="refused"\} 1$/m);
    assert.match(await page(), /^seldon_ambassador_webhook_policy_refused 0$/m);
    assert.match(await page(), /^seldon_ambassador_webhook_policy_info\{name="",digest="[0-9a-f]{12}"\} 1$/m);
    assert.match((await server.call("/readyz?verbose")).text, /^\[\+\]policy ok: [0-9a-f]{12} is in force$/m);
  });

  test("is looked at again without any event", async (t) => {
    const { mounted, live, told } = await policed(t, timeouts(1000));
    live.stop();
    mounted.write(timeouts(2000));
    live.check();
    rmSync(mounted.file);
    live.check();
    live.check();
    assert.deepEqual(told, ["loaded", "refused FILE: cannot be read (no such file)"]);
    assert.equal(live.current.config.engine.seldon.httpPort, 2000);
  });

  test("never decides a call by half of it", async (t) => {
    const { mounted, live, server } = await policed(t, timeouts(1000));
    let writing = true;
    const writer = (async () => {
      for (let ms = 2000; writing; ms = ms === 9000 ? 1000 : ms + 1000) {
        mounted.write(timeouts(ms));
        live.check();
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const seen = new Set<string>();
    const call = async () => {
      const { code, json } = await server.call("/mutate", { body: canary() });
      assert.equal(code, 200);
      const patch = JSON.parse(Buffer.from(json.response.patch, "base64").toString());
      const text = JSON.stringify(patch);
      const found = [
        ...text.matchAll(/timeout_ms[\\": ]+(\d+)/g),
        ...text.matchAll(/-timeout[\\": ]+(\d+)/g),
        ...text.matchAll(/default:(\d+)\\"\\n\\"timeout/g),
        ...text.matchAll(/example-main\.[a-z-]+:(\d000)/g),
      ].map(([, ms]) => ms ?? "");
      assert.ok(found.length >= 5, text);
      assert.equal(new Set(found.filter((ms) => ms !== "5001")).size, 1, `one policy: ${found}`);
      seen.add(found[0] ?? "");
    };
    for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 8 }, call));
    writing = false;
    await writer;
    assert.ok(seen.size > 1, "the policy changed meanwhile");
  });
});

/** A policy of this many checks, all of which deny and say how many they are. */
const checks = (count: number): string =>
  policyText(
    `checks:\n${Array.from(
      { length: count },
      (_, index) =>
        `  - { name: c${index}, expression: "object.metadata.name == '${count}'", message: one of ${count} }\n`,
    ).join("")}`,
  );

describe("checks of a policy that is followed", () => {
  test("are taken as a whole, while calls arrive", async (t) => {
    const { mounted, live, server } = await policed(t, checks(1));
    let writing = true;
    const writer = (async () => {
      for (let count = 2; writing; count = (count % 9) + 1) {
        mounted.write(checks(count));
        live.check();
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const seen = new Set<number>();
    const call = async () => {
      const { code, json } = await server.call("/validate", { body: canary() });
      assert.equal(code, 200);
      const causes: readonly { readonly message: string }[] = json.response.status.details.causes;
      const said = causes
        .filter(({ message }) => message.includes("[checks/"))
        .map(({ message }) => Number(/one of (\d)/.exec(message)?.[1]));
      assert.ok(said.length > 0);
      assert.deepEqual(
        said,
        said.map(() => said.length),
      );
      seen.add(said.length);
    };
    for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 8 }, call));
    writing = false;
    await writer;
    assert.ok(seen.size > 1, "the policy changed meanwhile");
  });

  test("that are broken or bombs leave those in force", async (t) => {
    const { mounted, live, told, server } = await policed(t, checks(2));
    const bombs = [
      `${"!".repeat(4000)}true`,
      "[{1: 1}].all(a, [{a: a}].all(b, [{b: b}].all(c, [{c: c}].all(d, true))))",
      "object.x.matches('((a{1,10}){1,10}){1,10}')",
      "request.operatoin == 'x'",
    ];
    for (const bomb of bombs) {
      mounted.write(checks(1).replace("object.metadata.name == '1'", bomb));
      live.check();
    }
    assert.equal(told.length, bombs.length);
    assert.match(told.at(-1) ?? "", /^refused FILE:4:38: checks\[0\]\.expression: No such key: operatoin$/);
    const { json } = await server.call("/validate", { body: canary() });
    assert.match(JSON.stringify(json.response.status.details.causes), /one of 2/);
  });

  test("that cost too much deny, and the server goes on", async (t) => {
    const loop = Array.from({ length: 150 }, (_, index) => index).join(", ");
    const expression = `[${loop}].all(i, [${loop}].all(j, [${loop}].all(k, i + j + k >= 0)))`;
    const text = policyText(`checks: [{ name: bomb, message: x, expression: "${expression}" }]\n`);
    const { server } = await policed(t, text);
    const { json } = await server.call("/validate", { body: canary() });
    assert.equal(json.response.allowed, false);
    assert.match(JSON.stringify(json.response.status), /takes more than the 100000 units of work/);
    assert.equal((await server.call("/healthz")).code, 200);
  });
});

describe("labels of a namespace", () => {
  const byLabel = policyText(
    "rules:\n  - namespaceSelector: { matchLabels: { team: a } }\n    severity: { predictor-traffic-sum: off }\n",
  );
  const lookup = (labels: NamespaceLookup["labels"]): Wishes => ({ namespaces: { labels } });

  test("are asked for where the view does not know them", async (t) => {
    const asked: string[] = [];
    const { server } = await policed(
      t,
      byLabel,
      lookup(async (name) => {
        asked.push(name);
        return new Map([["team", "a"]]);
      }),
    );
    const { json } = await server.call("/validate", { body: rejectedCanary() });
    assert.equal(json.response.allowed, true);
    assert.deepEqual(asked, [rejectedCanary().request.namespace]);
  });

  for (const [name, wishes] of [
    ["nobody can be asked", {}],
    ["there is no such namespace", lookup(async () => undefined)],
    ["the answer fails", lookup(() => Promise.reject(new Error("no")))],
  ] as const)
    test(`are HTTP 500 where ${name}`, async (t) => {
      const { server } = await policed(t, byLabel, wishes);
      const { code, json } = await server.call("/validate", { body: canary() });
      assert.equal(code, 500);
      assert.match(json.message, /^nothing was decided: the policy depends on the labels of namespace /);
    });
});

describe("while the cluster cannot be asked", () => {
  const cluster = guarded(emptyCluster(), () => "it has not been read yet");
  const answerTo = async (t: TestContext, body: string, labels?: Readonly<Record<string, string>>) => {
    const namespaces = labels && { labels: async () => new Map(Object.entries(labels)) };
    const { server } = await policed(t, policyText(body), { cluster, ...(namespaces && { namespaces }) });
    const { code, json } = await server.call("/validate", { body: rejectedCanary() });
    return `${code} ${json.response?.allowed ?? json.message}`;
  };
  const off = "severity: { predictor-traffic-sum: off }";

  test("what is wrong by itself is denied, unless the policy lets it pass", async (t) => {
    assert.equal(await answerTo(t, "rules: [{ severity: { new-predictor-traffic: off } }]\n"), "200 false");
    for (const body of [
      `rules: [{ ${off} }]\n`,
      "rules: [{ severity: { predictor-traffic-sum: warning } }]\n",
      "exemptions: [{ reason: moving, namespaces: ['*'] }]\n",
    ])
      assert.match(await answerTo(t, body), /^500 nothing was decided, because the cluster must be known/);
  });

  test("labels of its namespace decide about that, and must be known", async (t) => {
    const byLabel = `rules: [{ namespaceSelector: { matchLabels: { team: a } }, ${off} }]\n`;
    assert.equal(await answerTo(t, byLabel, { team: "b" }), "200 false");
    assert.match(await answerTo(t, byLabel, { team: "a" }), /^500 .* the cluster must be known/);
    assert.match(await answerTo(t, byLabel), /^500 .* the policy depends on the labels of namespace /);
  });
});

test("an exemption is logged and counted", async (t) => {
  const { server } = await policed(
    t,
    policyText("exemptions: [{ reason: moving, namespaces: ['*'] }]\nmetadata: { name: small }\n"),
  );
  const { json } = await server.call("/validate", { body: rejectedCanary() });
  assert.equal(json.response.allowed, true);
  assert.equal(json.response.auditAnnotations.exemption, "exemption (line 3, predictor-traffic-sum): moving");
  const line = server.logs.find(({ msg }) => msg === "admission decision");
  assert.match(String(line?.policy), /^small@/);
  assert.deepEqual(line?.exemptions, [
    { kind: "exemption", reason: "moving", line: 3, rules: ["predictor-traffic-sum"] },
  ]);
  const page = (await server.callPlain("/metrics")).text;
  assert.match(page, /^seldon_ambassador_webhook_exemptions_total\{kind="exemption"\} 1$/m);
});

describe("serve --policy", () => {
  const serve = (file: string, ...args: string[]) =>
    runProgram(["serve", "--port=0", "--metrics-port=0", `--policy=${file}`, ...args]);

  test("does not start with a policy that cannot be used", async (t) => {
    const file = join(testFolder(t), "policy.yaml");
    writeFileSync(file, policyText("rules:\n  - severity: { header-frm: off }\n"));
    const { code, stderr } = await serve(file);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `error: ${file}:4:17: rules[0].severity[header-frm]: unknown rule; did you mean header-form?\n`,
    );
  });

  test("does not start with a policy that contradicts a flag", async (t) => {
    const file = join(testFolder(t), "policy.yaml");
    writeFileSync(file, policyText('seldon: { operatorVersion: "1.17" }\ncarrier: spec\n'));
    const { code, stderr } = await serve(file, "--seldon-operator-version=1.16", "--carrier=spec");
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `error: ${file}:3:11: seldon.operatorVersion: contradicts --seldon-operator-version, which is "1.16"\n`,
    );
  });
});
