import { described, type Form, listOf, mapOf, sectionOf, text } from "../policy-file/form.ts";
import { policyApiVersion } from "../policy-file/schema.ts";
import { labelKey, labelValue, namespaceName } from "../policy-file/selector-schema.ts";

/** The kind of the files that `policy test` runs. */
export const policyTestKind = "PolicyTest";

/** A lone `-` would be standard input wherever files are read. */
const path = text("the path of a file, relative to this one", "^(?!-$)[^\\n\\r\\u0000]*$", 1024);

const inline: Form = { type: "object", form: "an object" };

const either: Form = { anyOf: [path, inline], form: "the path of a file, or an object" };

const pathOrObject = (description: string): Form => described(either, description);

const line = (form: string): Form => text(form, "^[^\\n\\r]*$", 500);

const labels: Form = {
  type: "object",
  form: "a map of labels",
  additionalProperties: labelValue,
  propertyNames: labelKey,
};

/** What holds for all cases of a file, or for one of them. */
const surroundings: Readonly<Record<string, Form>> = {
  cluster: listOf(
    either,
    "what exists besides: files, folders or objects; SeldonDeployments, and Namespaces for their labels",
  ),
  namespaces: mapOf(labels, "labels by namespace; they go before those of Namespace objects", {
    propertyNames: namespaceName,
  }),
  now: described(
    text("an RFC 3339 date or time, such as 2027-01-31 or 2027-01-31T12:00:00Z"),
    "when it happens, for what expires; a date is its beginning in UTC; the time of the run, if left out",
  ),
};

const ruleId = text("the id of a rule, limit or check", "^[A-Za-z0-9./_-]+$", 200);

const expect = sectionOf(
  {
    allowed: { type: "boolean", form: "true or false", description: "whether it is admitted" },
    errors: listOf(ruleId, "the rules that deny it: exactly these, in any order"),
    warnings: listOf(ruleId, "the rules that warn: exactly these; none, if left out"),
    atLeast: {
      type: "boolean",
      form: "true or false",
      description: "`true`: other rules may be among the errors and warnings, too",
    },
    messages: listOf(
      line("one line of text"),
      "texts of which each is part of some finding's `field: message`, as kubectl prints it",
    ),
    exemption: described(line("one line of text"), "part of the reason of an exemption that must be used"),
    annotations: mapOf(
      { type: ["string", "null"], form: "text in quotes, or null" },
      "annotations of metadata after the mutation; `null`: it must not be there",
    ),
    patched: pathOrObject(
      "fields of the object after the mutation: maps as far as they are written here, lists item by item; `null`: absent",
    ),
  },
  { required: ["allowed"], description: "what must come of it" },
);

const cases = listOf(
  sectionOf(
    {
      name: described(line("one line of text"), "names the case; `--run` selects by it"),
      object: pathOrObject(
        "what is written or, for `DELETE`, deleted: a file with one SeldonDeployment, or the object",
      ),
      merge: described(
        inline,
        "what is otherwise in `object` than in its file: a JSON merge patch (RFC 7386), in which `null` removes",
      ),
      oldObject: pathOrObject("what is stored before: makes it an update"),
      operation: {
        enum: ["CREATE", "UPDATE", "DELETE"],
        form: "CREATE, UPDATE or DELETE",
        description: "`CREATE`, `UPDATE` or `DELETE`; with `oldObject` it is `UPDATE`, else `CREATE`",
      },
      namespace: described(namespaceName, "the namespace of objects that name none; `default`, if left out"),
      user: described(
        text("a user's name", undefined, 500),
        "who does it; `system:serviceaccount:namespace:name` for a service account",
      ),
      groups: listOf(text("a group's name", undefined, 500), "the user's groups"),
      dryRun: { type: "boolean", form: "true or false", description: "whether it is a dry run" },
      ...surroundings,
      expect,
    },
    { required: ["name", "object", "expect"] },
  ),
  "the cases",
);

/** Everything that a policy test may say. */
export const policyTestForm: Form = sectionOf(
  {
    apiVersion: { const: policyApiVersion, form: policyApiVersion, description: "the version of this form" },
    kind: { const: policyTestKind, form: policyTestKind, description: `\`${policyTestKind}\`` },
    metadata: sectionOf({ name: described(text("a name"), "for people") }),
    policy: described(path, "the policy, relative to this file"),
    ...surroundings,
    cases,
  },
  { required: ["apiVersion", "kind", "policy", "cases"] },
);
