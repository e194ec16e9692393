import { Ajv, type ErrorObject } from "ajv";
import { settings } from "./setting.ts";

interface Section {
  type: "object";
  additionalProperties: false;
  properties: Record<string, unknown>;
}

const section = (): Section => ({ type: "object", additionalProperties: false, properties: {} });

function schemaOfAll(): Section {
  const root = section();
  for (const { path, schema } of settings) {
    const keys = path.split(".");
    const leaf = keys.pop() ?? path;
    let parent = root;
    for (const key of keys) {
      parent.properties[key] ??= section();
      parent = parent.properties[key] as Section;
    }
    parent.properties[leaf] = schema;
  }
  return root;
}

/** The one JSON schema that file, environment and flags are checked against; every setting is optional. */
export const configSchema: object = schemaOfAll();

const check = new Ajv({ allErrors: true, strict: true, verbose: true }).compile(configSchema);

/** What the schema has against a configuration, in Ajv's words; empty when it is sound. */
export const schemaErrors = (value: unknown): readonly ErrorObject[] =>
  check(value) ? [] : (check.errors ?? []);
