import { forbidden } from "../../diagnostics/finding.ts";
import { isMap } from "../../mapping/custom.ts";
import type { MappingFields } from "../../mapping/types.ts";
import { customMappings } from "../../rules/custom-documents.ts";
import { allowedList, isAmongIn } from "../allowance.ts";
import type { Limit } from "../limit.ts";

/** Ambassador's own word for every host. */
const every = "*";

/** The hosts that a Mapping answers for; those that are no plain text stand as expressions do. */
function hostsOf({ host, hostname, host_regex: isRegex, ...fields }: MappingFields): readonly Host[] {
  const [headers, expressions] = [fields.headers, fields.regex_headers].map((map) => (isMap(map) ? map : {}));
  const named = [
    { value: host, isPlain: isRegex !== true },
    { value: hostname, isPlain: true },
    { value: headers?.[":authority"], isPlain: true },
    { value: expressions?.[":authority"], isPlain: false },
  ].filter(({ value }) => value !== undefined && value !== "" && value !== every);
  return named.length === 0 ? [{ value: every, isPlain: true }] : named;
}

interface Host {
  readonly value: unknown;
  readonly isPlain: boolean;
}

/** In this list `*` alone is not any host but every host at once; `**` is any. */
function isAllowed({ value, isPlain }: Host, globs: readonly string[], namespace: string): boolean {
  if (globs.includes("**")) return true;
  if (typeof value !== "string") return false;
  if (value === every || !isPlain) return globs.includes(value);
  return isAmongIn(
    namespace,
    globs.filter((glob) => glob !== every),
    value.toLowerCase(),
  );
}

const limit: Limit = {
  id: "limits/custom-config-hosts",
  severity: "error",
  docs: {
    what: "Custom Mappings answer for the hosts that the policy allows; one that names none is for every host.",
    why: "A Mapping takes requests from whatever host it names, also where another team's routes are served.",
    fix: "Name a host that is allowed.",
  },
  *check(input) {
    const allowed = input.limits["customConfig.hosts"]?.value;
    if (allowed === undefined) return;
    const { namespace } = input.deployment;
    for (const { fields, label, path } of customMappings(input))
      for (const host of hostsOf(fields))
        if (!isAllowed(host, allowed, namespace))
          yield forbidden(
            path,
            host.value,
            `${label}: host is not allowed (${allowedList(allowed, namespace)})`,
          );
  },
};

export default limit;
