import { described, type Form, listOf, sectionOf, text, wholeNumber } from "./form.ts";
import { labelKey, namespaceFields } from "./selector-schema.ts";

const maxInteger = 2147483647;

const part = (properties: Readonly<Record<string, Form>>, description?: string): Form =>
  sectionOf(properties, {
    ...(description && { description }),
    minProperties: 1,
    form: `a map with at least one of ${Object.keys(properties).join(", ")}`,
  });

const range = (description: string): Form =>
  part(
    { min: wholeNumber("the least", 0, maxInteger), max: wholeNumber("the most", 0, maxInteger) },
    description,
  );

/** More are hardly meant, and each is compared with each of an author's documents. */
const mostGlobs = 1000;

/** Unlike other lists it may be empty: then nothing is allowed. */
const globs = (form: string, description: string): Form => ({
  type: "array",
  maxItems: mostGlobs,
  form: `a list of at most ${mostGlobs}`,
  description,
  items: text(form, "^[^\\n\\r]*$"),
});

const requirements = (what: string): Form => ({
  type: "array",
  maxItems: 100,
  form: "a list of at most 100",
  description: `${what} that every SeldonDeployment has; an empty list asks for none`,
  items: sectionOf(
    {
      key: described(labelKey, "its name"),
      pattern: described(
        text("an expression", undefined, 500),
        "RE2, for the whole value; without it any value that is not empty",
      ),
    },
    { required: ["key"], form: "a map with key, and perhaps pattern" },
  ),
});

const ids = (description: string): Form => globs("an ambassador id, or a glob with *", description);

const fields: Readonly<Record<string, Form>> = {
  ambassadorIds: part({
    known: ids("ids that Ambassadors answer to: any other is a dangling reference; globs"),
    allowed: ids("ids that may be used here; who names none has `default`; globs"),
    required: ids("ids that every route here must be for, each of them; an annotation holds one"),
  }),
  restTimeout: range("REST timeout in ms, the operator's 3000 where nobody says one; 0 is endless"),
  grpcTimeout: range("gRPC timeout in ms, the operator's 3000 where nobody says one; 0 is endless"),
  retries: range("retries of a route"),
  canary: part({
    maxStep: wholeNumber("points by which a share of the requests may move in one update", 0, 100),
    maxFirstShare: wholeNumber("percent that a new predictor, or a new guest of a route, may get", 0, 100),
  }),
  requiredLabels: requirements("labels"),
  requiredAnnotations: requirements("annotations"),
  customConfig: part(
    {
      kinds: globs("a kind, or a glob with *", "kinds of documents; an empty list allows none at all"),
      prefixes: globs(
        "a prefix, in which * stands for any characters and {namespace} for the own namespace",
        "prefixes of Mappings, such as `/seldon/{namespace}/*`; a gRPC route counts as the REST prefix of the names in its headers",
      ),
      externalServices: globs(
        "a host, in which * stands for any characters and {namespace} for the own namespace",
        "hosts outside the own namespace that a `service` may name; an empty list allows none",
      ),
      hosts: globs(
        "a host, in which * stands for any characters and {namespace} for the own namespace",
        "hosts of Mappings; `*` alone is a Mapping for every host, as one is that names none; `**` is any",
      ),
    },
    "of documents that authors write themselves",
  ),
};

const names = Object.keys(fields);

/** The list `limits` of a policy. */
export const limits = listOf(
  sectionOf(
    { ...namespaceFields, ...fields },
    {
      form: `an entry of limits with at least one of ${names.join(", ")}`,
      anyOf: names.map((field) => ({ required: [field] })),
    },
  ),
  "what SeldonDeployments may ask for; each limit is a rule `limits/…`, an error unless `rules` say otherwise",
);
