import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { RoutedMapping } from "../../../src/routes/effective.ts";
import { type RouteGroup, routeTable } from "../../../src/routes/table.ts";
import { mapping, onlyGroup, splitOf } from "../../support/routes.ts";

const names = (mappings: readonly RoutedMapping[]): readonly string[] =>
  mappings.map(({ owner }) => owner.name);

/** The first owner of each route, in Ambassador's order. */
const order = (...mappings: readonly RoutedMapping[]): readonly string[] =>
  routeTable(mappings).map(({ split }) => split[0]?.mapping.owner.name ?? "");

const sizes = (...mappings: readonly RoutedMapping[]): readonly number[] =>
  routeTable(mappings)
    .map(({ split }) => split.length)
    .toSorted();

const idsOf = (groups: readonly RouteGroup[]): readonly string[] =>
  groups.map(({ ambassadorId }) => ambassadorId).toSorted();

describe("a group", () => {
  test("is method, prefix, headers, host, query parameters and precedence", () => {
    for (const other of [
      { prefix: "/b/" },
      { method: "POST" },
      { headers: { a: "b" } },
      { host: "a.example.com" },
      { hostname: "a.example.com" },
      { query_parameters: { a: "b" } },
      { precedence: 1 },
    ])
      assert.deepEqual(sizes(mapping("x"), mapping("y", other)), [1, 1], JSON.stringify(other));
  });

  test("is shared across namespaces", () => {
    const elsewhere = { ...mapping("y"), owner: { namespace: "staging", name: "y" } };
    assert.deepEqual(sizes(mapping("x"), elsewhere), [2]);
  });

  test("tells names of headers apart by case", () => {
    assert.deepEqual(
      sizes(mapping("x", { headers: { a: "b" } }), mapping("y", { headers: { A: "b" } })),
      [1, 1],
    );
  });

  test("does not tell expressions from texts", () => {
    assert.deepEqual(
      sizes(mapping("x", { headers: { a: "b" } }), mapping("y", { regex_headers: { a: "b" } })),
      [2],
    );
    assert.deepEqual(sizes(mapping("x"), mapping("y", { prefix_regex: true })), [2]);
  });

  test("takes presence as one condition, however it is spelt", () => {
    const group = onlyGroup(
      mapping("x", { headers: { a: true } }),
      mapping("y", { regex_headers: { a: ".*" } }),
    );
    assert.deepEqual(group.headers, [{ name: "a", value: undefined, isRegex: false }]);
  });

  test("is one Ambassador's", () => {
    assert.deepEqual(sizes(mapping("x", { ambassador_id: "blue" }), mapping("y")), [1, 1]);
    assert.deepEqual(sizes(mapping("x", { ambassador_id: "default" }), mapping("y")), [2]);
    const shared = routeTable([mapping("x", { ambassador_id: ["blue", "green"] })]);
    assert.deepEqual(idsOf(shared), ["blue", "green"]);
  });

  test("of _automatic_ is every Ambassador's", () => {
    const all = mapping("x", { ambassador_id: ["_automatic_"] });
    const groups = routeTable([all, mapping("y", { ambassador_id: "blue" }), mapping("z")]);
    assert.deepEqual(idsOf(groups), ["blue", "default"]);
    for (const group of groups) assert.equal(group.split.length, 2);
    assert.deepEqual(idsOf(routeTable([all])), ["_automatic_"]);
  });

  test("of the empty id is nobody's", () => {
    assert.deepEqual(routeTable([mapping("x", { ambassador_id: "" })]), []);
  });

  test("drops the later one that differs in what a group shares", () => {
    const limits = { circuit_breakers: [{ max_requests: 5 }] };
    const agreed = onlyGroup(mapping("x", limits), mapping("y", limits));
    assert.deepEqual([agreed.split.length, agreed.dropped], [2, []]);
    for (const [first, later] of [
      [limits, {}],
      [{}, limits],
      [{ connect_timeout_ms: 1 }, { connect_timeout_ms: 2 }],
      [{ load_balancer: { policy: "maglev" } }, { load_balancer: { policy: "ring_hash" } }],
    ]) {
      const group = onlyGroup(mapping("x", first), mapping("y", later));
      assert.deepEqual(splitOf(group), { x: 100 });
      assert.deepEqual(names(group.dropped), ["y"]);
    }
  });

  test("may lack what others set, save circuit breakers, and differ in timeouts", () => {
    const group = onlyGroup(
      mapping("x", { connect_timeout_ms: 1, timeout_ms: 1, rewrite: "/" }),
      mapping("y", { timeout_ms: 2, rewrite: "" }),
    );
    assert.deepEqual(splitOf(group), { x: 50, y: 50 });
  });
});

