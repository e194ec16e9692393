import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { environmentOf, settings, shownFlagOf } from "../../../src/config/setting.ts";
import { runProgram, testFolder } from "../../support/program.ts";

const commands = ["serve", "review", "strip", "routes", "rules", "certs"];

describe("help and version", () => {
  test("help is output, not an error", async () => {
    for (const argv of [["--help"], ["-h"], ["help"], ...commands.map((command) => [command, "--help"])]) {
      const { code, stdout, stderr } = await runProgram(argv);
      assert.deepEqual([code, stderr], [0, ""], argv.join(" "));
      assert.match(stdout, /^Usage: seldon-ambassador-webhook/);
    }
  });

  test("every command is in the overview", async () => {
    const { stdout } = await runProgram(["--help"]);
    for (const command of commands) assert.match(stdout, new RegExp(`^  ${command} `, "m"));
  });

  test("every setting has its flag in the help of serve", async () => {
    const { stdout } = await runProgram(["serve", "--help"]);
    for (const setting of settings) assert.match(stdout, new RegExp(`^  ${shownFlagOf(setting)} `, "m"));
  });

  test("the version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    assert.deepEqual(await runProgram(["--version"]), { code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("wrong calls", () => {
  const cases: [argv: string[], message: RegExp][] = [
    [[], /^Usage: /],
    [["serv"], /unknown command 'serv'\n\(Did you mean serve\?\)/],
    [["--prot"], /unknown option '--prot'/],
    [["serve", "--prot", "1"], /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [["serve", "--port"], /option '--port <value>' argument missing/],
    [["serve", "extra"], /too many arguments/],
    [
      ["serve", "--port", "many"],
      /^error: --port: Invalid value: "many": must be a port number, 0 to 65535\n$/,
    ],
    [["serve", "--config", "/nowhere.yaml"], /^error: \/nowhere\.yaml: cannot be read \(no such file\)\n$/],
    [["serve", "--cluster", "/nowhere"], /^error: \/nowhere: there is no such file or folder\n$/],
    [["certs", "--days", "0"], /^error: --days: Invalid value: "0": must be a number of days, 1 to 3650\n$/],
    [["certs", "--days", "9999"], /^error: --days: Invalid value: "9999"/],
    [
      ["certs", "--host", "a_b"],
      /^error: --host: Invalid value: "a_b": must be a DNS name or an IP address\n$/,
    ],
    [["certs", "--host", "a", "b..c"], /^error: --host: Invalid value: "b\.\.c"/],
  ];
  for (const [argv, message] of cases)
    test(`exit code 2: ${argv.join(" ") || "nothing"}`, async () => {
      const { code, stdout, stderr } = await runProgram(argv);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\.ts:\d/);
    });

  test("every problem of the configuration is a line", async () => {
    const port = settings.find(({ path }) => path === "server.port");
    assert.ok(port);
    const { code, stderr } = await runProgram(["serve", "--log-level", "loud"], {
      [environmentOf(port)]: "x",
    });
    assert.equal(code, 2);
    assert.deepEqual(stderr.split("\n"), [
      'error: --log-level: Invalid value: "loud": must be one of "debug", "info", "warn", "error", "silent"',
      'error: SELDON_AMBASSADOR_WEBHOOK_SERVER_PORT: Invalid value: "x": must be a port number, 0 to 65535',
      "",
    ]);
  });

  test("a known deployment that cannot be read is named with file and line", async (t) => {
    const file = join(testFolder(t), "known.yaml");
    writeFileSync(
      file,
      "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: a}\nspec:\n  predictors: none\n",
    );
    const { code, stderr } = await runProgram(["serve", "--cluster", file]);
    assert.equal(code, 2);
    assert.match(stderr, /known\.yaml:5: spec\.predictors: /);
  });

  test("a certificate folder that cannot be used is one line", async (t) => {
    const folder = testFolder(t);
    writeFileSync(join(folder, "tls.key"), "");
    const { code, stderr } = await runProgram(["serve", "--cert-dir", folder]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: .*: tls\.crt is missing; put a complete pair there, or .*\n$/);
  });
});

describe("certs", () => {
  test("makes the pair, keeps it, and makes it anew on demand", async (t) => {
    const dir = join(testFolder(t), "certs");
    const files = ["ca.crt", "tls.crt", "tls.key"].map((name) => join(dir, name));
    const said = (what: string): object => ({ code: 0, stdout: what, stderr: "" });
    const list = files.join(", ");
    const certs = (...flags: string[]) => runProgram(["certs", "--dir", dir, ...flags]);

    assert.deepEqual(await certs(), said(`made ${list} (there was none)\n`));
    assert.ok(files.every((file) => existsSync(file)));
    assert.deepEqual(await certs(), said(`kept ${list}: the pair is sound\n`));
    assert.deepEqual(
      await certs("--host", "webhook.local", "10.0.0.1"),
      said(`made ${list} (tls.crt does not name webhook.local)\n`),
    );
    assert.deepEqual(await certs("--force", "--days", "30"), said(`made ${list} (asked for)\n`));
  });

  test("does not touch what it did not make", async (t) => {
    const dir = testFolder(t);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "tls.crt"), "of somebody else");
    const { code, stderr } = await runProgram(["certs", "--dir", dir]);
    assert.equal(code, 2);
    assert.match(stderr, /tls\.key is missing/);
    assert.equal(readFileSync(join(dir, "tls.crt"), "utf8"), "of somebody else");
  });
});
