import { described, type Form, listOf, sectionOf, text } from "./form.ts";

const id = text("the value of a label", "^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$", 63);
const namespace = text("a namespace's name, without *", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 63);

/** The list of operators; `settings` are the forms of the engine's own sections. */
export const operatorsForm = (settings: Readonly<Record<string, Form>>): Form =>
  listOf(
    sectionOf(
      {
        controllerId: described(
          id,
          "its `CONTROLLER_ID`: it takes objects whose label `seldon.io/controller-id` is this; left out: those without",
        ),
        namespaces: described(
          { ...listOf(namespace, ""), uniqueItems: true },
          "namespaces that have such an operator of their own; left out: it takes objects of all others",
        ),
        ...settings,
      },
      {
        description: "any of the settings from `carrier` on, where they differ for this operator",
        form: "an entry of operators with controllerId or namespaces",
        anyOf: [{ required: ["controllerId"] }, { required: ["namespaces"] }],
      },
    ),
    "operators that share the cluster, and their settings",
  );
