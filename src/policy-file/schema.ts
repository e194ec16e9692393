import { isOfEngine, type Setting, settings } from "../config/setting.ts";
import { checks } from "./checks-schema.ts";
import { described, type Form, listOf, mapOf, sectionOf, text, wholeNumber } from "./form.ts";
import { limits } from "./limits-schema.ts";
import { operatorsForm } from "./operators-schema.ts";
import { namespaceFields, objectSelector, subjectFields } from "./selector-schema.ts";

export const policyApiVersion = "seldon-ambassador-webhook/v1alpha1";

const maxInteger = 2147483647;

/** Findings of the policy itself have a folder before their name. */
const ruleId = text("the id of a rule", "^((limits|checks)/)?[a-z0-9-]+$", 80);
const message = text("one line of at most 200 characters", "^[^\\n\\r]*$", 200);

const circuitBreakers = sectionOf(
  {
    maxConnections: wholeNumber("`…-max-connections`", 0, maxInteger),
    maxPendingRequests: wholeNumber("`…-max-pending-requests`", 0, maxInteger),
    maxRequests: wholeNumber("`…-max-requests`", 0, maxInteger),
    maxRetries: wholeNumber("`…-max-retries`", 0, maxInteger),
  },
  { description: "the annotations `seldon.io/ambassador-circuit-breakers-…`", minProperties: 1 },
);

const defaults = listOf(
  sectionOf(
    {
      ...namespaceFields,
      ambassadorId: described(text("one ambassador id"), "`seldon.io/ambassador-id`"),
      restTimeout: wholeNumber("the REST timeout in ms, by the name that the operator reads", 1, maxInteger),
      grpcTimeout: wholeNumber("the gRPC timeout in ms, by the name that the operator reads", 1, maxInteger),
      retries: wholeNumber("`seldon.io/ambassador-retries`", 0, maxInteger),
      circuitBreakers,
      annotations: mapOf(
        { type: "string", maxLength: 4096, form: "text: put it in quotes" },
        "any other annotations of metadata",
        {
          propertyNames: text(
            "an annotation's name",
            "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$",
            317,
          ),
        },
      ),
    },
    {
      form: "an entry of defaults with at least one of ambassadorId, restTimeout, grpcTimeout, retries, circuitBreakers, annotations",
      anyOf: ["ambassadorId", "restTimeout", "grpcTimeout", "retries", "circuitBreakers", "annotations"].map(
        (field) => ({ required: [field] }),
      ),
    },
  ),
  "annotations for SeldonDeployments whose authors say nothing",
);

const rules = listOf(
  sectionOf({
    ...namespaceFields,
    severity: mapOf(
      { enum: ["error", "warning", "off"], form: "error, warning or off" },
      "by rule: `error`, `warning` or `off`",
      { propertyNames: ruleId },
    ),
    locked: listOf(
      ruleId,
      "rules that no entry for some namespaces may relax; only where the entry is for all",
    ),
    references: {
      enum: ["strict", "relaxed"],
      form: "strict or relaxed",
      description:
        "`relaxed`: a target that is missing is a warning, as while a backup is restored; `strict` otherwise",
    },
    messages: mapOf(message, "by rule, or `*` for all: a sentence that ends the messages of denials", {
      propertyNames: text("the id of a rule, or *", "^(((limits|checks)/)?[a-z0-9-]+|\\*)$", 80),
    }),
  }),
  "how findings are answered",
);

const exemptions = listOf(
  sectionOf(
    {
      reason: described(message, "why; goes into the log and into audit events"),
      expires: described(
        text("an RFC 3339 date or time, such as 2027-01-31 or 2027-01-31T12:00:00Z"),
        "RFC 3339 date, which it includes (UTC), or time; never, if left out",
      ),
      ...namespaceFields,
      ...subjectFields,
      objectSelector,
      rules: listOf(ruleId, "the rules; all, if left out"),
    },
    {
      required: ["reason"],
      form: "an exemption that says for whom: namespaces, namespaceSelector, users, groups, serviceAccounts or objectSelector",
      anyOf: [...Object.keys(namespaceFields), ...Object.keys(subjectFields), "objectSelector"].map(
        (field) => ({
          required: [field],
        }),
      ),
    },
  ),
  "whose errors become warnings; all that an entry names must match",
);

const breakGlass = sectionOf(subjectFields, {
  description:
    "whose annotation `seldon-ambassador-webhook/break-glass: <reason>` on an object turns its errors into warnings",
  minProperties: 1,
  form: "a map with users, groups or serviceAccounts",
});

/** Settings that say what the engine must know; those of the process have no place in a policy. */
export const policySettings: readonly Setting[] = settings.filter(isOfEngine);

function engineSections(): Record<string, Form> {
  const root: Record<string, Form> = {};
  for (const { path, schema, form, description } of policySettings) {
    const leaf: Form = { ...schema, form, description };
    const [section = "", key] = path.split(".");
    if (key === undefined) root[section] = leaf;
    else root[section] = sectionOf({ ...root[section]?.properties, [key]: leaf });
  }
  return root;
}

/** Everything that a policy may say. A section that is not built is not in it, so that none is passed over. */
export const policyForm: Form = sectionOf(
  {
    apiVersion: { const: policyApiVersion, form: policyApiVersion, description: "the version of this form" },
    kind: { const: "Policy", form: "Policy", description: "`Policy`" },
    metadata: sectionOf({
      name: described(text("a name"), "names the policy in logs and audit events"),
    }),
    defaults,
    rules,
    limits,
    checks,
    exemptions,
    breakGlass,
    operators: operatorsForm(engineSections()),
    ...engineSections(),
  },
  { required: ["apiVersion", "kind"] },
);
