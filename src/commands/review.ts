import { Command } from "commander";
import type { Io } from "./io.ts";

/** `review [PATH|-]…`: the engine on files. */
export const reviewCommand = (_io: Io): Command => new Command("review");
