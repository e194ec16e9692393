import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultEngineSettings } from "../../../src/config/settings.ts";
import { type Explanation, explain } from "../../../src/route-report/explanation.ts";
import { parseRequest } from "../../../src/route-report/request.ts";
import { servedOf } from "../../../src/route-report/served.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { deploymentOf } from "../../support/deployment.ts";

interface Written {
  readonly prefix: string;
  readonly weight?: number | undefined;
  readonly shadow?: boolean;
  readonly more?: readonly string[];
}

const mapping = ({ prefix, weight, shadow, more = [] }: Written, index: number): string =>
  [
    "---",
    "apiVersion: getambassador.io/v2",
    "kind: Mapping",
    `name: m${index}`,
    `prefix: ${prefix}`,
    `service: s${index}:80`,
    ...(weight === undefined ? [] : [`weight: ${weight}`]),
    ...(shadow ? ["shadow: true"] : []),
    ...more,
  ].join("\n");

function explained(mappings: readonly Written[], url: string): Explanation {
  const text = mappings.map(mapping).join("\n");
  const raw = deploymentOf({ annotations: { "seldon.io/ambassador-config": text } });
  const { deployment } = decodeDeployment(raw, "models");
  const { request } = parseRequest("GET", url, []);
  assert.ok(deployment && request);
  const [ambassador] = servedOf([deployment], defaultEngineSettings).ambassadors;
  assert.ok(ambassador);
  return explain(ambassador, request);
}

const odds = ({ answers }: Explanation): readonly unknown[] =>
  answers.map(({ mapping: { fields }, percent }) => [fields.service, percent]);

const weights = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 4 });

test("of a hundred requests every one is answered once, or lost", () =>
  fc.assert(
    fc.property(fc.array(weights, { minLength: 1, maxLength: 3 }), (groups) => {
      const mappings = groups.flatMap((group, depth) =>
        group.map((weight) => ({ prefix: `/${"a/".repeat(depth)}`, weight })),
      );
      const { answers, lost } = explained(mappings, "http://h/a/a/a/x");
      const total = answers.reduce((sum, { percent }) => sum + percent, lost);
      assert.ok(Math.abs(total - 100) < 1e-9, `${total}`);
      assert.ok(answers.every(({ percent }) => percent > 0));
    }),
  ));

test("a later route answers what lies beyond the thresholds of the earlier", () => {
  const found = explained(
    [
      { prefix: "/a/b/", weight: 60 },
      { prefix: "/a/b/", weight: 0 },
      { prefix: "/a/", weight: 50 },
      { prefix: "/a/", weight: 50 },
    ],
    "http://h/a/b/c",
  );
  assert.deepEqual(odds(found), [
    ["s0:80", 60],
    ["s3:80", 40],
  ]);
  assert.equal(found.lost, 0);
});

test("a shadow gets its share of what its own route answers", () => {
  const { copies } = explained(
    [
      { prefix: "/a/b/", weight: 50 },
      { prefix: "/a/b/", weight: 0 },
      { prefix: "/a/b/", weight: 50, shadow: true },
      { prefix: "/a/" },
      { prefix: "/a/", shadow: true },
    ],
    "http://h/a/b/c",
  );
  assert.deepEqual(
    copies.map(({ mapping: { fields }, percent }) => [fields.service, percent]),
    [
      ["s2:80", 25],
      ["s4:80", 50],
    ],
  );
});

test("the path as it is sent on", () => {
  const paths = (more: readonly string[]): readonly unknown[] =>
    explained([{ prefix: "/a/", more }], "http://h/a/b/c?d").answers.map(({ path }) => path);
  assert.deepEqual(paths([]), ["/b/c"]);
  assert.deepEqual(paths(["rewrite: /x/"]), ["/x/b/c"]);
  assert.deepEqual(paths(['rewrite: ""']), ["/a/b/c"]);
  assert.deepEqual(paths(["regex_rewrite: {pattern: a, substitution: b}"]), [undefined]);
});

test("method, host and query count, and a route that lacks only them is near", () => {
  const more = ["method: POST", "host: api.example", "query_parameters: {version: two}"];
  const { answers, nearest } = explained([{ prefix: "/a/", more }], "http://h/a/b?version=one");
  assert.deepEqual(answers, []);
  assert.deepEqual(
    nearest.map(({ reasons }) => reasons.map(({ kind }) => kind)),
    [["method", "host", "query"]],
  );
  assert.equal(
    explained([{ prefix: "/a/", more: more.slice(1) }], "http://api.example/a/?version=two").lost,
    0,
  );
});

test("near are the routes that a slip misses, the nearest first", () => {
  const near = (path: string): readonly string[] =>
    explained(
      ["/seldon/models/iris/", "/seldon/models/irises/", "/seldon/prod/rose/"].map((prefix) => ({ prefix })),
      `http://h${path}`,
    ).nearest.map(({ route }) => route.prefix);
  assert.deepEqual(near("/seldon/models/irs/x"), ["/seldon/models/iris/"]);
  assert.deepEqual(near("/seldon/models/iris"), ["/seldon/models/iris/"]);
  assert.deepEqual(near("/Seldon/models/iris/x"), ["/seldon/models/iris/"]);
  assert.deepEqual(near("/metrics"), []);
});
