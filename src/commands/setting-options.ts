import { type Command, Option } from "commander";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { defaultOf, flagOf, type Setting, settings } from "../config/setting.ts";
import type { Io } from "./io.ts";

function optionsOf(setting: Setting): Option[] {
  const flag = flagOf(setting);
  const fallback = String(defaultOf(setting) ?? "");
  const described = fallback === "" ? setting.description : `${setting.description} (default: ${fallback})`;
  if (setting.schema.type !== "boolean") return [new Option(`${flag} <value>`, described)];
  // The negation lets a flag overrule a file or variable that says true.
  return [new Option(flag, described), new Option(flag.replace("--", "--no-")).hideHelp()];
}

/** Adds `--config` and a flag for each setting, or for those of some sections. */
export function addSettings(command: Command, isWanted: (setting: Setting) => boolean = () => true): Command {
  command.option("--config <file>", "configuration file, YAML or JSON; flags and environment go before it");
  for (const setting of settings.filter(isWanted))
    for (const option of optionsOf(setting)) command.addOption(option);
  return command;
}

/** Settings of commands that look at a cluster without serving. */
export const isOfCommands = ({ path }: Setting): boolean =>
  !/^((server|tls|cluster|audit|log)\.|reconcile)/.test(path) || path === "cluster.kubeconfig";

/** The configuration that the flags of such a command, the environment and its file amount to. */
export const configOf = (flags: Readonly<Record<string, unknown>>, io: Io): Config =>
  loadConfig({ file: flags.config as string | undefined, flags, env: io.env });
