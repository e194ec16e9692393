import { described, type Form, listOf, mapOf, sectionOf, text } from "./form.ts";

const label = "[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?";
/** The name of a label, or of an annotation. */
export const labelKey = text(
  "a label's name",
  `^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?${label}$`,
  317,
);
export const labelValue: Form = {
  type: "string",
  maxLength: 63,
  pattern: `^(${label})?$`,
  form: "a label's value, as text",
};

const labelSelector = (description: string): Form =>
  sectionOf(
    {
      matchLabels: mapOf(labelValue, "labels that must have these values", { propertyNames: labelKey }),
      matchExpressions: listOf(
        sectionOf(
          {
            key: described(labelKey, "the label"),
            operator: {
              enum: ["In", "NotIn", "Exists", "DoesNotExist"],
              form: "one of In, NotIn, Exists, DoesNotExist",
              description: "`In`, `NotIn`, `Exists` or `DoesNotExist`",
            },
            values: listOf(labelValue, "for `In` and `NotIn`"),
          },
          { required: ["key", "operator"] },
        ),
        "requirements on labels, as in Kubernetes",
      ),
    },
    { description, minProperties: 1, form: "a label selector with matchLabels or matchExpressions" },
  );

/** As RFC 1123 wants it. */
export const namespaceName = text("a namespace's name", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 63);

/** A namespace's name in which `*` may stand for any characters. */
const namespacePattern = text(
  "a namespace's name, or a glob with *",
  "^[a-z0-9*]([-a-z0-9*]*[a-z0-9*])?$",
  63,
);

/** The fields by which an entry says for which namespaces it is. */
export const namespaceFields: Readonly<Record<string, Form>> = {
  namespaces: listOf(namespacePattern, "names of namespaces; `*` stands for any characters"),
  namespaceSelector: labelSelector("labels of the namespace"),
};

export const objectSelector = labelSelector("labels of the SeldonDeployment");

/** Who is meant; these are the names that the API server authenticated. */
export const subjectFields: Readonly<Record<string, Form>> = {
  users: listOf(text("a user's name", undefined, 500), "users"),
  groups: listOf(text("a group's name", undefined, 500), "groups"),
  serviceAccounts: listOf(
    text("a service account, as namespace/name", "^[a-z0-9][-a-z0-9]*/[a-z0-9][-a-z0-9.]*$", 317),
    "service accounts, as `namespace/name`",
  ),
};
