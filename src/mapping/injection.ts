import { isDeepStrictEqual } from "node:util";
import type { ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
import { buildDocuments, type NamedDeployment } from "./build.ts";
import type { ConfigurationText } from "./configuration.ts";
import { parseConfiguration } from "./custom.ts";
import { routingFields } from "./fingerprint.ts";
import { joinedGroup } from "./join.ts";
import { mark, routingDigest } from "./marker.ts";
import type { Subject } from "./subject.ts";
import { formatDocuments } from "./text.ts";
import type { AmbassadorDocument } from "./types.ts";

/** What belongs on the carrier of a deployment, or why nothing does. */
export type Injection =
  | { readonly text: string; readonly absent?: undefined }
  | { readonly text?: undefined; readonly absent: "custom-config" | "unnamed" | "rejected" };

/** The text made here that stands where the operator is to read it. */
export const carriedText = (
  { configuration }: Subject,
  settings: EngineSettings,
): ConfigurationText | undefined => configuration.generated.find(({ place }) => place === settings.carrier);

export const digestOf = ({ deployment, routing, configuration }: Subject): string =>
  routingDigest(routingFields(deployment, routing, configuration));

/**
 * The text for a deployment that may be routed. One that is there already and parses to the same documents
 * keeps its bytes, so that a new version of this program does not touch objects without need.
 */
export function injectedText(
  subject: Subject,
  surroundings: { readonly settings: EngineSettings; readonly cluster: ClusterView },
): Injection {
  const { deployment, routing } = subject;
  if (deployment.name === undefined) return { absent: "unnamed" };
  const { settings } = surroundings;
  const documents = buildDocuments({
    deployment: deployment as NamedDeployment,
    routing,
    settings,
    joined: joinedGroup(subject, surroundings),
  });
  const text = mark(formatDocuments(documents), digestOf(subject));
  const present = carriedText(subject, settings)?.text;
  return { text: present !== undefined && present !== text && holds(present, documents) ? present : text };
}

function holds(text: string, documents: readonly AmbassadorDocument[]): boolean {
  const parsed = parseConfiguration(text);
  return (
    parsed.problem === undefined &&
    isDeepStrictEqual(
      parsed.documents.map(({ value }) => value),
      documents,
    )
  );
}
