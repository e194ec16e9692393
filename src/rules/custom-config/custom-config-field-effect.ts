import { type FieldPath, formatFieldPath } from "../../diagnostics/field-path.ts";
import { invalid } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import type { MappingFields } from "../../mapping/types.ts";
import { customDocuments, type NamedDocument } from "../custom-documents.ts";
import { writtenPath } from "../field-words.ts";
import type { ObjectRule } from "../rule.ts";

interface Idle {
  readonly path: FieldPath;
  readonly value: unknown;
  readonly message: string;
}

function* ids({ ambassador_id: id }: MappingFields): Iterable<Idle> {
  const path = ["ambassador_id"];
  if (id === "" || (Array.isArray(id) && id.includes("")))
    yield { path, value: id, message: '"" matches nobody' };
  else if (typeof id === "string" && id.includes(","))
    yield { path, value: id, message: "one id, not a list" };
}

function* mappingFields(fields: MappingFields): Iterable<Idle> {
  const { retry_policy: retries, load_balancer: balancer, resolver, headers } = fields;
  if (isMap(retries) && retries.retry_on === undefined)
    yield { path: ["retry_policy"], value: retries, message: "idle without retry_on" };
  if (isMap(balancer) && balancer.policy !== "round_robin" && resolver === undefined)
    yield { path: ["load_balancer"], value: balancer, message: "needs an endpoint resolver" };
  if (fields.apiVersion !== "getambassador.io/v3alpha1" || !isMap(headers)) return;
  for (const [name, value] of Object.entries(headers))
    if (value === "*")
      yield {
        path: ["headers", name],
        value,
        message: '"*" is literal',
      };
}

const idle = ({ fields }: NamedDocument): readonly Idle[] => [
  ...ids(fields),
  ...(fields.kind === "Mapping" ? mappingFields(fields) : []),
];

const rule: ObjectRule = {
  id: "custom-config-field-effect",
  topic: "custom-config",
  severity: "warning",
  reads: [],
  docs: {
    what: "The fields of custom documents have the effect that they seem to ask for.",
    why: "An id that no Ambassador has, retries without a condition and the like are accepted and do nothing.",
    fix: 'Complete the field, or remove it; presence of a header is regex_headers ".*" in v3alpha1.',
  },
  *check(input) {
    for (const document of customDocuments(input))
      for (const { path, value, message } of idle(document)) {
        const field = formatFieldPath(writtenPath(document, path));
        yield invalid(document.path, value, `${document.label}: ${field}: ${message}`);
      }
  },
};

export default rule;
