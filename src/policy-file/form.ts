/** A part of the policy's schema: JSON Schema, with what it demands in words. */
export interface Form {
  readonly [keyword: string]: unknown;
  /** What it means, for the README and editors. */
  readonly description?: string;
  /** Completes "must be …"; not published. */
  readonly form?: string;
  readonly properties?: Readonly<Record<string, Form>>;
  readonly items?: Form;
}

export const text = (form: string, pattern?: string, maxLength = 253): Form => ({
  type: "string",
  minLength: 1,
  maxLength,
  form,
  ...(pattern && { pattern }),
});

/** A number of things that no cluster needs more of. */
const mostItems = 10_000;

export const listOf = (items: Form, description: string): Form => ({
  type: "array",
  minItems: 1,
  maxItems: mostItems,
  form: `a list of 1 to ${mostItems}`,
  description,
  items,
});

export const mapOf = (additionalProperties: Form, description: string, more: Form = {}): Form => ({
  type: "object",
  maxProperties: mostItems,
  form: "a map",
  description,
  additionalProperties,
  ...more,
});

export const sectionOf = (properties: Readonly<Record<string, Form>>, more: Form = {}): Form => ({
  type: "object",
  form: "a map of fields",
  additionalProperties: false,
  properties,
  ...more,
});

export const wholeNumber = (description: string, minimum: number, maximum: number): Form => ({
  type: "integer",
  minimum,
  maximum,
  form: `a whole number from ${minimum} to ${maximum}`,
  description,
});

export const described = (form: Form, description: string): Form => ({ ...form, description });
