import type { EngineSettings } from "../config/settings.ts";
import { stopsOnBadYaml } from "../mapping/ambassador-version.ts";

/** What a text that Ambassador cannot read costs beyond its own documents, as the end of a message. */
export const yamlCost = ({ ambassador: { version } }: EngineSettings): string =>
  version !== undefined && stopsOnBadYaml(version)
    ? `; Ambassador ${version} then updates nobody's routes any more`
    : "";
