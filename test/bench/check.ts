import { request } from "node:https";
import { text } from "node:stream/consumers";
import { reviewFor } from "./reviews.ts";
import type { Target } from "./targets.ts";

const post = (url: string, ca: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    request(url, { method: "POST", ca, headers: { "Content-Type": "application/json" } }, (response) => {
      text(response).then(resolve, reject);
    })
      .on("error", reject)
      .end(body);
  });

/**
 * Throws unless a server allows what it will be asked under load, and, of those that do more than answer, unless
 * its patch brings the annotation: a fast refusal is no figure.
 */
export async function check({ name, port, suffix, mutates }: Target, ca: string): Promise<void> {
  for (const path of ["/mutate", "/validate"]) {
    const url = `https://localhost:${port}${path}${suffix}?timeout=10s`;
    const answer = await post(url, ca, reviewFor(path, 3000));
    const { response } = JSON.parse(answer);
    const patch = Buffer.from(response?.patch ?? "", "base64").toString("utf8");
    const isDone = path === "/validate" || !mutates || patch.includes("ambassador-config");
    if (response?.allowed !== true || !isDone)
      throw new Error(`${name} does not do the work of ${path}: ${answer.slice(0, 2000)}`);
  }
}
