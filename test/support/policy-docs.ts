import type { Form } from "../../src/policy-file/form.ts";
import { policyForm } from "../../src/policy-file/schema.ts";
import { policyTestForm } from "../../src/policy-test/form.ts";

/** What editors read: the form without our own words. */
function published({ form: _, ...schema }: Form): object {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === "properties") {
        const properties = Object.entries(value as Record<string, Form>);
        return [keyword, Object.fromEntries(properties.map(([key, part]) => [key, published(part)]))];
      }
      if (keyword === "anyOf") return [keyword, (value as Form[]).map(published)];
      const isPart = ["items", "additionalProperties", "propertyNames"].includes(keyword);
      return [keyword, isPart && typeof value === "object" ? published(value as Form) : value];
    }),
  );
}

const schemaText = (title: string, form: Form): string =>
  `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", title, ...published(form) }, null, 2)}\n`;

export const policySchemaText = (): string => schemaText("Policy of seldon-ambassador-webhook", policyForm);

export const policyTestSchemaText = (): string =>
  schemaText("PolicyTest of seldon-ambassador-webhook", policyTestForm);

interface Row {
  readonly path: string;
  readonly description: string;
}

function* rowsOf(path: string, form: Form): Iterable<Row> {
  if (form.description !== undefined) yield { path, description: form.description };
  const dot = path === "" ? "" : `${path}.`;
  for (const [key, part] of Object.entries(form.properties ?? {})) yield* rowsOf(`${dot}${key}`, part);
  for (const part of Object.values(form.items?.properties ?? {}).length > 0 ? [form.items ?? {}] : [])
    yield* rowsOf(`${path}[]`, part);
}

/** Settings of single operators are those that stand further down. */
const isRepeated = ({ path }: Row, rows: readonly Row[]): boolean =>
  path.startsWith("operators[].") && rows.some((row) => `operators[].${row.path}` === path);

/** A table of the README: one line per field, in the order of the schema. */
function tableOf(form: Form): string {
  const rows = [...rowsOf("", form)];
  return [
    "| field | what it says |",
    "|---|---|",
    ...rows
      .filter((row) => !isRepeated(row, rows))
      .map(({ path, description }) => `| \`${path}\` | ${description} |`),
    "",
  ].join("\n");
}

export const policyTable = (): string => tableOf(policyForm);
export const policyTestTable = (): string => tableOf(policyTestForm);
