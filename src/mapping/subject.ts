import type { EngineSettings } from "../config/settings.ts";
import { type Era, eraOf } from "../seldon/era.ts";
import { type Routing, readRouting } from "../seldon/routing.ts";
import { type CreatedService, createdServices } from "../seldon/services.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { type ParsedConfiguration, parseConfiguration } from "./custom.ts";

/** A deployment with all that its own fields say, read once for every rule. */
export interface Subject {
  readonly deployment: SeldonDeployment;
  readonly era: Era;
  readonly routing: Routing;
  readonly configuration: Configuration;
  /** The author's own configuration, parsed. */
  readonly custom: ParsedConfiguration | undefined;
  readonly services: readonly CreatedService[];
}

export function subjectOf(deployment: SeldonDeployment, settings: EngineSettings): Subject {
  const era = eraOf(settings.seldon.operatorVersion);
  const configuration = readConfiguration(deployment, era);
  return {
    deployment,
    era,
    routing: readRouting(deployment, era),
    configuration,
    custom: configuration.custom && parseConfiguration(configuration.custom.text),
    services: createdServices(deployment, era),
  };
}
