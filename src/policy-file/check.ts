import { Ajv, type ErrorObject } from "ajv";
import { type FieldPath, formatFieldPath, fromJsonPointer } from "../diagnostics/field-path.ts";
import { formatValue } from "../diagnostics/message.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Form } from "./form.ts";

/** What is wrong with a field. */
export interface Problem {
  readonly path: FieldPath;
  readonly message: string;
}

const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  verbose: true,
});
ajv.addVocabulary(["form"]);

/** Errors that only repeat what another one says. */
const echoes: readonly string[] = ["propertyNames", "if"];

function wordsFor({ keyword, params, data, parentSchema }: ErrorObject, path: FieldPath): Problem {
  const { form = "otherwise", properties = {} } = (parentSchema ?? {}) as Form;
  if (keyword === "additionalProperties") {
    const key = String((params as { additionalProperty: string }).additionalProperty);
    const meant = nearest(key, Object.keys(properties));
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    return { path: [...path, key], message: `unknown field${hint}` };
  }
  if (keyword === "required" && form.startsWith("a"))
    return {
      path,
      message: `Required value: ${String((params as { missingProperty: string }).missingProperty)}`,
    };
  return { path, message: `Invalid value: ${formatValue(data)}: must be ${form}` };
}

function problemOf(error: ErrorObject): Problem {
  const path = fromJsonPointer(error.instancePath);
  const { propertyName } = error;
  return propertyName === undefined
    ? wordsFor(error, path)
    : wordsFor({ ...error, data: propertyName }, [...path, propertyName]);
}

/** What a form has against a value, one problem for each field. */
export type FormCheck = (value: unknown) => readonly Problem[];

/** Makes of a form what checks values by it. */
export function formCheckOf(form: Form): FormCheck {
  const check = ajv.compile(form);
  return (value) => (check(value) ? [] : problemsOf(check.errors ?? []));
}

function problemsOf(found: readonly ErrorObject[]): readonly Problem[] {
  const byPath = new Map<string, Problem>();
  const errors = found.filter(
    // Of the alternatives of anyOf, the one error of anyOf itself says it all.
    ({ keyword, schemaPath }) => !echoes.includes(keyword) && !/\/anyOf\/\d+\//.test(schemaPath),
  );
  for (const problem of errors.map(problemOf)) {
    const key = `${formatFieldPath(problem.path)} ${problem.message.startsWith("Required") ? problem.message : ""}`;
    if (!byPath.has(key)) byPath.set(key, problem);
  }
  return [...byPath.values()];
}
