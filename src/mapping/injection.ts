import { isDeepStrictEqual } from "node:util";
import type { ClusterView } from "../cluster/view.ts";
import type { EngineSettings } from "../config/settings.ts";
import type { FieldPath } from "../diagnostics/field-path.ts";
import { annotationPath, keys } from "../seldon/annotations.ts";
import { buildPredictorDocuments, type NamedDeployment, type PredictorDocuments } from "./build.ts";
import { carrierNumber } from "./carriers.ts";
import { type ConfigurationText, predictorPath } from "./configuration.ts";
import { parseConfiguration } from "./custom.ts";
import { routingFields } from "./fingerprint.ts";
import { joinedGroup, settingsOfPrefix } from "./join.ts";
import { mark, routingDigest } from "./marker.ts";
import type { Subject } from "./subject.ts";
import { formatDocuments } from "./text.ts";
import type { AmbassadorDocument } from "./types.ts";

/** A text and the annotation that carries it. */
export interface CarriedText {
  readonly path: FieldPath;
  readonly text: string;
}

/** What belongs on the carrier of a deployment, or why nothing does. */
export type Injection =
  | { readonly texts: readonly CarriedText[]; readonly absent?: undefined }
  | { readonly texts?: undefined; readonly absent: "custom-config" | "unnamed" | "rejected" | "no-carrier" };

interface Surroundings {
  readonly settings: EngineSettings;
  readonly cluster: ClusterView;
}

/** The texts made here that stand where the operator is to read them. */
export const carriedTexts = ({ configuration, settings }: Subject): readonly ConfigurationText[] =>
  configuration.generated.filter(({ place }) => place === settings.carrier);

export const digestOf = ({ deployment, routing, configuration }: Subject): string =>
  routingDigest(routingFields(deployment, routing, configuration));

/** What is generated for a deployment that has a name, whether or not it may be routed. */
export function documentsOf(subject: Subject, surroundings: Surroundings): PredictorDocuments {
  const { deployment, era, routing, settings } = subject;
  const { hostname, grpc } = settingsOfPrefix(subject, surroundings).ambassador;
  const joined = joinedGroup(subject, surroundings);
  return buildPredictorDocuments({
    deployment: deployment as NamedDeployment,
    era,
    routing,
    settings,
    host: joined?.host ?? hostname,
    writesGrpc: grpc && settings.ambassador.grpc,
    joined,
  });
}

/**
 * The texts for a deployment that may be routed. One that is there already and parses to the same documents
 * keeps its bytes: a new version of this program does not touch objects without need, and on the carriers of
 * the spec a changed byte restarts pods.
 */
export function injectedTexts(
  subject: Subject,
  surroundings: Surroundings,
  documents = () => documentsOf(subject, surroundings),
): Injection {
  const { deployment, configuration, settings } = subject;
  if (settings.carrier === "none") return { absent: "no-carrier" };
  if (deployment.name === undefined) return { absent: "unnamed" };
  const present = new Map(configuration.generated.map(({ path, text }) => [carrierNumber(path), text]));
  const digest = digestOf(subject);
  const texts = placed(documents(), subject, settings).map(({ path, documents: wanted }): CarriedText => {
    const text = mark(formatDocuments(wanted), digest);
    const before = present.get(carrierNumber(path));
    return { path, text: before !== undefined && before !== text && holds(before, wanted) ? before : text };
  });
  return { texts };
}

interface PlacedDocuments {
  readonly path: FieldPath;
  readonly documents: readonly AmbassadorDocument[];
}

// What flat() makes, in a tenth of the time.
function together(byPredictor: PredictorDocuments): readonly AmbassadorDocument[] {
  const all: AmbassadorDocument[] = [];
  for (const documents of byPredictor) for (const document of documents) all.push(document);
  return all;
}

function placed(
  byPredictor: PredictorDocuments,
  { configuration }: Subject,
  { carrier, suppressDuplicates }: EngineSettings,
): readonly PlacedDocuments[] {
  const place = carrier === "spec" ? "spec" : "metadata";
  const whole = { path: annotationPath(place, keys.config), documents: together(byPredictor) };
  if (carrier !== "predictor" && !suppressDuplicates) return [whole];
  const owned = new Set(configuration.predictors.map(({ predictor }) => predictor));
  const predictors = byPredictor
    .map((documents, index) => ({ index, path: predictorPath(index), documents }))
    .filter(({ index }) => !owned.has(index));
  if (carrier === "predictor") return predictors.filter(({ documents }) => documents.length > 0);
  // A text without documents keeps the operator's copy of the whole away from every Service but the first's.
  const silenced = predictors.filter(({ index }) => index > 0).map(({ path }) => ({ path, documents: [] }));
  return [whole, ...silenced];
}

/**
 * Whether a text holds just these documents. Of most texts in a live view only the first line is known, and none of
 * their documents: nothing is compared then.
 */
function holds(text: string, documents: readonly AmbassadorDocument[]): boolean {
  const parsed = parseConfiguration(text);
  if (parsed.problem !== undefined || parsed.documents.length !== documents.length) return false;
  // As they are written: without the fields that are undefined.
  const written: unknown = JSON.parse(JSON.stringify(documents));
  return isDeepStrictEqual(
    parsed.documents.map(({ value }) => value),
    written,
  );
}
