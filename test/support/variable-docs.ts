import { requestFields, routeFields, type VariableName, variableNames } from "../../src/checks/variables.ts";

const meanings: Readonly<Record<VariableName, string>> = {
  object: "the object as it will be stored: with defaults and the injected text",
  oldObject: "the object before an update; `null` when it is created",
  request: "what is being done",
  namespaceObject: "`metadata.name` and `metadata.labels` of the namespace",
  routes:
    "what Ambassador serves for the object alone, generated or its author's, one for each Mapping and Ambassador",
};

type Fields = Readonly<Record<string, { readonly type: string; readonly meaning: string }>>;

const fieldsOf: { readonly [Name in VariableName]?: readonly [string, Fields] } = {
  request: ["request", requestFields],
  routes: ["routes[]", routeFields],
};

function* rows(): Iterable<string> {
  for (const name of variableNames) {
    yield `| \`${name}\` | ${meanings[name]} |`;
    const [lead, fields] = fieldsOf[name] ?? ["", {}];
    for (const [field, { type, meaning }] of Object.entries(fields))
      yield `| \`${lead}.${field}\`${type === "UserInfo" ? "" : `: ${type}`} | ${meaning} |`;
  }
}

/** The README's table of what expressions may read. */
export const variableTable = (): string =>
  ["| variable | what it holds |", "|---|---|", ...rows(), ""].join("\n");
