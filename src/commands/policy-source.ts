import type { Config } from "../config/config.ts";
import { type ConfigSources, readSources } from "../config/load.ts";
import type { LabelsOf } from "../policy/labels.ts";
import type { PolicyContext } from "../policy/policy-index.ts";
import { type LoadedPolicy, loadPolicy } from "../policy-file/load.ts";
import type { Io } from "./io.ts";

/** What the flags of a command, the environment, the configuration file and the policy amount to. */
export interface Setup {
  readonly sources: ConfigSources;
  readonly config: Config;
  /** Absent where no policy file is named. */
  readonly policy: LoadedPolicy | undefined;
}

/** Reads all of it. Throws ConfigError with every problem and its place. */
export function setupOf(flags: Readonly<Record<string, unknown>>, io: Io): Setup {
  const sources = readSources({ file: flags.config as string | undefined, flags, env: io.env });
  const { policyFile } = sources;
  if (policyFile === undefined) return { sources, config: sources.combine(), policy: undefined };
  const policy = loadPolicy(policyFile, sources);
  return { sources, config: policy.config, policy };
}

/** The policy at this moment, for a command that looks at everything once. */
export const policyNow = (policy: LoadedPolicy | undefined, labelsOf: LabelsOf): PolicyContext | undefined =>
  policy && { index: policy.index, labelsOf, nowMs: Date.now() };
