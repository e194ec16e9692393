import { isDeepStrictEqual } from "node:util";
import { type Document, isScalar, isMap as isYamlMap, parseAllDocuments, type Scalar } from "yaml";
import { keys } from "../seldon/annotations.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { Configuration, ConfigurationText } from "./configuration.ts";
import { ambassadorKey } from "./configuration.ts";
import { fieldsOf, isBlank, isMap, type ParsedConfiguration, parseConfiguration } from "./custom.ts";
import { checkFields, schemaVersion } from "./custom-schema/check.ts";
import type { CarriedText } from "./injection.ts";

/** First line of a text whose apiVersion was changed: the validating webhook sees nothing else of it. */
const note =
  "# apiVersion upgraded by seldon-ambassador-webhook; write getambassador.io/v2 at the source and delete this line.";

const target = "getambassador.io/v2";

/** Whether a text tells that it was changed here. */
export const isUpgraded = (text: string): boolean => text.startsWith(note);

interface Edit {
  readonly start: number;
  readonly end: number;
}

/**
 * The text with the apiVersion of its outdated documents changed to a working one, or undefined where there is
 * nothing to change. Every other byte stays. A document that would not be valid in the new version is left alone,
 * and so is a text that would afterwards read as anything else than that.
 */
export function upgradeText(text: string): string | undefined {
  const before = parseConfiguration(text);
  const chosen = new Set(
    before.documents.filter(({ value }) => isUpgradable(value)).map(({ index }) => index),
  );
  if (chosen.size === 0 || text.startsWith("\ufeff")) return undefined;
  const edits = versionScalars(text).flatMap((scalar, index) =>
    chosen.has(index) ? editOf(scalar, text) : [],
  );
  if (edits.length !== chosen.size) return undefined;
  const body = edits.reduceRight(
    (edited, { start, end }) => edited.slice(0, start) + target + edited.slice(end),
    text,
  );
  const upgraded = isUpgraded(body) ? body : `${note}\n${body}`;
  return isFaithful(before, parseConfiguration(upgraded), chosen) ? upgraded : undefined;
}

const required: Readonly<Record<string, readonly string[]>> = {
  Mapping: ["name", "prefix", "service"],
  TLSContext: ["name"],
};

function isUpgradable(value: unknown): boolean {
  if (!isMap(value) || schemaVersion(value.apiVersion) !== "v1") return false;
  const fields = fieldsOf(value);
  const wanted = Object.hasOwn(required, String(fields.kind)) ? required[String(fields.kind)] : undefined;
  const { problems, unknown } = checkFields(fields, "v2");
  const isComplete = wanted?.every((field) => typeof fields[field] === "string") ?? false;
  return isComplete && problems.length === 0 && unknown.length === 0;
}

/** The scalar behind `apiVersion` of every document that holds something, in order; of two the last one counts. */
function versionScalars(text: string): readonly (Scalar | undefined)[] {
  const documents = parseAllDocuments(text, { version: "1.1", uniqueKeys: false, prettyErrors: false });
  return (Array.isArray(documents) ? (documents as Document[]) : [])
    .filter((document) => !isBlank(document))
    .map(({ contents }) => {
      const pairs = isYamlMap(contents) ? contents.items : [];
      const value = pairs.findLast(({ key }) => isScalar(key) && key.value === "apiVersion")?.value;
      return isScalar(value) ? value : undefined;
    });
}

/** Where the version stands, without its quotes. Spelled in any other way it is left alone. */
function editOf(scalar: Scalar | undefined, text: string): readonly Edit[] {
  const [start = 0, end = 0] = scalar?.range ?? [];
  const written = text.slice(start, end);
  const isQuoted = /^(["']).*\1$/s.test(written);
  const edit = isQuoted ? { start: start + 1, end: end - 1 } : { start, end };
  return text.slice(edit.start, edit.end) === scalar?.value ? [edit] : [];
}

function isFaithful(
  before: ParsedConfiguration,
  after: ParsedConfiguration,
  chosen: ReadonlySet<number>,
): boolean {
  const expected = before.documents.map(({ index, value }) =>
    chosen.has(index) && isMap(value) ? { ...value, apiVersion: target } : value,
  );
  return (
    after.problem === undefined &&
    isDeepStrictEqual(
      after.documents.map(({ value }) => value),
      expected,
    )
  );
}

/** A deployment with its author's texts upgraded, and those texts. */
export interface Upgrade {
  readonly deployment: SeldonDeployment;
  readonly texts: readonly CarriedText[];
}

/** Upgrades every text of the author's own that is read. */
export function upgrade(deployment: SeldonDeployment, configuration: Configuration): Upgrade {
  const { custom, predictors } = configuration;
  let upgraded = deployment;
  const texts: CarriedText[] = [];
  for (const source of [...(custom ? [custom] : []), ...predictors]) {
    const text = upgradeText(source.text);
    if (text === undefined) continue;
    texts.push({ path: source.path, text });
    upgraded = withText(upgraded, source, text);
  }
  return { deployment: upgraded, texts };
}

function withText(
  deployment: SeldonDeployment,
  { place, predictor }: ConfigurationText,
  text: string,
): SeldonDeployment {
  const { annotations, spec } = deployment;
  if (place === "metadata")
    return { ...deployment, annotations: new Map(annotations).set(keys.config, text) };
  if (place === "spec")
    return {
      ...deployment,
      spec: { ...spec, annotations: new Map(spec.annotations).set(keys.config, text) },
    };
  const predictors = spec.predictors.map((each, index) =>
    index === predictor ? { ...each, annotations: new Map(each.annotations).set(ambassadorKey, text) } : each,
  );
  return { ...deployment, spec: { ...spec, predictors } };
}
