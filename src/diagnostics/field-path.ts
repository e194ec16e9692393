/** Where a value sits in an object: `["spec", "predictors", 1, "traffic"]`. */
export type FieldPath = readonly (string | number)[];

/** As the API server writes it: `spec.predictors[1].traffic`, `metadata.annotations[seldon.io/ambassador-id]`. */
export const formatFieldPath = (path: FieldPath): string =>
  path
    .map((part) => (typeof part === "number" || !/^\w+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");

/** As JSON Patch writes it (RFC 6901): `/spec/predictors/1/traffic`. */
export const toJsonPointer = (path: FieldPath): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Reads the pointers that Ajv reports, such as `/spec/predictors/1`, back into a path. */
export const fromJsonPointer = (pointer: string): FieldPath =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^(0|[1-9]\d*)$/.test(part) ? Number(part) : part));
