import { apiServerRestart } from "./api-server.ts";
import { bundleWiped, caRotation, leafExpiry, secretDeleted } from "./certificates.ts";
import { clockJump } from "./clocks.ts";
import type { Drill, Pace } from "./drill.ts";
import { certificateFiles } from "./files.ts";
import { bundleKept } from "./kept-bundle.ts";
import { kill, rollingRestart, rollingUpgrade } from "./rollouts.ts";

/** Everything that is drilled, in the order in which it is played. */
export const drills: readonly Drill[] = [
  rollingRestart,
  rollingUpgrade,
  kill,
  leafExpiry,
  caRotation,
  secretDeleted,
  bundleWiped,
  bundleKept,
  apiServerRestart,
  certificateFiles(),
  clockJump,
];

/** For figures. */
export const long: Pace = { rounds: 2, leafSeconds: 60, caSeconds: 180, drainSeconds: 5 };

/** For every run of the tests. */
export const short: Pace = { rounds: 1, leafSeconds: 30, caSeconds: 90, drainSeconds: 4 };
