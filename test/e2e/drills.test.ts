import assert from "node:assert/strict";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { drills, short } from "../drills/catalogue.ts";
import { runDrill } from "../drills/run-drill.ts";
import { Stage } from "../drills/stage.ts";

// A control plane for each: one drill's certificates, counters and time limit are none of another's.
for (const drill of drills)
  withControlPlane(`drill ${drill.name}: ${drill.what}`, async (t, plane) => {
    const stage = await Stage.set(plane);
    t.after(() => stage.strike());
    const row = await runDrill(stage, drill, short);
    t.diagnostic(`${row.calls} admission calls, ${row.failed} failed; ${row.note}`);
    assert.ok(
      row.ok,
      `${row.failed} of ${row.calls} failed, ${row.wrong} went wrong:\n${row.messages.join("\n")}`,
    );
  });
