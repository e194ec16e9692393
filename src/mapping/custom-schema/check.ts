import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { type FieldPath, fromJsonPointer } from "../../diagnostics/field-path.ts";
import type { MappingFields } from "../types.ts";
import { mappingV1, mappingV2, mappingV3alpha1 } from "./mapping-fields.ts";
import { anything, type Shape } from "./shapes.ts";
import { tlsContextV1, tlsContextV2, tlsContextV3alpha1 } from "./tls-context-fields.ts";

/** The versions whose fields differ. */
export type SchemaVersion = "v1" | "v2" | "v3alpha1";

/** One field that is not as its version wants it. */
export interface FieldProblem {
  readonly path: FieldPath;
  readonly value: unknown;
  /** What is wanted, as a clause: "must be an integer". */
  readonly wanted: string;
}

export interface UnknownField {
  readonly path: FieldPath;
  readonly value: unknown;
  /** The fields that are known in its place. */
  readonly known: readonly string[];
}

export interface FieldReport {
  readonly problems: readonly FieldProblem[];
  readonly unknown: readonly UnknownField[];
}

const versions: Readonly<Record<string, SchemaVersion>> = {
  "ambassador/v0": "v1",
  "getambassador.io/v0": "v1",
  "ambassador/v1": "v1",
  "getambassador.io/v1": "v1",
  "ambassador/v2": "v2",
  "getambassador.io/v2": "v2",
  "getambassador.io/v3alpha1": "v3alpha1",
};

/** Whose fields a document has; undefined for a version that Ambassador does not read. */
export const schemaVersion = (apiVersion: unknown): SchemaVersion | undefined =>
  typeof apiVersion === "string" && Object.hasOwn(versions, apiVersion) ? versions[apiVersion] : undefined;

/** The fields of a Mapping in each version. */
export const mappingFields: Readonly<Record<SchemaVersion, Readonly<Record<string, Shape>>>> = {
  v1: mappingV1,
  v2: mappingV2,
  v3alpha1: mappingV3alpha1,
};

const tlsContextFields = { v1: tlsContextV1, v2: tlsContextV2, v3alpha1: tlsContextV3alpha1 };

const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });

// Whether these are there and of the right type is asked by rules of their own.
const head = Object.fromEntries(
  ["apiVersion", "kind", "name", "namespace", "generation", "metadata_labels", "prefix", "service"].map(
    (field) => [field, anything],
  ),
);

const compile = (properties: Readonly<Record<string, Shape>>): ValidateFunction =>
  ajv.compile({ type: "object", properties: { ...properties, ...head }, additionalProperties: false });

const compileAll = (all: Readonly<Record<SchemaVersion, Readonly<Record<string, Shape>>>>) => ({
  v1: compile(all.v1),
  v2: compile(all.v2),
  v3alpha1: compile(all.v3alpha1),
});

const validators = new Map([
  ["Mapping", compileAll(mappingFields)],
  ["TLSContext", compileAll(tlsContextFields)],
]);

/** More mistakes than this in one document are not told. */
const maxListed = 20;

const nothing: FieldReport = { problems: [], unknown: [] };

/** Compares the fields of a document, in the flat form, with what its kind and a version know. */
export function checkFields(fields: MappingFields, version: SchemaVersion): FieldReport {
  const isValid = typeof fields.kind === "string" ? validators.get(fields.kind)?.[version] : undefined;
  if (isValid === undefined || isValid(fields)) return nothing;
  const errors = isValid.errors ?? [];
  const problems = new Map<string, FieldProblem>();
  const unknown: UnknownField[] = [];
  for (const error of errors) {
    if (error.keyword === "additionalProperties") unknown.push(unknownField(error));
    // A wrong type breaks the enum too; what was said first says it best.
    else if (!problems.has(error.instancePath)) problems.set(error.instancePath, fieldProblem(error));
    if (problems.size + unknown.length >= maxListed) break;
  }
  return { problems: [...problems.values()], unknown };
}

function unknownField({ instancePath, params, data, parentSchema }: ErrorObject): UnknownField {
  const name: string = params.additionalProperty;
  return {
    path: [...fromJsonPointer(instancePath), name],
    value: (data as MappingFields)[name],
    known: Object.keys(parentSchema?.properties ?? {}),
  };
}

function fieldProblem({ keyword, instancePath, params, data, parentSchema }: ErrorObject): FieldProblem {
  const path = fromJsonPointer(instancePath);
  if (data === null) return { path, value: null, wanted: "must not be null" };
  if (keyword === "required") return { path, value: data, wanted: `has no ${params.missingProperty}` };
  if (keyword === "minItems") return { path, value: data, wanted: "must not be empty" };
  if (keyword === "minimum" || keyword === "maximum")
    return { path, value: data, wanted: `must be ${parentSchema?.minimum} to ${parentSchema?.maximum}` };
  const choices: readonly unknown[] | undefined = parentSchema?.enum;
  if (choices) return { path, value: data, wanted: `must be one of ${choices.join(", ")}` };
  return { path, value: data, wanted: `must be ${typeWords([params.type].flat())}` };
}

const words: Readonly<Record<string, string>> = {
  string: "a string",
  boolean: "true or false",
  integer: "an integer",
  array: "a list",
  object: "a map",
};

const typeWords = (types: readonly string[]): string => types.map((type) => words[type] ?? type).join(" or ");
