import { Command } from "commander";
import type { Io } from "./io.ts";

/** `rules [ID]`: lists and explains the rules. */
export const rulesCommand = (_io: Io): Command => new Command("rules");
