import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { parse, parseAllDocuments } from "yaml";
import { withOperators } from "../../src/config/operators.ts";
import { defaultEngineSettings, type EngineSettings } from "../../src/config/settings.ts";
import { isMap } from "../../src/mapping/custom.ts";
import { keys } from "../../src/seldon/annotations.ts";
import { mutated, type Situation } from "./admission.ts";

/** One golden case of a rule. */
export interface RuleCase {
  /** `predictor-traffic-sum/accepts-a-split-of-100` */
  readonly id: string;
  readonly rule: string;
  readonly name: string;
  readonly situation: Situation;
  readonly showsConfig: boolean;
  /** The file that holds what the author is to see. */
  readonly golden: string;
}

/** Sections of the settings, each as far as it differs from the defaults. */
type PartialSettings = {
  readonly [Section in keyof EngineSettings]?: EngineSettings[Section] extends object
    ? Partial<EngineSettings[Section]>
    : EngineSettings[Section];
};

interface PartialOperator extends PartialSettings {
  readonly controllerId?: string;
  readonly namespaces?: readonly string[];
}

/** What `<case>.request.yaml` may say. */
interface Overrides {
  namespace?: string;
  dryRun?: boolean;
  subResource?: string;
  /** true: the object exists and is deleted. */
  deleted?: boolean;
  /** Who asks for it. */
  user?: string;
  /** false: the mutating webhook did not run. */
  mutated?: boolean;
  /** config: the golden file also shows the final configuration text. */
  show?: "config";
  settings?: PartialSettings;
  /** Of several operators, what differs from `settings`. */
  operators?: readonly PartialOperator[];
  /** Writes a text that is too long for a file. */
  fill?: { at: string[]; before?: string; text: string; times: number };
  /** The object carries a text that was generated earlier: for the old object if there is one, else for itself. */
  carried?: {
    /** both: in spec too; applied: in kubectl's copy of the applied file. */
    place?: "metadata" | "both" | "applied";
    settings?: PartialSettings;
    /** alone: the other deployments did not exist yet. */
    cluster?: "alone";
    edit?: { replace: string; by: string };
  };
}

const settingsSchema = {
  type: "object",
  additionalProperties: false,
  properties: Object.fromEntries(Object.keys(defaultEngineSettings).map((section) => [section, {}])),
};

const operatorSchema = {
  ...settingsSchema,
  properties: {
    controllerId: { type: "string" },
    namespaces: { type: "array", items: { type: "string" } },
    ...settingsSchema.properties,
  },
};

const isOverrides = new Ajv().compile<Overrides>({
  type: "object",
  additionalProperties: false,
  properties: {
    namespace: { type: "string" },
    dryRun: { type: "boolean" },
    subResource: { type: "string" },
    deleted: { type: "boolean" },
    user: { type: "string" },
    mutated: { type: "boolean" },
    show: { const: "config" },
    settings: settingsSchema,
    operators: { type: "array", items: operatorSchema },
    fill: {
      type: "object",
      additionalProperties: false,
      required: ["at", "text", "times"],
      properties: {
        at: { type: "array", items: { type: "string" } },
        before: { type: "string" },
        text: { type: "string" },
        times: { type: "integer" },
      },
    },
    carried: {
      type: "object",
      additionalProperties: false,
      properties: {
        place: { enum: ["metadata", "both", "applied"] },
        settings: settingsSchema,
        cluster: { const: "alone" },
        edit: {
          type: "object",
          additionalProperties: false,
          required: ["replace", "by"],
          properties: { replace: { type: "string" }, by: { type: "string" } },
        },
      },
    },
  },
});

const root = fileURLToPath(new URL("../rules/", import.meta.url));

const read = (file: string): unknown => parse(readFileSync(file, "utf8"));

const readIfThere = (file: string): unknown => (existsSync(file) ? read(file) : undefined);

/** Every document of a multi-document file. */
export const readAll = (file: string): readonly unknown[] =>
  parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS());

function overridesFor(file: string): Overrides {
  const overrides = readIfThere(file) ?? {};
  if (!isOverrides(overrides)) throw new Error(`${file}: ${JSON.stringify(isOverrides.errors)}`);
  return overrides;
}

const withSettings = (
  { seldon, ambassador, customConfig, ...rest }: PartialSettings,
  base: EngineSettings = defaultEngineSettings,
): EngineSettings => ({
  ...base,
  ...rest,
  seldon: { ...base.seldon, ...seldon },
  ambassador: { ...base.ambassador, ...ambassador },
  customConfig: { ...base.customConfig, ...customConfig },
});

