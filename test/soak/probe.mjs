// Runs inside of the webhook, before it: tells its parent what is left after a full collection. With SOAK_PLANT it
// leaks on purpose, so that a test can see that a leak is found.
import { subscribe } from "node:diagnostics_channel";

if (process.env.SOAK_PLANT === "1") {
  const kept = [];
  // A hundred kilobytes, and a timer, for each call.
  subscribe("http.server.request.start", () => {
    kept.push(
      new Array(12_500).fill(0),
      setInterval(() => {}, 1e9),
    );
  });
}

process.on("message", () => {
  // What the first one frees may hold more, by weak references and finalizers.
  for (let round = 0; round < 3; round++) globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ heapUsed, external, rss, handles: process.getActiveResourcesInfo().length });
});
// Not a reason to stay.
process.channel.unref();
