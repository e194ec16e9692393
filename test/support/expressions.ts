import { createWorkbench } from "../../src/checks/environment.ts";
import {
  compile,
  type ExpressionProblem,
  type Outcome,
  type Program,
  unitsPerExpression,
  type Variables,
} from "../../src/checks/program.ts";
import { celValue } from "../../src/checks/values.ts";
import { NamespaceObject, Request, Route, UserInfo } from "../../src/checks/variables.ts";

/** A route with fields of its own. */
export const routeWith = (fields: Partial<Route> = {}): Route =>
  new Route({
    kind: "rest",
    ambassadorId: "default",
    host: "*",
    method: "",
    prefix: "/seldon/models/iris/",
    regex: false,
    headers: new Map(),
    service: "iris-main.models:8000",
    predictor: "main",
    weight: 100n,
    shadow: false,
    custom: false,
    timeoutMs: 3000n,
    retries: 0n,
    ...fields,
  });

interface World {
  readonly object?: unknown;
  readonly oldObject?: unknown;
  readonly user?: { readonly username: string; readonly groups: readonly string[] };
  readonly routes?: readonly Route[];
}

/** Everything that an expression may read. */
export const variablesOf = ({
  object = {},
  oldObject = null,
  user,
  routes = [routeWith()],
}: World = {}): Variables => ({
  object: celValue(object),
  oldObject: celValue(oldObject),
  request: new Request({
    operation: "CREATE",
    userInfo: new UserInfo(user),
    namespace: "models",
    name: "iris",
    uid: "",
    dryRun: false,
  }),
  namespaceObject: new NamespaceObject("models", new Map([["tier", "gold"]])),
  routes,
});

const compiled = (text: string) => compile(text, "bool", createWorkbench());

/** What is wrong with an expression; undefined for a sound one. */
export const problemWith = (text: string): ExpressionProblem | undefined => compiled(text).problem;

/** A sound expression. */
export function programOf(text: string): Program<boolean> {
  const { program, problem } = compiled(text);
  if (program === undefined) throw new Error(`${text}: ${problem?.message}`);
  return program;
}

/** What comes of an expression, and how many units it took. */
export function evaluated(
  text: string,
  world: World = {},
): { readonly outcome: Outcome<boolean>; readonly units: number } {
  const purse = { left: unitsPerExpression };
  const outcome = programOf(text).evaluate(variablesOf(world), purse);
  return { outcome, units: unitsPerExpression - purse.left };
}
