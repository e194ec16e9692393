import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isIgnored, patternsOf, stagesOf, textsOf } from "./support/dockerfile.ts";
import { buildImage, commandOf, contextFiles, filesBelow, type Image } from "./support/image.ts";
import { base, ownName, render } from "./support/manifests.ts";
import { testFolder } from "./support/program.ts";
import { testPair } from "./support/tls.ts";

const project = fileURLToPath(new URL("../", import.meta.url));
const stages = stagesOf(join(project, "Dockerfile"));
const last = stages.at(-1);
assert.ok(last);
const { version, license, description } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));

describe("Dockerfile", () => {
  test("pins the release that it builds with and runs on", () => {
    assert.ok(stages.length > 1);
    for (const { image } of stages)
      assert.match(image, /^node:24\.\d+\.\d+-[a-z]+-slim(@sha256:[0-9a-f]{64})?$/);
    assert.equal(new Set(stages.map(({ image }) => image)).size, 1);
  });

  test("runs node as the user of the manifests, who has a number", () => {
    assert.deepEqual(commandOf(last), ["node", "dist/main.js", "serve"]);
    const [user] = textsOf(last, "USER");
    const rendered = render(base);
    assert.match(user ?? "", /^\d+:\d+$/);
    if (rendered === undefined) return;
    const deployment = rendered.find(({ kind }) => kind === "Deployment") ?? assert.fail();
    const { containers, securityContext } = deployment.spec.template.spec;
    assert.equal(user, `${securityContext.runAsUser}:${securityContext.runAsGroup}`);
    assert.deepEqual(containers[0].command, commandOf(last));
    const ports = containers[0].ports.map(({ containerPort }: { containerPort: number }) => containerPort);
    assert.equal(textsOf(last, "EXPOSE")[0], ports.join(" "));
  });

  test("is labelled with what package.json says", () => {
    const labels = textsOf(last, "LABEL").join(" ");
    const of = (key: string) =>
      new RegExp(`org\\.opencontainers\\.image\\.${key}="([^"]*)"`).exec(labels)?.[1];
    assert.deepEqual(["title", "description", "version", "licenses"].map(of), [
      ownName,
      description,
      version,
      license,
    ]);
  });

  test("takes no secret, neither as an argument nor as a variable", () => {
    const given = stages.flatMap((stage) => [...textsOf(stage, "ARG"), ...textsOf(stage, "ENV")]);
    assert.deepEqual(given, ["NODE_ENV=production", "NODE_OPTIONS=--max-semi-space-size=16"]);
  });
});

describe(".dockerignore", () => {
  test("is read as builders read it", () => {
    const patterns = ["*", "!src", "!package.json", "src/secret*"];
    const ignored = (path: string) => isIgnored(patterns, path);
    assert.deepEqual(["src/main.ts", "src/a/b.ts", "package.json"].filter(ignored), []);
    const out = [
      "a.ts",
      "certs/tls.key",
      "src/secret.ts",
      "src/secrets/a",
      "test/src/main.ts",
      "x/package.json",
    ];
    assert.deepEqual(out.filter(ignored), out);
    assert.throws(() => isIgnored(["**/a"], "a"), /more than is understood/);
  });

  test("lets in what the Dockerfile copies, and nothing else", () => {
    const files = contextFiles(project);
    const copied = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, flags }) => name === "COPY" && flags.length === 0)
      .flatMap(({ text: words }) => words.split(" ").slice(0, -1));
    for (const path of copied)
      assert.ok(
        files.some((file) => file === path || file.startsWith(`${path}/`)),
        path,
      );
    const unused = files.filter(
      (file) => !copied.some((path) => file === path || file.startsWith(`${path}/`)),
    );
    assert.deepEqual(unused, []);
    const patterns = patternsOf(join(project, ".dockerignore"));
    for (const path of [".git/config", "certs/tls.key", "node_modules/express/index.js", ".env", "test/a.ts"])
      assert.ok(isIgnored(patterns, path), path);
  });
});

/** What package-lock.json installs without the dependencies of development, on whatever platform. */
function productionPackages(): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
  return Object.entries<{ dev?: boolean; optional?: boolean; devOptional?: boolean }>(packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== "" && !dev && !optional && !devOptional)
    .map(([path]) => path);
}

function holdsWhatItNeeds({ root, workdir }: Image): void {
  const files = filesBelow(workdir);
  const top = new Set(files.map((file) => file.split("/")[0]));
  assert.deepEqual([...top].toSorted(), ["LICENSE", "dist", "node_modules", "package.json"]);
  assert.deepEqual(
    filesBelow(root).filter((file) => !/^app(\/|$)/.test(file)),
    [],
  );
  const own = files.filter((file) => !file.startsWith("node_modules/"));
  assert.deepEqual(
    own.filter((file) => /\.(ts|map|key|crt|pem)$|(^|\/)(test|certs)(\/|$)/.test(file)),
    [],
  );
  const installed = files
    .filter((file) => /^node_modules\/(.*\/node_modules\/)?(@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(file))
    .map((file) => file.replace(/\/package\.json$/, ""));
  assert.deepEqual(installed.toSorted(), productionPackages().toSorted());
}

const answers = (port: number, path: string, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: "localhost", port, path, ca, agent: false }, (response) => resolve(text(response))).on(
      "error",
      reject,
    );
  });

/** As the image would start it: from its folder, which nobody may write, and as its user where that is possible. */
async function serves(t: TestContext, { workdir, root }: Image): Promise<void> {
  execFileSync("chmod", ["-R", "a-w", root]);
  const earlier = filesBelow(root);
  const pair = await testPair();
  const certs = join(testFolder(t), "tls");
  mkdirSync(certs);
  writeFileSync(join(certs, "tls.crt"), pair.cert);
  writeFileSync(join(certs, "tls.key"), pair.key);
  execFileSync("chmod", ["-R", "a+rX", join(certs, "..")]);
  const [, ...args] = commandOf(last ?? assert.fail());
  const [uid, gid] = (textsOf(last ?? assert.fail(), "USER")[0] ?? "").split(":").map(Number);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) t.diagnostic("only root can become the image's user: it runs as the one of the tests");
  const flags = [
    "--host=localhost",
    "--port=0",
    "--metrics-port=0",
    "--drain-seconds=0",
    `--cert-dir=${certs}`,
  ];
  const child = spawn(process.execPath, [...args, ...flags], {
    cwd: workdir,
    env: { NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
    ...(isRoot ? { uid: uid ?? Number.NaN, gid: gid ?? Number.NaN } : {}),
  });
  t.after(() => child.kill("SIGKILL"));
  child.stdout.resume();
  let said = "";
  const ended = once(child, "close");
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.on("data", (chunk) => {
      said += chunk;
      const ready = /^ready: https:\/\/localhost:(\d+)\//m.exec(said);
      if (ready) resolve(Number(ready[1]));
    });
    ended.then(() => reject(new Error(`it ended before it was ready: ${said}`)));
  });
  assert.equal(await answers(port, "/healthz", pair.ca), "ok\n");
  if (isRoot)
    assert.match(readFileSync(`/proc/${child.pid}/status`, "utf8"), new RegExp(`^Uid:\\s+${uid}\\s`, "m"));
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], said);
  assert.deepEqual(filesBelow(root), earlier, "nothing was written");
}

test("the image's steps, run as plain commands", async (t) => {
  const image = buildImage(t, project);
  await t.test("leave what serving needs, and nothing else", () => holdsWhatItNeeds(image));
  await t.test("start as its user, from a folder that is read-only", (t) => serves(t, image));
});
