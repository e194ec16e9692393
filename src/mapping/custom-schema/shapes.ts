/** A JSON schema, as far as Ambassador's documents need one. */
export type Shape = Readonly<Record<string, unknown>>;

export const text: Shape = { type: "string" };
export const flag: Shape = { type: "boolean" };
export const integer: Shape = { type: "integer" };
/** Anything, also null: not ours to judge. */
export const anything: Shape = {};
export const opaque: Shape = { type: "object" };

export const oneOf = (...values: readonly (string | number)[]): Shape => ({
  type: typeof values[0] === "string" ? "string" : "integer",
  enum: values,
});

export const list = (items: Shape): Shape => ({ type: "array", items });
export const filledList = (items: Shape): Shape => ({ type: "array", minItems: 1, items });
export const texts = list(text);
export const textOrTexts: Shape = { type: ["string", "array"], items: text };
export const textOrFlag: Shape = { type: ["string", "boolean"] };

/** A map from names that the author chooses. */
export const mapOf = (value: Shape): Shape => ({ type: "object", additionalProperties: value });

/** A map with known fields only. */
export const fields = (properties: Readonly<Record<string, Shape>>, ...required: string[]): Shape => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
