import { forbidden } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import type { MappingFields } from "../../mapping/types.ts";
import { customDocuments } from "../../rules/custom-documents.ts";
import { allowedList, isAmongIn } from "../allowance.ts";
import type { Limit } from "../limit.ts";

/** The REST prefix of the names by which a gRPC route is found: its own prefix is the same for all deployments. */
function namedPrefix({ headers }: MappingFields): string | undefined {
  const { seldon, namespace } = isMap(headers) ? headers : ({} as MappingFields);
  const isNamed = typeof seldon === "string" && typeof namespace === "string";
  return isNamed && !/[/*]/.test(seldon + namespace) ? `/seldon/${namespace}/${seldon}/` : undefined;
}

/** Whether globs allow a prefix. An expression may match more than a glob shows: it must stand there as it is. */
function isAllowed(fields: MappingFields, globs: readonly string[], namespace: string): boolean {
  const { prefix, prefix_regex: isRegex } = fields;
  const named = namedPrefix(fields);
  if (named !== undefined && isAmongIn(namespace, globs, named)) return true;
  if (typeof prefix !== "string") return false;
  if (isRegex === true) return globs.some((glob) => glob === "*" || glob === prefix);
  return isAmongIn(namespace, globs, prefix);
}

const limit: Limit = {
  id: "limits/custom-config-prefixes",
  severity: "error",
  docs: {
    what: "The prefixes of custom Mappings are those that the policy allows, such as the namespace's own.",
    why: "Ambassador takes any prefix from anybody: one Mapping for / answers for every other team.",
    fix: "Use a prefix that is allowed, such as one below /seldon/ and the own namespace.",
  },
  *check(input) {
    const allowed = input.limits["customConfig.prefixes"]?.value;
    if (allowed === undefined) return;
    const { namespace } = input.deployment;
    for (const { fields, label, path } of customDocuments(input)) {
      if (fields.kind !== "Mapping" && fields.prefix === undefined) continue;
      if (!isAllowed(fields, allowed, namespace))
        yield forbidden(
          path,
          fields.prefix ?? "",
          `${label}: prefix is not allowed (${allowedList(allowed, namespace)})`,
        );
    }
  },
};

export default limit;
