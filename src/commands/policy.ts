import { Command } from "commander";
import type { Io } from "./io.ts";
import { policyCheckCommand } from "./policy-check.ts";
import { policyExplainCommand } from "./policy-explain.ts";

/** `policy check`, `policy explain`: the policy file before and beside its use. */
export const policyCommand = (io: Io, inherit: (command: Command) => Command): Command => {
  const command = inherit(new Command("policy").description("check a policy file, or explain what it says"));
  for (const create of [policyCheckCommand, policyExplainCommand]) command.addCommand(inherit(create(io)));
  return command;
};