function settingsOf({ settings = {}, operators = [] }: Overrides): EngineSettings {
  const general = withSettings(settings);
  return withOperators(
    general,
    operators.map(({ controllerId, namespaces, ...own }) => ({
      source: { controllerId, namespaces, values: {}, label: (path) => path },
      settings: withSettings(own, general),
    })),
  );
}

/** A copy of `value` in which the field at `path` is `leaf`; maps on the way are made. */
function withField(value: unknown, path: readonly string[], leaf: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const map = isMap(value) ? value : {};
  return { ...map, [key]: withField(map[key], rest, leaf) };
}

const carrierPath = (place: string): string[] => [place, "annotations", keys.config];

/** kubectl's copy of what was applied. */
const appliedPath = ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"];

function textOf(object: unknown): string {
  const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
  const text = isMap(metadata.annotations) ? metadata.annotations[keys.config] : undefined;
  if (typeof text !== "string") throw new Error("nothing was generated");
  return text;
}

/** The situation with a text on the object that an earlier write left there. */
function carrying(situation: Situation, carried: NonNullable<Overrides["carried"]>): Situation {
  const { place = "metadata", settings, cluster, edit } = carried;
  const { object, oldObject, ...rest } = situation;
  const stored = mutated({
    ...rest,
    object: oldObject ?? object,
    ...(settings && { settings: withSettings(settings) }),
    ...(cluster === "alone" && { existing: [] }),
  });
  const text = edit ? textOf(stored).replace(edit.replace, edit.by) : textOf(stored);
  if (edit && text === textOf(stored)) throw new Error(`the generated text does not hold ${edit.replace}`);
  const written = withField(object, carrierPath("metadata"), text);
  const copies = {
    metadata: () => written,
    both: () => withField(written, carrierPath("spec"), text),
    applied: () => withField(written, appliedPath, JSON.stringify(written)),
  };
  return {
    ...situation,
    object: copies[place](),
    ...(oldObject !== undefined && { oldObject: stored }),
  };
}

function situationOf(base: string, overrides: Overrides): Situation {
  const { namespace, dryRun, subResource, deleted, user, fill, carried } = overrides;
  const written = read(`${base}.yaml`);
  const oldObject = readIfThere(`${base}.old.yaml`);
  const cluster = `${base}.cluster.yaml`;
  const situation: Situation = {
    object: fill ? withField(written, fill.at, (fill.before ?? "") + fill.text.repeat(fill.times)) : written,
    existing: existsSync(cluster) ? readAll(cluster) : [],
    settings: settingsOf(overrides),
    ...(overrides.mutated !== undefined && { isMutated: overrides.mutated }),
    ...(oldObject !== undefined && { oldObject }),
    ...(namespace !== undefined && { namespace }),
    ...(dryRun !== undefined && { dryRun }),
    ...(subResource !== undefined && { subResource }),
    ...(deleted !== undefined && { isDeleted: deleted }),
    ...(user !== undefined && { user }),
  };
  return carried ? carrying(situation, carried) : situation;
}

function caseOf(file: string): RuleCase {
  const base = join(root, file.replace(/\.yaml$/, ""));
  const overrides = overridesFor(`${base}.request.yaml`);
  return {
    id: file.replace(/\.yaml$/, ""),
    rule: dirname(file),
    name: basename(base),
    situation: situationOf(base, overrides),
    showsConfig: overrides.show === "config",
    golden: `${base}.expected.yaml`,
  };
}

const listed = (): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort();

const caseFile = /^[^/]+\/[^/.]+\.yaml$/;

/** `rule/case` of every case on disk, without reading any. */
export const caseIds = (): readonly string[] =>
  listed()
    .filter((file) => caseFile.test(file))
    .map((file) => file.replace(/\.yaml$/, ""));

/** Files beside the cases that belong to none, or whose suffix nobody reads. */
export function strayFiles(): readonly string[] {
  const cases = new Set(caseIds());
  return listed().filter(
    (file) => !caseFile.test(file) && !cases.has(file.replace(/\.(cluster|old|request|expected)\.yaml$/, "")),
  );
}

/** Every case on disk. */
export const ruleCases = (): readonly RuleCase[] => caseIds().map((id) => caseOf(`${id}.yaml`));
