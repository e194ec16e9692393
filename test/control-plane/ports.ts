import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below every ephemeral range: while a server is restarted, no outgoing connection (its own clients' included) and
// no listener on port 0 can take its port.
const lowest = 20_000;
const highest = 29_999;
const attempts = 50;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A port of the loopback interface that nothing listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${lowest} and ${highest}`);
}
