import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fuzzedCall } from "./fuzz/call.ts";
import { allVariants, callEngine } from "./fuzz/engine.ts";
import { callServer } from "./fuzz/socket.ts";
import { testServer } from "./support/server.ts";

// The same calls every time; `npm run fuzz` makes others.
const seed = 20_240_601;

for (const variant of allVariants)
  test(`the engine answers or refuses whatever it is sent: ${variant}`, () => {
    const count = { answered: 0, refused: 0 };
    fc.assert(
      fc.property(fc.gen(), (g) => {
        count[callEngine(fuzzedCall(g), variant)]++;
      }),
      { numRuns: 2000, seed, includeErrorInReport: true },
    );
    // Neither end of it may go missing unnoticed.
    assert.ok(count.answered > 600 && count.refused > 100, JSON.stringify(count));
  });

test("the server answers or refuses whatever it is sent, and lives", async (t) => {
  const server = await testServer(t, { logLevel: "error" });
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const call = fuzzedCall(g);
      await callServer(call, () => server.call(call.path, { body: call.body }));
    }),
    { numRuns: 300, seed, includeErrorInReport: true },
  );
  assert.deepEqual(server.logs, []);
  const { text } = await server.callPlain("/metrics");
  assert.match(text, /^seldon_ambassador_webhook_panics_total 0$/m);
});