describe("weights", () => {
  const split = (...weights: readonly (number | undefined)[]) => {
    const group = onlyGroup(
      ...weights.map((weight, index) => mapping(`m${index}`, weight === undefined ? {} : { weight })),
    );
    return [...group.split.map(({ percent }) => percent), group.remainder];
  };

  test("of one alone mean everything", () => {
    assert.deepEqual(split(undefined), [100, 0]);
    assert.deepEqual(split(20), [100, 0]);
    assert.deepEqual(split(0), [100, 0]);
  });

  test("are percent, not proportions", () => {
    assert.deepEqual(split(75, 25), [75, 25, 0]);
    assert.deepEqual(split(3, 1), [3, 1, 96]);
  });

  test("under 100 leave a remainder", () => {
    assert.deepEqual(split(60, 30), [60, 30, 10]);
    assert.deepEqual(split(0, 0), [0, 0, 100]);
  });

  test("over 100 starve the later ones", () => {
    assert.deepEqual(split(60, 60), [60, 40, 0]);
    assert.deepEqual(split(100, 50, 50), [100, 0, 0, 0]);
  });

  test("that are missing share what is left equally", () => {
    assert.deepEqual(split(undefined, undefined), [50, 50, 0]);
    assert.deepEqual(split(20, undefined), [20, 80, 0]);
    assert.deepEqual(split(50, undefined, undefined), [50, 25, 25, 0]);
    assert.deepEqual(split(100, undefined), [100, 0, 0]);
    assert.deepEqual(split(60, undefined, 60), [60, 0, 40, 0]);
  });

  test("of 0 must be written to mean nothing", () => {
    assert.deepEqual(split(100, 0), [100, 0, 0]);
    assert.deepEqual(split(0, undefined), [0, 100, 0]);
  });

  test("and the remainder are all requests, whatever is written", () => {
    const weight = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 6 }), (weights) => {
        const parts = split(...weights);
        assert.ok(parts.every((part) => part >= 0 && part <= 100));
        assert.ok(Math.abs(parts.reduce((sum, part) => sum + part, 0) - 100) < 1e-9);
      }),
    );
  });
});

describe("a shadow", () => {
  test("takes no share of the answers", () => {
    const group = onlyGroup(mapping("main"), mapping("copy", { shadow: true, weight: 10 }));
    assert.deepEqual(splitOf(group), { main: 100 });
    assert.equal(group.shadow?.mapping.owner.name, "copy");
    assert.equal(group.shadow?.percent, 10);
  });

  test("without a weight gets a copy of everything", () => {
    assert.equal(onlyGroup(mapping("main"), mapping("copy", { shadow: true })).shadow?.percent, 100);
  });

  test("is one per group: the second is refused", () => {
    const group = onlyGroup(
      mapping("main"),
      mapping("copy", { shadow: true }),
      mapping("copy2", { shadow: true }),
    );
    assert.equal(group.shadow?.mapping.owner.name, "copy");
    assert.deepEqual(names(group.refusedShadows), ["copy2"]);
  });

  test("alone makes a group without a route", () => {
    const group = onlyGroup(mapping("copy", { shadow: true }));
    assert.deepEqual([group.split, group.remainder], [[], 0]);
  });

  test("with headers of its own is alone", () => {
    assert.deepEqual(sizes(mapping("main"), mapping("copy", { shadow: true, headers: { a: "b" } })), [0, 1]);
  });

  test("may copy a header group that is split", () => {
    const headers = { location: "london" };
    const group = onlyGroup(
      mapping("a", { headers, weight: 60 }),
      mapping("b", { headers, weight: 40 }),
      mapping("copy", { headers, shadow: true }),
    );
    assert.deepEqual(splitOf(group), { a: 60, b: 40 });
    assert.equal(group.shadow?.mapping.owner.name, "copy");
  });
});

describe("the order of routes", () => {
  test("is precedence first", () => {
    assert.deepEqual(
      order(mapping("long", { prefix: "/a/b/c/" }), mapping("first", { prefix: "/a/", precedence: 1 })),
      ["first", "long"],
    );
    assert.deepEqual(order(mapping("last", { prefix: "/a/b/", precedence: -1 }), mapping("plain")), [
      "plain",
      "last",
    ]);
  });

  test("then the length of the prefix, an expression's too", () => {
    assert.deepEqual(order(mapping("short"), mapping("long", { prefix: "/a/b/" })), ["long", "short"]);
    const grpc = "/(seldon.protos.*|tensorflow.serving.*|inference.*)/.*";
    assert.equal(grpc.length, 54);
    assert.deepEqual(
      order(
        mapping("rest", { prefix: "/seldon/models/iris/" }),
        mapping("grpc", { prefix: grpc, prefix_regex: true }),
      ),
      ["grpc", "rest"],
    );
  });

  test("then the length of the headers", () => {
    const headers = (value: string | true) => ({ headers: { location: value } });
    assert.deepEqual(
      order(mapping("plain"), mapping("some", headers("uk")), mapping("more", headers("london"))),
      ["more", "some", "plain"],
    );
    assert.deepEqual(order(mapping("plain"), mapping("present", headers(true))), ["present", "plain"]);
  });

  test("counts host and method as headers", () => {
    assert.deepEqual(order(mapping("any"), mapping("host", { host: "a.example.com" })), ["host", "any"]);
    assert.deepEqual(order(mapping("any"), mapping("post", { method: "POST" })), ["post", "any"]);
  });

  test("puts a header route before the plain one at equal prefixes only", () => {
    const header = mapping("header", { headers: { location: "london" } });
    assert.deepEqual(order(mapping("longer", { prefix: "/a/b/" }), header), ["longer", "header"]);
  });

  test("does not depend on the order of the Mappings", () => {
    const all = [
      mapping("a"),
      mapping("b", { prefix: "/b/" }),
      mapping("c", { prefix: "/c/", headers: { x: "y" } }),
      mapping("d", { prefix: "/d/d/" }),
      mapping("e", { precedence: 2 }),
    ];
    const expected = order(...all);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        assert.deepEqual(order(...shuffled), expected);
      }),
    );
  });
});
