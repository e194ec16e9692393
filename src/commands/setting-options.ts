import { type Command, Option } from "commander";
import { defaultOf, flagOf, isOfEngine, negationOf, type Setting, settings } from "../config/setting.ts";

function optionsOf(setting: Setting): Option[] {
  const flag = flagOf(setting);
  const fallback = String(defaultOf(setting) ?? "");
  const described = fallback === "" ? setting.description : `${setting.description} (default: ${fallback})`;
  if (setting.schema.type !== "boolean") return [new Option(`${flag} <value>`, described)];
  // Both are known, so that a flag overrules a file or variable; the one that changes something is shown.
  const both = [new Option(flag, described), new Option(negationOf(flag), `do not ${setting.description}`)];
  both[defaultOf(setting) === true ? 0 : 1]?.hideHelp();
  return both;
}

/** Adds `--config` and a flag for each setting, or for those of some sections. */
export function addSettings(command: Command, isWanted: (setting: Setting) => boolean = () => true): Command {
  command.option("--config <file>", "configuration file, YAML or JSON; flags and environment go before it");
  for (const setting of settings.filter(isWanted))
    for (const option of optionsOf(setting)) command.addOption(option);
  return command;
}

/** Settings of commands that look at files only. */
export const isOfFileCommands = (setting: Setting): boolean =>
  isOfEngine(setting) || setting.path === "policy.file";

/** Settings of commands that look at a cluster without serving. */
export const isOfCommands = (setting: Setting): boolean =>
  isOfFileCommands(setting) || setting.path === "cluster.kubeconfig";
