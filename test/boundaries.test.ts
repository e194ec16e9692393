import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

interface Source {
  /** Path below src, such as `rules/rule.ts`. */
  readonly file: string;
  /** The code without comments. */
  readonly code: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

/**
 * Each part of the program with the parts that it may import. What the core knows of configuration and cluster
 * are parts of their own: config/settings.ts is "settings", cluster/view.ts is "view".
 */
const parts: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  settings: [],
  seldon: ["diagnostics"],
  view: ["diagnostics", "seldon"],
  mapping: ["diagnostics", "seldon", "view", "settings"],
  routes: ["diagnostics", "seldon", "view", "settings", "mapping"],
  rules: ["diagnostics", "seldon", "view", "settings", "mapping", "routes"],
  checks: ["diagnostics"],
  policy: ["diagnostics", "seldon", "checks"],
  limits: ["diagnostics", "seldon", "settings", "mapping", "routes", "rules", "policy"],
  admission: [
    "diagnostics",
    "seldon",
    "view",
    "settings",
    "mapping",
    "routes",
    "rules",
    "limits",
    "checks",
    "policy",
  ],
  cluster: ["diagnostics", "seldon", "view", "settings", "mapping", "routes", "policy"],
  config: ["diagnostics", "seldon", "settings", "mapping"],
  tls: ["diagnostics", "config", "cluster"],
  review: [
    "diagnostics",
    "seldon",
    "view",
    "cluster",
    "settings",
    "mapping",
    "routes",
    "rules",
    "policy",
    "admission",
  ],
  "policy-file": [
    "diagnostics",
    "seldon",
    "settings",
    "config",
    "rules",
    "limits",
    "checks",
    "policy",
    "review",
  ],
  "policy-test": [
    "diagnostics",
    "seldon",
    "cluster",
    "settings",
    "mapping",
    "policy",
    "policy-file",
    "admission",
    "review",
  ],
  "route-report": [
    "diagnostics",
    "seldon",
    "view",
    "cluster",
    "settings",
    "mapping",
    "routes",
    "policy",
    "admission",
    "review",
  ],
  audit: [
    "diagnostics",
    "seldon",
    "view",
    "cluster",
    "settings",
    "mapping",
    "rules",
    "policy",
    "admission",
    "review",
  ],
  adopt: [
    "diagnostics",
    "seldon",
    "view",
    "cluster",
    "settings",
    "mapping",
    "rules",
    "policy",
    "admission",
    "review",
  ],
  reconcile: [
    "diagnostics",
    "seldon",
    "view",
    "cluster",
    "settings",
    "mapping",
    "policy",
    "admission",
    "adopt",
  ],
  doctor: [
    "diagnostics",
    "seldon",
    "view",
    "cluster",
    "settings",
    "config",
    "mapping",
    "policy",
    "policy-file",
    "admission",
    "review",
    "adopt",
  ],
  server: [
    "diagnostics",
    "view",
    "settings",
    "config",
    "cluster",
    "policy",
    "admission",
    "audit",
    "reconcile",
    "tls",
  ],
};

/** Pure and synchronous: the same input gives the same answer, on any machine and at any time. */
const core = [
  "diagnostics",
  "settings",
  "view",
  "seldon",
  "mapping",
  "routes",
  "rules",
  "limits",
  "checks",
  "policy",
  "admission",
];
/** What is run has been read by then. */
const pureParts = ["policy-test"];
const coreFiles = ["cluster/snapshot.ts", "cluster/deployment-index.ts"];
/** What is judged has been fetched by then. */
const judging = /^doctor\/(checks\/|hooks\.|selector\.)/;
/** Pure but for the names of addresses: time arrives as an argument. */
const timelessFiles = [
  ...["renewal", "authority-renewal", "bundle"].map((name) => `tls/${name}.ts`),
  "doctor/certificates.ts",
];

const ioPackages =
  /^(express|@kubernetes\/client-node|pino|prom-client|commander|node-forge|node:(fs|net|http|https|http2|tls|dgram|dns|os|process|child_process|worker_threads|timers)(\/.*)?)$/;
