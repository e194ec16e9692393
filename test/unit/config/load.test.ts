import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { defaultConfig } from "../../../src/config/config.ts";
import { ConfigError } from "../../../src/config/config-error.ts";
import { loadConfig, type Sources } from "../../../src/config/load.ts";

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
});
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileWith(text: string): string {
  files += 1;
  const file = join(folder, `webhook-${files}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** The lines of the ConfigError that these sources give, the folder left out. */
function problems(sources: Partial<Sources>): string[] {
  try {
    loadConfig({ env: {}, ...sources });
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.message, error.problems.join("\n"));
    return error.problems.map((problem) => problem.replaceAll(/\S+webhook-\d+\.yaml/g, "FILE"));
  }
  throw assert.fail("no ConfigError");
}

const problemsInFile = (text: string): string[] => problems({ file: fileWith(text) });

describe("sources", () => {
  test("defaults hold where nobody says otherwise", () => {
    assert.deepEqual(loadConfig({ env: {} }), defaultConfig);
  });

  test("an empty file says nothing", () => {
    for (const text of ["", "# nothing yet\n", "---\n", "{}"])
      assert.deepEqual(loadConfig({ env: {}, file: fileWith(text) }), defaultConfig);
  });

  test("a file in YAML sets every setting", () => {
    const file = fileWith(`
carrier: spec
suppressDuplicates: true
seldon:
  {operatorVersion: "1.17", ambassador: v1, singleNamespace: true, namespaces: [a, b], httpPort: 8001, grpcPort: 5002}
ambassador: {apiVersion: getambassador.io/v3alpha1, version: "3.10", hostname: "*.example.com", grpc: false}
deletionSeverity: error
customConfig: {upgrade: true}
server:
  {host: localhost, port: 1, metricsPort: 2, certDir: /tls, clientCaFile: /ca, clientAllowedNames: [a, b], drainSeconds: 3, graceSeconds: 4}
tls:
  {source: files, namespace: n, secretName: s, serviceName: v, configurationName: c, hosts: [a.b, "::1"], caSeconds: 20, leafSeconds: 10}
cluster: {kubeconfig: /etc/kubeconfig, staleSeconds: 120, relistSeconds: 30}
audit: {intervalSeconds: 60, events: true}
reconcile: true
reconcileRate: 7
reconcileRestartPods: true
policy: {file: /etc/policy.yaml, pollSeconds: 5}
log: {level: warn, format: text}
`);
    assert.deepEqual(loadConfig({ env: {}, file }), {
      engine: {
        carrier: "spec",
        suppressDuplicates: true,
        seldon: {
          operatorVersion: "1.17",
          ambassador: "v1",
          singleNamespace: true,
          namespaces: ["a", "b"],
          httpPort: 8001,
          grpcPort: 5002,
        },
        ambassador: {
          apiVersion: "getambassador.io/v3alpha1",
          version: "3.10",
          hostname: "*.example.com",
          grpc: false,
        },
        deletionSeverity: "error",
        customConfig: { upgrade: true },
      },
      server: {
        host: "localhost",
        port: 1,
        metricsPort: 2,
        certDir: "/tls",
        clientCaFile: "/ca",
        clientAllowedNames: ["a", "b"],
        drainSeconds: 3,
        graceSeconds: 4,
      },
      tls: {
        source: "files",
        namespace: "n",
        secretName: "s",
        serviceName: "v",
        configurationName: "c",
        hosts: ["a.b", "::1"],
        caSeconds: 20,
        leafSeconds: 10,
      },
      cluster: { kubeconfig: "/etc/kubeconfig", staleSeconds: 120, relistSeconds: 30 },
      audit: { intervalSeconds: 60, events: true },
      reconcile: true,
      reconcileRate: 7,
      reconcileRestartPods: true,
      policy: { file: "/etc/policy.yaml", pollSeconds: 5 },
      log: { level: "warn", format: "text" },
    });
  });

  test("a file in JSON is read as well", () => {
    const file = fileWith(JSON.stringify({ server: { port: 9443 } }));
    assert.equal(loadConfig({ env: {}, file }).server.port, 9443);
  });

  test("the environment's text becomes numbers and booleans", () => {
    const { engine, server } = loadConfig({
      env: {
        SELDON_AMBASSADOR_WEBHOOK_SERVER_PORT: "9443",
        SELDON_AMBASSADOR_WEBHOOK_SELDON_SINGLE_NAMESPACE: "true",
        SELDON_AMBASSADOR_WEBHOOK_SELDON_OPERATOR_VERSION: "1.10",
      },
    });
    assert.equal(server.port, 9443);
    assert.equal(engine.seldon.singleNamespace, true);
    assert.equal(engine.seldon.operatorVersion, "1.10");
  });

  test("a flag goes before the environment, which goes before the file, which goes before the default", () => {
    const file = fileWith("server: {port: 1, metricsPort: 2, drainSeconds: 3}");
    const env = {
      SELDON_AMBASSADOR_WEBHOOK_SERVER_PORT: "11",
      SELDON_AMBASSADOR_WEBHOOK_SERVER_METRICS_PORT: "12",
    };
    const { server } = loadConfig({ file, env, flags: { port: "21" } });
    assert.deepEqual(
      [server.port, server.metricsPort, server.drainSeconds, server.graceSeconds],
      [21, 12, 3, defaultConfig.server.graceSeconds],
    );
  });

  test("false as a flag overrules true in the file", () => {
    const file = fileWith("seldon: {singleNamespace: true}");
    const { engine } = loadConfig({ file, env: {}, flags: { seldonSingleNamespace: false } });
    assert.equal(engine.seldon.singleNamespace, false);
  });

  test("flags of the command that are no settings are passed over", () => {
    assert.deepEqual(loadConfig({ env: {}, flags: { cluster: ["a"], config: "b" } }), defaultConfig);
  });
});

describe("names of Services in the environment", () => {
  test("what the kubelet sets for a Service of our name is no setting", () => {
    const env = {
      SELDON_AMBASSADOR_WEBHOOK_SERVICE_HOST: "10.0.0.1",
      SELDON_AMBASSADOR_WEBHOOK_SERVICE_PORT: "443",
      SELDON_AMBASSADOR_WEBHOOK_SERVICE_PORT_HTTPS: "443",
      SELDON_AMBASSADOR_WEBHOOK_PORT: "tcp://10.0.0.1:443",
      SELDON_AMBASSADOR_WEBHOOK_PORT_443_TCP: "tcp://10.0.0.1:443",
      SELDON_AMBASSADOR_WEBHOOK_PORT_443_TCP_PROTO: "tcp",
      SELDON_AMBASSADOR_WEBHOOK_PORT_443_TCP_PORT: "443",
      SELDON_AMBASSADOR_WEBHOOK_PORT_443_TCP_ADDR: "10.0.0.1",
      SELDON_AMBASSADOR_WEBHOOK_METRICS_PORT: "tcp://10.0.0.2:80",
    };
    assert.deepEqual(loadConfig({ env }), defaultConfig);
  });

  test("variables of other programs are none of ours", () => {
    assert.deepEqual(loadConfig({ env: { PORT: "x", SELDON_OPERATOR_VERSION: "y" } }), defaultConfig);
  });
});

describe("errors in the file", () => {
  const cases: [name: string, text: string, expected: string[]][] = [
    [
      "a misspelt key",
      "seldon: {operatorVersoin: '1.18'}",
      ["FILE: seldon.operatorVersoin: unknown setting; did you mean seldon.operatorVersion?"],
    ],
    ["a key in the wrong section", "port: 8443", ["FILE: port: unknown setting; did you mean server.port?"]],
    ["a misspelt section", "sever: {port: 1}", ["FILE: sever: unknown setting; did you mean server?"]],
    ["a key like no other", "replicas: 3", ["FILE: replicas: unknown setting"]],
    [
      "a version that YAML reads as a number",
      "seldon: {operatorVersion: 1.10}",
      [
        'FILE: seldon.operatorVersion: Invalid value: 1.1: must be a version in quotes, such as "1.18": without quotes YAML reads 1.10 as the number 1.1',
      ],
    ],
    [
      "a version that is none",
      "seldon: {operatorVersion: latest}",
      [
        'FILE: seldon.operatorVersion: Invalid value: "latest": must be a version in quotes, such as "1.18": without quotes YAML reads 1.10 as the number 1.1',
      ],
    ],
    [
      "an operator too old for the carrier",
      "seldon: {operatorVersion: '1.8.2'}",
      [
        'FILE: seldon.operatorVersion: Invalid value: "1.8.2": must be 1.9 or later for the carrier "metadata": earlier operators read spec.annotations only',
      ],
    ],
    [
      "a port beyond all ports",
      "server: {port: 65536}",
      ["FILE: server.port: Invalid value: 65536: must be a port number, 0 to 65535"],
    ],
    [
      "a port as text",
      "server: {port: '8443'}",
      ['FILE: server.port: Invalid value: "8443": must be a port number, 0 to 65535'],
    ],
    [
      "a carrier that does not exist",
      "carrier: labels",
      ['FILE: carrier: Invalid value: "labels": must be one of "metadata", "spec", "predictor", "none"'],
    ],
    [
      "a level that does not exist",
      "log: {level: verbose}",
      [
        'FILE: log.level: Invalid value: "verbose": must be one of "debug", "info", "warn", "error", "silent"',
      ],
    ],
    [
      "a section without a value",
      "server:",
      ["FILE: server: Invalid value: null: must be a map of settings"],
    ],
    ["a list", "- server", ["FILE: Invalid value: […]: must be a map of settings"]],
    [
      "one port for two",
      "server: {metricsPort: 8443}",
      ["FILE: server.metricsPort: Invalid value: 8443: must differ from server.port"],
    ],
    [
      "events of audits that there are none of",
      "audit: {events: true, intervalSeconds: 0}",
      ["FILE: audit.events: Invalid value: true: needs audits: audit.intervalSeconds is 0"],
    ],
    [
      "a key twice",
      "carrier: metadata\ncarrier: metadata",
      ["FILE: Map keys must be unique at line 2, column 1"],
    ],
    [
      "two documents",
      "carrier: metadata\n---\ncarrier: metadata",
      ["FILE: holds more than one YAML document"],
    ],
    [
      "several mistakes at once",
      "server: {port: -1}\nlgo: {}",
      [
        "FILE: lgo: unknown setting; did you mean log?",
        "FILE: server.port: Invalid value: -1: must be a port number, 0 to 65535",
      ],
    ],
  ];
  for (const [name, text, expected] of cases)
    test(name, () => assert.deepEqual(problemsInFile(text).toSorted(), expected.toSorted()));

  test("aliases that multiply without bound", () => {
    const lines = ["a0: &a0 [x, x]"];
    for (let depth = 1; depth < 12; depth += 1)
      lines.push(`a${depth}: &a${depth} [${`*a${depth - 1}, `.repeat(9)}]`);
    const [problem] = problemsInFile(lines.join("\n"));
    assert.match(problem ?? "", /^FILE: .*alias/i);
  });

  test("a file that is not there", () => {
    assert.deepEqual(problems({ file: "/nowhere/webhook.yaml" }), [
      "/nowhere/webhook.yaml: cannot be read (no such file)",
    ]);
  });

  test("a folder instead of a file", () => {
    assert.deepEqual(problems({ file: folder }), [`${folder}: cannot be read (EISDIR)`]);
  });
});

describe("settings that do not go together", () => {
  const cases: [text: string, expected: string[]][] = [
    ["carrier: metadata\nseldon: {operatorVersion: '1.9'}", []],
    ["carrier: spec\nseldon: {operatorVersion: '0.2'}", []],
    ["carrier: predictor\nseldon: {operatorVersion: '1.16', ambassador: disabled}", []],
    ["carrier: none\nseldon: {operatorVersion: '0.2', ambassador: v2}", []],
    [
      "seldon: {ambassador: disabled}",
      [
        'FILE: seldon.ambassador: Invalid value: "disabled": must be "v1" for the carrier "metadata": in the other modes the operator does not read seldon.io/ambassador-config',
      ],
    ],
    [
      "carrier: spec\nseldon: {ambassador: v2}",
      [
        'FILE: seldon.ambassador: Invalid value: "v2": must be "v1" for the carrier "spec": in the other modes the operator does not read seldon.io/ambassador-config',
      ],
    ],
    [
      "carrier: predictor\nseldon: {operatorVersion: '1.15.1', ambassador: v2}",
      [
        'FILE: seldon.operatorVersion: Invalid value: "1.15.1": must be 1.16 or later for the carrier "predictor": earlier operators make pod annotations of the text, which the API server rejects',
        'FILE: seldon.ambassador: Invalid value: "v2": must be "v1" or "disabled" for the carrier "predictor": in v2 mode the operator\'s own Mappings stand beside the text, and both weigh in',
      ],
    ],
    ["reconcile: true", []],
    ["carrier: spec\nreconcile: true\nreconcileRestartPods: true", []],
    [
      "carrier: spec\nreconcile: true",
      [
        "FILE: reconcile: Invalid value: true: with carrier spec each rewritten deployment restarts its pods: allow it by reconcileRestartPods",
      ],
    ],
    [
      "suppressDuplicates: true\nreconcile: true",
      [
        "FILE: reconcile: Invalid value: true: with suppressDuplicates each rewritten deployment restarts its pods: allow it by reconcileRestartPods",
      ],
    ],
    [
      "carrier: none\nreconcile: true",
      ['FILE: reconcile: Invalid value: true: there is nothing to rewrite with the carrier "none"'],
    ],
    [
      "carrier: predictor\nsuppressDuplicates: true",
      ['FILE: suppressDuplicates: Invalid value: true: goes with the carriers "metadata" and "spec" only'],
    ],
    [
      "suppressDuplicates: true\nseldon: {operatorVersion: '1.15'}",
      [
        "FILE: suppressDuplicates: Invalid value: true: goes with operator 1.16 and later: earlier operators make pod annotations of the text, which the API server rejects",
      ],
    ],
    ["ambassador: {apiVersion: ambassador/v1, version: '1.14'}", []],
    ["carrier: none\nambassador: {apiVersion: ambassador/v1, version: '3.9'}", []],
    [
      "ambassador: {apiVersion: ambassador/v1, version: '3.9'}",
      ['FILE: ambassador.apiVersion: Invalid value: "ambassador/v1": Ambassador 3.9 panics on it'],
    ],
    [
      "ambassador: {apiVersion: ambassador/v1, version: '3.0'}",
      ['FILE: ambassador.apiVersion: Invalid value: "ambassador/v1": Ambassador 3.0 drops it'],
    ],
    [
      "ambassador: {apiVersion: getambassador.io/v2, version: '2.1.0'}",
      [
        'FILE: ambassador.apiVersion: Invalid value: "getambassador.io/v2": Ambassador 2.1.0 makes no route of it',
      ],
    ],
    ["ambassador: {apiVersion: getambassador.io/v2, version: '2.1.0', hostname: models.example.com}", []],
    ["ambassador: {hostname: '*'}", []],
    ["ambassador: {hostname: models.example.com}", []],
    ["ambassador: {hostname: '*.example.com', version: '3.9'}", []],
    ["ambassador: {hostname: 'models.*', apiVersion: getambassador.io/v3alpha1}", []],
    ["carrier: none\nambassador: {hostname: '*.example.com'}", []],
    [
      "ambassador: {hostname: '*.example.com'}",
      [
        'FILE: ambassador.hostname: Invalid value: "*.example.com": takes getambassador.io/v3alpha1, or getambassador.io/v2 and ambassador.version 2.1.2 or later: elsewhere an asterisk stands for itself',
      ],
    ],
    [
      "ambassador: {hostname: '*.example.com', version: '1.14'}",
      [
        'FILE: ambassador.hostname: Invalid value: "*.example.com": takes getambassador.io/v3alpha1, or getambassador.io/v2 and ambassador.version 2.1.2 or later: elsewhere an asterisk stands for itself',
      ],
    ],
    [
      "ambassador: {hostname: a.example.com, version: '1.14', apiVersion: getambassador.io/v3alpha1}",
      [
        'FILE: ambassador.hostname: Invalid value: "a.example.com": Ambassador 1.14 does not read the hostname of getambassador.io/v3alpha1: use getambassador.io/v2',
      ],
    ],
    ...["a.*.com", "*.a.*", "Models.example.com", "a:8080", "", "a.example.com."].map(
      (hostname): [string, string[]] => [
        `ambassador: {hostname: '${hostname}'}`,
        [
          `FILE: ambassador.hostname: Invalid value: ${JSON.stringify(hostname)}: must be a DNS name in lower case, or one with an asterisk in place of its first or last letters`,
        ],
      ],
    ),
  ];
  for (const [text, expected] of cases)
    test(text.replaceAll("\n", ", "), () => {
      if (expected.length === 0) loadConfig({ env: {}, file: fileWith(text) });
      else assert.deepEqual(problemsInFile(text), expected);
    });

  test("Ambassador's release chooses the apiVersion, unless that is given", () => {
    const chosen = (ambassador: string): string =>
      loadConfig({ env: {}, file: fileWith(`ambassador: ${ambassador}`) }).engine.ambassador.apiVersion;
    assert.equal(chosen("{version: '3.9'}"), "getambassador.io/v2");
    assert.equal(chosen("{version: '2.1.0'}"), "getambassador.io/v3alpha1");
    assert.equal(
      chosen("{version: '3.9', apiVersion: getambassador.io/v3alpha1}"),
      "getambassador.io/v3alpha1",
    );
  });
});

describe("lists", () => {
  test("as text they are parted by commas", () => {
    const { engine } = loadConfig({ env: {}, flags: { seldonNamespaces: "one, two" } });
    assert.deepEqual(engine.seldon.namespaces, ["one", "two"]);
  });

  test("an item is named with its place, or its flag", () => {
    const namespaces = 'Invalid value: "B!": must be a list of namespaces, each once';
    assert.deepEqual(problemsInFile("seldon: {namespaces: [a, B!]}"), [
      `FILE: seldon.namespaces[1]: ${namespaces}`,
    ]);
    assert.deepEqual(problems({ flags: { seldonNamespaces: "a,B!" } }), [
      `--seldon-namespaces: ${namespaces}`,
    ]);
  });
});

describe("errors elsewhere", () => {
  test("a flag is named as it was written", () => {
    assert.deepEqual(problems({ flags: { metricsPort: "many" } }), [
      '--metrics-port: Invalid value: "many": must be a port number, 0 to 65535',
    ]);
  });

  test("a variable is named, and so is the one that was meant", () => {
    assert.deepEqual(
      problems({
        env: {
          SELDON_AMBASSADOR_WEBHOOK_LOG_LEVEL: "loud",
          SELDON_AMBASSADOR_WEBHOOK_SERVR_PORT: "1",
          SELDON_AMBASSADOR_WEBHOOK_REPLICAS: "3",
        },
      }),
      [
        'SELDON_AMBASSADOR_WEBHOOK_LOG_LEVEL: Invalid value: "loud": must be one of "debug", "info", "warn", "error", "silent"',
        "SELDON_AMBASSADOR_WEBHOOK_SERVR_PORT: unknown variable; did you mean SELDON_AMBASSADOR_WEBHOOK_SERVER_PORT?",
        "SELDON_AMBASSADOR_WEBHOOK_REPLICAS: unknown variable",
      ],
    );
  });

  test("what only the sources together show is reported where it was set", () => {
    const file = fileWith("server: {port: 9464}");
    assert.deepEqual(problems({ file, flags: { metricsPort: "9464" } }), [
      "--metrics-port: Invalid value: 9464: must differ from server.port",
    ]);
    assert.deepEqual(problems({ file }), [
      "server.metricsPort: Invalid value: 9464: must differ from server.port",
    ]);
  });

  test("two free ports do not clash", () => {
    const { server } = loadConfig({ env: {}, flags: { port: "0", metricsPort: "0" } });
    assert.deepEqual([server.port, server.metricsPort], [0, 0]);
  });
});
