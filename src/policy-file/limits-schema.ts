import { described, type Form, listOf, sectionOf, wholeNumber } from "./form.ts";
import { namespaceFields } from "./selector-schema.ts";

const maxInteger = 2147483647;

const range = (description: string): Form =>
  sectionOf(
    {
      min: wholeNumber("the least", 0, maxInteger),
      max: wholeNumber("the most", 0, maxInteger),
    },
    { description, minProperties: 1, form: "a map with min, max or both" },
  );

const fields: Readonly<Record<string, Form>> = {
  restTimeout: range("REST timeout in ms; 0 is no timeout at all, which exceeds every `max`"),
};

const names = Object.keys(fields);

/** The list `limits` of a policy. */
export const limits = described(
  listOf(
    sectionOf(
      { ...namespaceFields, ...fields },
      {
        form: `an entry of limits with at least one of ${names.join(", ")}`,
        anyOf: names.map((field) => ({ required: [field] })),
      },
    ),
    "",
  ),
  "what SeldonDeployments may ask for; each is a rule `limits/…`, an error by itself",
);
