import { engineConflicts } from "./conflicts.ts";
import type { EngineSettings, OperatorSettings } from "./settings.ts";
import { type ConfigSource, lookUp } from "./source.ts";

/** What a policy says of one of several operators: the settings that are others than the general ones. */
export interface OperatorSource extends ConfigSource {
  /** Its CONTROLLER_ID; undefined: it has none. */
  readonly controllerId: string | undefined;
  /** Those that operators of these settings watch, one each; undefined: it watches all that no other one does. */
  readonly namespaces: readonly string[] | undefined;
}

/** An operator with all settings that hold for what it takes. */
export interface OperatorEntry {
  readonly source: OperatorSource;
  readonly settings: EngineSettings;
}

/** What only the settings of an operator together show, each with the line of the setting, or else of the operator. */
export const operatorClashes = (source: OperatorSource, settings: EngineSettings): readonly string[] =>
  [...engineConflicts(settings)].map(({ path, text }) => {
    const isItsOwn = lookUp(source.values, path) !== undefined;
    return isItsOwn ? `${source.label(path)}: ${text}` : `${source.label("")}: ${path}: ${text}`;
  });

/** The general settings, by which those of each operator are found: from each of them, those of all others. */
export function withOperators(general: EngineSettings, entries: readonly OperatorEntry[]): EngineSettings {
  if (entries.length === 0) return general;
  const byId = new Map<string, EngineSettings>();
  const byNamespace = new Map<string, Map<string, EngineSettings>>();
  const operators: OperatorSettings = {
    get general() {
      return shared;
    },
    byId,
    byNamespace,
  };
  const shared: EngineSettings = { ...general, operators };
  for (const { source, settings } of entries) {
    const { controllerId = "", namespaces } = source;
    const own = { ...settings, operators };
    if (namespaces === undefined) byId.set(controllerId, own);
    for (const namespace of namespaces ?? []) {
      const housed = byNamespace.get(namespace) ?? new Map<string, EngineSettings>();
      byNamespace.set(namespace, housed.set(controllerId, own));
    }
  }
  return shared;
}
