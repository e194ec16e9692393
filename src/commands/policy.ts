import { Command } from "commander";
import type { Io } from "./io.ts";
import { policyCheckCommand } from "./policy-check.ts";
import { policyExplainCommand } from "./policy-explain.ts";
import { policyTestCommand } from "./policy-test.ts";

/** `policy check`, `policy test`, `policy explain`: the policy file before and beside its use. */
export const policyCommand = (io: Io, inherit: (command: Command) => Command): Command => {
  const command = inherit(
    new Command("policy").description("check or test a policy file, or explain what it says"),
  );
  for (const create of [policyCheckCommand, policyTestCommand, policyExplainCommand])
    command.addCommand(inherit(create(io)));
  return command;
};
