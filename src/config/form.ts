/** One setting: all that its flag, environment variable, schema and documentation are made from. */
export interface Setting {
  /** Where it sits in the configuration file: `server.port`. */
  readonly path: string;
  /** What it means, for `--help` and the README. */
  readonly description: string;
  /** JSON schema of the value. */
  readonly schema: {
    readonly type: "string" | "integer" | "boolean" | "array";
    readonly [keyword: string]: unknown;
  };
  /** What the schema demands, in words: completes "must be …". */
  readonly form: string;
}

export const port = { type: "integer", minimum: 0, maximum: 65535 } as const;
export const seconds = { type: "integer", minimum: 0, maximum: 600 } as const;
export const flag = { schema: { type: "boolean" }, form: "true or false" } as const;
export const version = (example: string): Pick<Setting, "schema" | "form"> => ({
  schema: { type: "string", pattern: "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(\\.(0|[1-9]\\d*))?$" },
  form: `a version in quotes, such as "${example}": without quotes YAML reads 1.10 as the number 1.1`,
});
export const portForm = "a port number, 0 to 65535";
export const secondsForm = "a whole number of seconds, 0 to 600";

export const oneOf = (...values: string[]): Pick<Setting, "schema" | "form"> => ({
  schema: { type: "string", enum: values },
  form: values.length === 1 ? `"${values[0]}"` : `one of ${values.map((value) => `"${value}"`).join(", ")}`,
});
