import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { mutate } from "../admission/mutate.ts";
import { validate, validateAlone } from "../admission/validate.ts";
import { type About, admissionHandler, type Engine, type Services } from "./admission.ts";
import { refusalOf, refuse } from "./answer.ts";
import { addHealth, type Check, onlyMethods } from "./health.ts";
import { short } from "./log.ts";
import { admissionPaths, type Metrics } from "./metrics.ts";
import { HungUp, Refusal } from "./refusal.ts";

const engines: Readonly<Record<(typeof admissionPaths)[number], Engine>> = {
  "/mutate": { judge: mutate },
  "/validate": { judge: validate, judgeAlone: validateAlone },
};

const healthPaths: readonly string[] = ["/healthz", "/readyz"];

/** An application with what both ports have; `first` sees every request, those without a Host included. */
function bareApp(first: RequestHandler = (_request, _response, next) => next()): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // Paths are matched as they are written; the query is read where it is needed.
  app.enable("case sensitive routing");
  app.enable("strict routing");
  app.set("query parser", false);
  app.use(first);
  app.use((request, _response, next) => {
    checkHost(request);
    next();
  });
  return app;
}

function checkHost({ headers, httpVersion }: IncomingMessage): void {
  // Node would refuse it with an empty body.
  if (headers.host === undefined && httpVersion === "1.1")
    throw new Refusal(400, "an HTTP/1.1 request must have a Host header");
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function count(path: string, response: ServerResponse, metrics: Metrics): void {
  const ended = metrics.began(path);
  response.once("close", () => ended(response.writableFinished ? String(response.statusCode) : "aborted"));
}

/** Counts every request but those for health, which come all the time and say nothing of admission. */
const counted =
  (metrics: Metrics): RequestHandler =>
  ({ path }, response, next) => {
    const label = Object.hasOwn(engines, path) ? path : "other";
    if (!healthPaths.includes(path)) count(label, response, metrics);
    next();
  };

/** Answers what the handler of an admission path throws. */
function answered(path: string, engine: Engine, services: Services): Handler {
  const handle = admissionHandler(path, engine, services);
  return async (request, response) => {
    const about: About = { path };
    try {
      checkHost(request);
      await handle(request, response, about);
    } catch (error) {
      fail({ error, about }, request, response, services);
    }
  };
}

const unknownPath = (known: readonly string[]): RequestHandler => {
  const message = `there is nothing at this path; known are ${known.join(", ")}`;
  return () => {
    throw new Refusal(404, message);
  };
};

type Failing = Pick<Services, "logger" | "metrics">;

/** An error, and what is known of the call that it ended. */
interface Failure {
  readonly error: unknown;
  readonly about: About;
}

function fail(
  { error, about }: Failure,
  request: IncomingMessage,
  response: ServerResponse,
  services: Failing,
): void {
  const { logger, metrics } = services;
  if (error instanceof HungUp) {
    logger.debug(about, "caller hung up");
    response.destroy();
    return;
  }
  const refusal = refusalOf(error);
  if (refusal.code !== 500)
    logger.warn({ ...about, code: refusal.code, reason: refusal.message }, "call refused");
  else if (!(error instanceof Refusal)) {
    metrics.panicked();
    logger.error({ ...about, err: error }, "call failed by a bug of the webhook");
  }
  if (response.headersSent) response.destroy();
  else refuse(request, response, refusal);
}

const errorHandler =
  (services: Failing): ErrorRequestHandler =>
  // express knows an error handler by its four parameters.
  (error, request, response, _next) =>
    fail({ error, about: { path: short(pathOf(request)) } }, request, response, services);

const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?", 1)[0] ?? "";

/**
 * What answers on the TLS port. Calls of the admission paths, as API servers write them, are answered before
 * express: its router costs more than the engine does. All else is the application's, those paths' other methods
 * and spellings included.
 */
export function admissionApp(services: Services, checks: readonly Check[]): RequestListener {
  const { metrics } = services;
  const app = bareApp(counted(metrics));
  const handlers = new Map<string, Handler>();
  for (const path of admissionPaths) {
    const handler = answered(path, engines[path], services);
    handlers.set(path, handler);
    app.route(path).post(handler).all(onlyMethods("POST"));
  }
  addHealth(app, checks);
  app.use(unknownPath([...admissionPaths, ...healthPaths]));
  app.use(errorHandler(services));
  return (request, response) => {
    const path = pathOf(request);
    const handler = request.method === "POST" ? handlers.get(path) : undefined;
    if (handler === undefined) app(request, response);
    else {
      count(path, response, metrics);
      void handler(request, response);
    }
  };
}

/** The application of the plain port. */
export function metricsApp(services: Services, checks: readonly Check[]): Express {
  const { metrics } = services;
  const app = bareApp();
  app
    .route("/metrics")
    .get(async (_request, response) => {
      const page = await metrics.page();
      response.setHeader("Content-Type", metrics.contentType);
      response.end(page);
    })
    .all(onlyMethods("GET", "HEAD"));
  addHealth(app, checks);
  app.use(unknownPath(["/metrics", ...healthPaths]));
  app.use(errorHandler(services));
  return app;
}
