import { described, type Form, sectionOf, text } from "./form.ts";
import { namespaceFields } from "./selector-schema.ts";

/** As the library and the survey of expressions count; Kubernetes itself has no limit. */
const maxExpression = 4096;

/** Each costs time at every write and at every reload. */
const mostChecks = 250;

const expression = (description: string): Form =>
  described(
    text(`a CEL expression of at most ${maxExpression} characters`, undefined, maxExpression),
    description,
  );

const line = (description: string): Form =>
  described(text("one line of at most 200 characters", "^[^\\n\\r]*$", 200), description);

/** The list `checks` of a policy. */
export const checks: Form = {
  type: "array",
  minItems: 1,
  maxItems: mostChecks,
  form: `a list of 1 to ${mostChecks}`,
  description: "rules of your own, each the rule `checks/` and its name; all that match an object apply",
  items: sectionOf(
    {
      name: described(
        text("a name of small letters, digits and -", "^[a-z0-9]+(-[a-z0-9]+)*$", 63),
        "unique; the rule is `checks/<name>`",
      ),
      ...namespaceFields,
      when: expression("a CEL expression; where it gives false, the check does not apply"),
      expression: expression("a CEL expression that must give true"),
      message: line("what is wrong where it gives false, as a clause"),
      messageExpression: expression(
        "a CEL expression that gives the message; where it fails, or gives no line of text, `message` stands",
      ),
      field: described(
        text(
          "a field, such as spec.predictors or metadata.labels[team]",
          "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*|\\[[^\\[\\]\\r\\n]+\\])*$",
          253,
        ),
        "the field that findings point at, such as `metadata.labels[team]`; `spec`, if left out",
      ),
      fix: line("a sentence that ends the message: what to do; says where the check stands, if left out"),
      severity: {
        enum: ["error", "warning"],
        form: "error or warning",
        description: "`error`, if left out; `rules` may say otherwise",
      },
    },
    {
      required: ["name", "expression"],
      form: "a check with message or messageExpression",
      anyOf: [{ required: ["message"] }, { required: ["messageExpression"] }],
    },
  ),
};
