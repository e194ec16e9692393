import { type EngineSettings, settingsFor } from "../config/settings.ts";
import { type Era, eraOf } from "../seldon/era.ts";
import { type Routing, readRouting } from "../seldon/routing.ts";
import { type CreatedService, createdServices } from "../seldon/services.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import { type Configuration, type ConfigurationText, readConfiguration } from "./configuration.ts";
import { type ParsedConfiguration, parseConfiguration } from "./custom.ts";

/** A text of the author's own, parsed. */
export interface CustomText {
  readonly source: ConfigurationText;
  readonly parsed: ParsedConfiguration;
}

/** A deployment with all that its own fields say, read once for every rule. */
export interface Subject {
  readonly deployment: SeldonDeployment;
  /** Those of the operator that takes it. */
  readonly settings: EngineSettings;
  readonly era: Era;
  readonly routing: Routing;
  readonly configuration: Configuration;
  /** The author's own `seldon.io/ambassador-config`, parsed. */
  readonly custom: ParsedConfiguration | undefined;
  /** Every text of the author's own: that one first, then those of single predictors. */
  readonly customs: readonly CustomText[];
  readonly services: readonly CreatedService[];
}

/** Reads a deployment; whichever of several operators' settings are given, those of its own hold. */
export function subjectOf(deployment: SeldonDeployment, known: EngineSettings): Subject {
  const settings = settingsFor(known, deployment);
  const era = eraOf(settings.seldon.operatorVersion);
  const configuration = readConfiguration(deployment, era);
  const { custom, predictors } = configuration;
  const customs = [...(custom ? [custom] : []), ...predictors].map((source) => ({
    source,
    parsed: parseConfiguration(source.text),
  }));
  return {
    deployment,
    settings,
    era,
    routing: readRouting(deployment, era),
    configuration,
    custom: custom && customs[0]?.parsed,
    customs,
    services: createdServices(deployment, era),
  };
}

/** The era of another deployment's operator, which is hardly ever another one than that of `subject`. */
export function eraFor(other: SeldonDeployment, { settings, era }: Pick<Subject, "settings" | "era">): Era {
  const its = settingsFor(settings, other);
  return its === settings ? era : eraOf(its.seldon.operatorVersion);
}
