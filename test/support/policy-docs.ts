import type { Form } from "../../src/policy-file/form.ts";
import { policyForm } from "../../src/policy-file/schema.ts";

/** What editors read: the form without our own words. */
function published({ form: _, ...schema }: Form): object {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === "properties") {
        const properties = Object.entries(value as Record<string, Form>);
        return [keyword, Object.fromEntries(properties.map(([key, part]) => [key, published(part)]))];
      }
      const isPart = ["items", "additionalProperties", "propertyNames"].includes(keyword);
      return [keyword, isPart && typeof value === "object" ? published(value as Form) : value];
    }),
  );
}

export const policySchemaText = (): string =>
  `${JSON.stringify(
    {
      $schema: "http://json-schema.org/draft-07/schema#",
      title: "Policy of seldon-ambassador-webhook",
      ...published(policyForm),
    },
    null,
    2,
  )}\n`;

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

/** The README's table: one line per field, in the order of the schema. */
export function policyTable(): string {
  const rows = [...rowsOf("", policyForm)];
  return [
    "| field | what it says |",
    "|---|---|",
    ...rows
      .filter((row) => !isRepeated(row, rows))
      .map(({ path, description }) => `| \`${path}\` | ${description} |`),
    "",
  ].join("\n");
}