const clock = /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bset(Timeout|Interval|Immediate)\b/;
const surroundings = /\bprocess\s*[.[]|\bglobalThis\b|\bMath\.random\b|\brandomUUID\b|\bfetch\(/;

const root = fileURLToPath(new URL("../src/", import.meta.url));

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");

function read(file: string): Source {
  const text = readFileSync(join(root, file), "utf8");
  const code = withoutComments(text);
  const imports = [...code.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) => name);
  return { file, code, lines: text.split("\n").length - 1, imports };
}

const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map(read);

function partOf(file: string): string {
  if (file === "config/settings.ts") return "settings";
  if (file === "cluster/view.ts") return "view";
  return file.includes("/") ? (file.split("/")[0] ?? file) : "main";
}

const isCore = ({ file }: Source): boolean =>
  [...core, ...pureParts].includes(partOf(file)) || coreFiles.includes(file) || judging.test(file);

const where = (hits: readonly Source[]): readonly string[] => hits.map(({ file }) => file);

test("imports point from the outside to the core", () => {
  const wrong = sources.flatMap(({ file, imports }) => {
    const from = partOf(file);
    // Commands compose all the others; main starts them.
    if (from === "commands") return [];
    const allowed = from === "main" ? ["commands"] : [from, ...(parts[from] ?? [])];
    return imports
      .filter((name) => name.startsWith("."))
      .map((name) => join(dirname(file), name))
      .filter((target) => !allowed.includes(partOf(target)))
      .map((target) => `${file} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test("every folder of src has its place among the parts", () => {
  const known = [...Object.keys(parts), "commands", "main"];
  assert.deepEqual(where(sources.filter(({ file }) => !known.includes(partOf(file)))), []);
});

test("the core imports nothing that reads or writes", () => {
  const wrong = sources
    .filter(isCore)
    .flatMap(({ file, imports }) =>
      imports.filter((name) => ioPackages.test(name)).map((name) => `${file} imports ${name}`),
    );
  assert.deepEqual(wrong, []);
});

test("the core knows neither the time nor its process", () => {
  const timeless = sources.filter((source) => isCore(source) || timelessFiles.includes(source.file));
  assert.deepEqual(where(timeless.filter(({ code }) => clock.test(code) || surroundings.test(code))), []);
});

test("the core never waits", () => {
  assert.deepEqual(
    where(sources.filter(isCore).filter(({ code }) => /\basync\b|\bawait\b|\bPromise\b/.test(code))),
    [],
  );
});

/** Top-level statements that begin with `lead`, each up to the line that ends it. */
const statements = (code: string, lead: string): readonly string[] =>
  [...code.matchAll(new RegExp(`^${lead}[\\s\\S]*?;$`, "gm"))].map(([statement]) => statement);

function isMutable(statement: string): boolean {
  const [, type = "", value = ""] = /^export const \w+(: [^=]+?)? =\s*([\s\S]*);$/.exec(statement) ?? [];
  if (/^(new (Map|Set|Weak\w+)\b)/.test(value)) return !/Readonly(Map|Set)/.test(type);
  return value.startsWith("[") && !/\bas const$/.test(value) && !/readonly|Readonly/.test(type);
}

test("no module holds state that others could change", () => {
  const wrong = sources.flatMap(({ file, code }) => [
    ...statements(code, "export (?:let|var) ").map((statement) => `${file}: ${statement}`),
    ...statements(code, "export const ")
      .filter(isMutable)
      .map((statement) => `${file}: ${statement.split("\n")[0]}`),
  ]);
  assert.deepEqual(wrong, []);
  const variables = sources.filter(isCore).filter(({ code }) => /^(let|var) /m.test(code));
  assert.deepEqual(where(variables), []);
});

test("files stay within their budgets", () => {
  const tooLong = sources.filter(
    ({ file, lines }) => lines > (/^(rules|limits)\/[^/]+\//.test(file) ? 80 : 200),
  );
  assert.deepEqual(
    tooLong.map(({ file, lines }) => `${file}: ${lines} lines`),
    [],
  );
});

test("no file or folder is called after nothing in particular", () => {
  const tests = readdirSync(fileURLToPath(new URL(".", import.meta.url)), {
    recursive: true,
    encoding: "utf8",
  });
  const vague = /(^|[/-])(utils?|helpers?|managers?|common|misc|shared)([./-]|$)/;
  assert.deepEqual(
    [...where(sources), ...tests.filter((file) => file.endsWith(".ts"))].filter((file) => vague.test(file)),
    [],
  );
});

test("the environment is read where commands start, and nowhere else", () => {
  const outside = sources.filter(({ file }) => !/^(main\.ts$|commands\/|config\/)/.test(file));
  assert.deepEqual(where(outside.filter(({ code }) => /\bprocess\.env\b/.test(code))), []);
});
