import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { originOf } from "../../../src/commands/certificates.ts";
import { registrationFor } from "../../../src/commands/register.ts";
import { webhookConfigurations } from "../../../src/commands/webhook-configurations.ts";
import { defaultConfig } from "../../../src/config/config.ts";
import { mint } from "../../../src/tls/mint.ts";
import { kubeconfigText } from "../../control-plane/credentials.ts";
import { runProgram, testFolder } from "../../support/program.ts";

const serve = (...argv: string[]) => runProgram(["serve", "--port=0", "--metrics-port=0", ...argv]);

/** A folder with a kubeconfig of a cluster that nobody answers for. */
function folderWithKubeconfig(t: TestContext): string {
  const folder = testFolder(t);
  mkdirSync(join(folder, "existing"));
  writeFileSync(join(folder, "kubeconfig"), kubeconfigText("https://127.0.0.1:1", { ca: "", token: "" }));
  writeFileSync(join(folder, "empty"), "{}");
  writeFileSync(join(folder, "broken"), "{");
  return folder;
}

describe("the choice of a cluster", () => {
  const cases: [what: string, flags: (folder: string) => string[], message: RegExp][] = [
    [
      "two clusters",
      (folder) => [`--cluster=${folder}/existing`, `--kubeconfig=${folder}/kubeconfig`],
      /^error: --cluster and --kubeconfig name two clusters: give one of them\n$/,
    ],
    [
      "a kubeconfig that is not there",
      (folder) => [`--kubeconfig=${folder}/none`],
      /^error: \S+none: cannot be used as a kubeconfig \(ENOENT.*\)\n$/,
    ],
    [
      "a kubeconfig that is no YAML",
      (folder) => [`--kubeconfig=${folder}/broken`],
      /^error: \S+broken: cannot be used as a kubeconfig \(/,
    ],
    [
      "a kubeconfig without a cluster",
      (folder) => [`--kubeconfig=${folder}/empty`],
      /^error: \S+empty: cannot be used as a kubeconfig \(it has no current context with a cluster\)\n$/,
    ],
    [
      "a CA in no cluster",
      () => ["--tls-source=self-managed"],
      /^error: --tls-source self-managed keeps its CA in a cluster: name it with --kubeconfig\n$/,
    ],
    [
      "a CA in no namespace",
      (folder) => ["--tls-source=self-managed", `--kubeconfig=${folder}/kubeconfig`],
      /^error: --tls-source self-managed needs a namespace: name it with --tls-namespace\n$/,
    ],
    [
      "a registration with a CA of the cluster",
      (folder) => [
        ...["--tls-source=self-managed", "--tls-namespace=a", `--kubeconfig=${folder}/kubeconfig`],
        "--register=https://localhost:8443",
      ],
      /^error: --register goes with the certificate of a folder, not with --tls-source self-managed\n$/,
    ],
    [
      "files in no folder",
      () => ["--tls-source=files"],
      /^error: --tls-source: Invalid value: "files": needs the folder, server.certDir\n$/,
    ],
    [
      "a folder without files",
      (folder) => ["--tls-source=files", `--cert-dir=${folder}/existing`],
      /^error: \S+existing: tls.crt is missing\n$/,
    ],
    [
      "a leaf that would outlive its CA",
      () => ["--tls-ca-seconds=60", "--tls-leaf-seconds=60"],
      /^error: --tls-ca-seconds: Invalid value: 60: must be more than tls.leafSeconds, 60\n$/,
    ],
    [
      "a registration nowhere",
      () => ["--register=https://localhost:8443"],
      /^error: --register writes to a cluster: name it with --kubeconfig\n$/,
    ],
    [
      "rewriting nowhere",
      () => ["--reconcile"],
      /^error: reconcile writes to a cluster that is followed: name it with --kubeconfig\n$/,
    ],
  ];
  for (const [what, flags, message] of cases)
    test(`${what} is a usage error`, async (t) => {
      const { code, stderr } = await serve(...flags(folderWithKubeconfig(t)));
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    });
});

describe("a registration", async () => {
  const { ca, cert, key } = await mint({ hosts: ["webhook.example.com"], days: 1, now: new Date() });
  const pair = { ca, cert, key, outcome: "kept", reason: undefined } as const;

  test("is named after the machine and the address, and after nothing else", () => {
    const { name, url } = registrationFor("https://localhost:8443/", pair);
    assert.match(name, /^seldon-ambassador-webhook-local-[0-9a-f]{8}$/);
    assert.equal(url, "https://localhost:8443");
    assert.equal(registrationFor("https://localhost:8443", pair).name, name);
    assert.notEqual(registrationFor("https://localhost:8444", pair).name, name);
    for (const host of ["127.0.0.1", "[::1]", "webhook.example.com"])
      assert.equal(registrationFor(`https://${host}:1`, pair).url, `https://${host}:1`);
  });

  test("is refused where the API server could not call it", () => {
    for (const given of [
      "localhost:8443",
      "http://localhost:8443",
      "https://localhost/a",
      "https://localhost/?a",
    ])
      assert.throws(
        () => registrationFor(given, pair),
        /--register .*: must be like https:\/\/localhost:8443/,
      );
    assert.throws(
      () => registrationFor("https://elsewhere:1", pair),
      /the certificate does not name elsewhere/,
    );
    assert.throws(
      () => registrationFor("https://10.0.0.1:1", pair),
      /the certificate does not name 10\.0\.0\.1/,
    );
    const foreign = { ...pair, ca: undefined };
    assert.throws(() => registrationFor("https://localhost:1", foreign), /there is no ca\.crt/);
  });

  test("leaves out the system's own namespace, and trusts the local CA alone", () => {
    for (const { metadata, webhooks } of webhookConfigurations({
      name: "x",
      url: "https://localhost:1",
      ca,
    })) {
      assert.equal(metadata.name, "x");
      const text = JSON.stringify(webhooks);
      assert.match(text, /"kubernetes.io\/metadata.name","operator":"NotIn","values":\["kube-system"\]/);
      assert.ok(text.includes(Buffer.from(ca).toString("base64")));
    }
  });
});

test("auto: in a pod a named folder or a CA of our own, elsewhere the local pair; otherwise what is said", () => {
  const origin = (isPod: boolean, tls: object = {}, server: object = {}) =>
    originOf(
      {
        ...defaultConfig,
        tls: { ...defaultConfig.tls, ...tls },
        server: { ...defaultConfig.server, ...server },
      },
      isPod,
    );
  const folder = { certDir: "/tls" };
  assert.deepEqual(
    [origin(true), origin(true, {}, folder), origin(false), origin(false, {}, folder)],
    ["self-managed", "files", "local", "local"],
  );
  assert.equal(origin(false, { source: "files" }, folder), "files");
  assert.equal(origin(true, { source: "local" }, folder), "local");
});

test("help says what is followed, and what --register leaves behind", async () => {
  const { stdout } = await runProgram(["serve", "--help"]);
  assert.match(stdout, /--register URL .*removes them when the program ends/s);
  assert.match(stdout, /\/readyz fails until it has been read/);
});
