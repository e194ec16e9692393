import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";

/** Posts to a server of this process over one connection that is kept; anything but "allowed" is an error. */
export function httpsCaller(port: number, ca: string) {
  const agent = new Agent({ keepAlive: true, ca, maxSockets: 1 });
  const call = (path: string, body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
      const options = { host: "localhost", port, path: `/${path}`, method: "POST", agent, headers };
      request(options, (response) => {
        text(response).then((answer) =>
          response.statusCode === 200 && answer.includes('"allowed":true')
            ? resolve()
            : reject(new Error(answer)),
        );
      })
        .on("error", reject)
        .end(body);
    });
  return { call, close: () => agent.destroy() };
}
