import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { mutate } from "../admission/mutate.ts";
import { validate } from "../admission/validate.ts";
import { admissionHandler, type Judge, type Services } from "./admission.ts";
import { refusalOf, refuse } from "./answer.ts";
import { addHealth, type Check, onlyMethods } from "./health.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
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
    // Node would refuse it with an empty body.
    if (request.headers.host === undefined && request.httpVersion === "1.1")
      throw new Refusal(400, "an HTTP/1.1 request must have a Host header");
    next();
  });
  return app;
}

const counted =
  (path: string, metrics: Metrics): RequestHandler =>
  (_request, response, next) => {
    const ended = metrics.began(path);
    response.once("close", () => ended(response.writableFinished ? String(response.statusCode) : "aborted"));
    next();
  };

const unknownPath = (known: readonly string[]): RequestHandler => {
  const message = `there is nothing at this path; known are ${known.join(", ")}`;
  return () => {
    throw new Refusal(404, message);
  };
};

function errorHandler(logger: Logger, metrics: Metrics): ErrorRequestHandler {
  // express knows an error handler by its four parameters.
  return (error, request, response, _next) => {
    if (error instanceof HungUp) {
      logger.debug({ path: request.path }, "caller hung up");
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
  };
}

/** The application of the TLS port. */
export function admissionApp(services: Services, checks: readonly Check[]): Express {
  const { logger, metrics } = services;
  const app = bareApp();
  for (const [path, judge] of Object.entries(judges))
    app
      .route(path)
      .all(counted(path, metrics))
      .post(admissionHandler(path, judge, services))
      .all(onlyMethods("POST"));
  addHealth(app, checks);
  app.use(unknownPath([...Object.keys(judges), "/healthz", "/readyz"]));
  app.use(errorHandler(logger, metrics));
  return app;
}

/** The application of the plain port. */
export function metricsApp({ logger, metrics }: Services, checks: readonly Check[]): Express {
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
  app.use(errorHandler(logger, metrics));
  return app;
}
