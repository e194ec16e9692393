import type { Express, Request, Response } from "express";
import { Refusal } from "./refusal.ts";

/** One thing that must be so before the server should be sent calls. */
export interface Check {
  readonly name: string;
  /** What keeps it from being so; undefined when it is. */
  problem(): string | undefined;
  /** What there is to say although it is so. */
  note?(): string | undefined;
}

const sendText = (response: Response, code: number, text: string): void => {
  response.status(code).type("text/plain").send(`${text}\n`);
};

/** Answers every other method of a path with 405. */
export const onlyMethods =
  (...methods: string[]) =>
  ({ path }: Pick<Request, "path">): never => {
    const allow = methods.join(", ");
    throw new Refusal(405, `${path} is called with ${methods.join(" or ")}`, { Allow: allow });
  };

function verbose(checks: readonly Check[]): string {
  const lines = checks.map((check) => {
    const problem = check.problem();
    if (problem !== undefined) return `[-]${check.name} failed: ${problem}`;
    const note = check.note?.();
    return note === undefined ? `[+]${check.name} ok` : `[+]${check.name} ok: ${note}`;
  });
  return lines.join("\n");
}

function answerReady(request: Request, response: Response, checks: readonly Check[]): void {
  const problems = checks.flatMap((check) => check.problem() ?? []);
  const query = new URLSearchParams(request.url.replace(/^[^?]*/, ""));
  const text = query.has("verbose") ? verbose(checks) : problems.join("\n") || "ok";
  sendText(response, problems.length === 0 ? 200 : 503, text);
}

/** /healthz: the process lives. /readyz: send it calls; `?verbose` tells of each check, as the API server's does. */
export function addHealth(app: Express, checks: readonly Check[]): void {
  app
    .route("/healthz")
    .get((_request, response) => sendText(response, 200, "ok"))
    .all(onlyMethods("GET", "HEAD"));
  app
    .route("/readyz")
    .get((request, response) => answerReady(request, response, checks))
    .all(onlyMethods("GET", "HEAD"));
}
