import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RoutedMapping } from "../../../src/routes/effective.ts";
import { matchingRoutes, type Request } from "../../../src/routes/explain.ts";
import { routeTable } from "../../../src/routes/table.ts";
import { mapping, splitOf } from "../../support/routes.ts";

interface Sent extends Partial<Omit<Request, "headers" | "query">> {
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
}

/** The shares of every route that a request reaches, in order. */
function answers(mappings: readonly RoutedMapping[], { headers, query, ...sent }: Sent = {}) {
  const request = {
    method: "GET",
    host: "example.com",
    path: "/a/api/v1.0/predictions",
    ...sent,
    headers: new Map(Object.entries(headers ?? {})),
    query: new Map(Object.entries(query ?? {})),
  };
  return matchingRoutes(routeTable(mappings), request).map(splitOf);
}

const london = { headers: { location: "london" } };
const grpc = {
  prefix: "/(seldon.protos.*|tensorflow.serving.*|inference.*)/.*",
  prefix_regex: true,
  grpc: true,
  headers: { seldon: "iris", namespace: "models" },
};

describe("a request", () => {
  test("is answered by the route of its prefix", () => {
    assert.deepEqual(answers([mapping("main"), mapping("other", { prefix: "/b/" })]), [{ main: 100 }]);
  });

  test("that nothing matches gets 404", () => {
    assert.deepEqual(answers([mapping("main")], { path: "/b/" }), []);
    assert.deepEqual(answers([mapping("main")], { path: "/a" }), []);
    assert.deepEqual(answers([]), []);
  });

  test("that matches shadows only gets 404", () => {
    assert.deepEqual(answers([mapping("copy", { shadow: true })]), []);
  });

  test("is split by the weights of its route", () => {
    assert.deepEqual(answers([mapping("main", { weight: 75 }), mapping("canary", { weight: 25 })]), [
      { main: 75, canary: 25 },
    ]);
  });

  test("of the remainder falls through to the next route", () => {
    const short = [mapping("x", { weight: 60 }), mapping("y", { weight: 30 })];
    const fallback = mapping("fallback", { prefix: "/" });
    assert.deepEqual(answers([...short, fallback]), [{ x: 60, y: 30 }, { fallback: 100 }]);
    assert.deepEqual(answers(short), [{ x: 60, y: 30 }]);
  });

  test("goes no further than a route that answers everything", () => {
    assert.deepEqual(answers([mapping("main"), mapping("fallback", { prefix: "/" })]), [{ main: 100 }]);
  });
});

describe("a header condition", () => {
  const routes = [mapping("plain"), mapping("beta", london)];

  test("is tried before the plain route", () => {
    assert.deepEqual(answers(routes, london), [{ beta: 100 }]);
    assert.deepEqual(answers(routes, { headers: { location: "paris" } }), [{ plain: 100 }]);
    assert.deepEqual(answers(routes), [{ plain: 100 }]);
  });

  test("is of the whole value", () => {
    assert.deepEqual(answers(routes, { headers: { location: "london-west" } }), [{ plain: 100 }]);
  });

  test("names its header in any case", () => {
    assert.deepEqual(answers([mapping("beta", { headers: { Location: "london" } })], london), [
      { beta: 100 },
    ]);
  });

  test("may ask for presence", () => {
    const present = [mapping("beta", { headers: { location: true } })];
    assert.deepEqual(answers(present, london), [{ beta: 100 }]);
    assert.deepEqual(answers(present), []);
  });

  test("may be an expression of the whole value", () => {
    const regex = [mapping("beta", { regex_headers: { location: "lon.*|paris" } })];
    assert.deepEqual(answers(regex, london), [{ beta: 100 }]);
    assert.deepEqual(answers(regex, { headers: { location: "paris-east" } }), []);
  });

  test("that does not compile matches nothing", () => {
    assert.deepEqual(answers([mapping("beta", { regex_headers: { location: "(" } })], london), []);
  });
});

describe("a gRPC call", () => {
  const call = { method: "POST", path: "/seldon.protos.Seldon/Predict" };
  const headers = { seldon: "iris", namespace: "models" };

  test("is told by its path and its headers", () => {
    assert.deepEqual(answers([mapping("iris", grpc)], { ...call, headers }), [{ iris: 100 }]);
    assert.deepEqual(answers([mapping("iris", grpc)], { ...call, headers: { seldon: "iris" } }), []);
    assert.deepEqual(answers([mapping("iris", grpc)], { ...call, path: "/other.Service/Call", headers }), []);
  });

  test("comes before most REST prefixes", () => {
    const rest = mapping("rest", { prefix: "/seldon.protos.Seldon/" });
    assert.deepEqual(answers([rest, mapping("iris", grpc)], { ...call, headers }), [{ iris: 100 }]);
    assert.deepEqual(answers([rest, mapping("iris", grpc)], call), [{ rest: 100 }]);
  });
});

describe("a host", () => {
  const hosts = (host: string) => (sent: string) => answers([mapping("x", { host })], { host: sent }).length;

  test("is exact or a glob at one end", () => {
    const exact = hosts("a.example.com");
    assert.deepEqual([exact("a.example.com"), exact("b.example.com")], [1, 0]);
    const suffix = hosts("*.example.com");
    assert.deepEqual([suffix("a.example.com"), suffix("example.com"), suffix("a.example.org")], [1, 0, 0]);
    const prefix = hosts("example.*");
    assert.deepEqual([prefix("example.org"), prefix("a.example.org")], [1, 0]);
    assert.equal(hosts("*")("anything"), 1);
  });

  test("in v3alpha1 is called hostname", () => {
    assert.deepEqual(answers([mapping("x", { hostname: "a.example.com" })]), []);
  });
});

describe("a method", () => {
  test("must be the route's", () => {
    const post = [mapping("x", { method: "POST" })];
    assert.deepEqual(answers(post), []);
    assert.deepEqual(answers(post, { method: "POST" }), [{ x: 100 }]);
  });
});

describe("a query parameter", () => {
  test("must be the route's", () => {
    const asks = [mapping("x", { query_parameters: { version: "2" } }), mapping("plain")];
    assert.deepEqual(answers(asks, { query: { version: "2" } }).length, 1);
    assert.deepEqual(answers(asks, { query: { version: "3" } }), [{ plain: 100 }]);
  });
});
