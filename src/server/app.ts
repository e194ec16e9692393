import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { mutate } from "../admission/mutate.ts";
import { validate } from "../admission/validate.ts";
import { admissionHandler, type Judge, type Services } from "./admission.ts";
import { refusalOf, refuse } from "./answer.ts";
import { addHealth, type Check, onlyMethods } from "./health.ts";
import { HungUp, Refusal } from "./refusal.ts";

const judges: Readonly<Record<string, Judge>> = { "/mutate": mutate, "/validate": validate };

function bareApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // Paths are matched as they are written; the query is read where it is needed.
  app.enable("case sensitive routing");
  app.enable("strict routing");
  app.set("query parser", false);
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

/** Counts the calls of a path, and answers what its handler throws. */
function counted(path: string, handler: Handler, services: Services): Handler {
  const { metrics } = services;
  return async (request, response) => {
    const ended = metrics.began(path);
    response.once("close", () => ended(response.writableFinished ? String(response.statusCode) : "aborted"));
    try {
      checkHost(request);
      await handler(request, response);
    } catch (error) {
      fail(error, request, response, services);
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

function fail(error: unknown, request: IncomingMessage, response: ServerResponse, services: Failing): void {
  const { logger, metrics } = services;
  if (error instanceof HungUp) {
    logger.debug({ path: pathOf(request) }, "caller hung up");
    response.destroy();
    return;
  }
  const refusal = refusalOf(error);
  if (refusal.code !== 500) logger.warn({ code: refusal.code, reason: refusal.message }, "call refused");
  else if (!(error instanceof Refusal)) {
    metrics.panicked();
    logger.error({ err: error }, "call failed by a bug of the webhook");
  }
  if (response.headersSent) response.destroy();
  else refuse(request, response, refusal);
}

const errorHandler =
  (services: Failing): ErrorRequestHandler =>
  // express knows an error handler by its four parameters.
  (error, request, response, _next) =>
    fail(error, request, response, services);

const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?", 1)[0] ?? "";

/**
 * What answers on the TLS port. Calls of the admission paths, as API servers write them, are answered before
 * express: its router costs more than the engine does. All else is the application's, those paths' other methods
 * and spellings included.
 */
export function admissionApp(services: Services, checks: readonly Check[]): RequestListener {
  const app = bareApp();
  const handlers = new Map<string, Handler>();
  for (const [path, judge] of Object.entries(judges)) {
    const handler = counted(path, admissionHandler(path, judge, services), services);
    handlers.set(path, handler);
    const others = counted(path, async () => onlyMethods("POST")({ path }), services);
    app.route(path).post(handler).all(others);
  }
  addHealth(app, checks);
  app.use(unknownPath([...handlers.keys(), "/healthz", "/readyz"]));
  app.use(errorHandler(services));
  return (request, response) => {
    const handler = request.method === "POST" ? handlers.get(pathOf(request)) : undefined;
    if (handler === undefined) app(request, response);
    else void handler(request, response);
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
  app.use(unknownPath(["/metrics", "/healthz", "/readyz"]));
  app.use(errorHandler(services));
  return app;
}
