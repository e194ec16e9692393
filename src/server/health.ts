import type { Express, Request, Response } from "express";
import { Refusal } from "./refusal.ts";

/** Whether the server should be sent calls. */
export interface Readiness {
  ready: boolean;
}

const sendText = (response: Response, code: number, text: string): void => {
  response.status(code).type("text/plain").send(`${text}\n`);
};

/** Answers every other method of a path with 405. */
export const onlyMethods =
  (...methods: string[]) =>
  ({ path }: Request): never => {
    const allow = methods.join(", ");
    throw new Refusal(405, `${path} is called with ${methods.join(" or ")}`, { Allow: allow });
  };

/** /healthz: the process lives. /readyz: send it calls; fails from the stop signal on. */
export function addHealth(app: Express, readiness: Readiness): void {
  app
    .route("/healthz")
    .get((_request, response) => sendText(response, 200, "ok"))
    .all(onlyMethods("GET", "HEAD"));
  app
    .route("/readyz")
    .get((_request, response) =>
      readiness.ready ? sendText(response, 200, "ok") : sendText(response, 503, "stopping"),
    )
    .all(onlyMethods("GET", "HEAD"));
}
