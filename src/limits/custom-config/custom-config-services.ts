import { forbidden } from "../../diagnostics/finding.ts";
import { parseService } from "../../mapping/service-address.ts";
import { customDocuments } from "../../rules/custom-documents.ts";
import { allowedList, isAmongIn } from "../allowance.ts";
import type { Limit } from "../limit.ts";

const suffixes = ["", ".svc", ".svc.cluster.local"];

/**
 * Whether a host is a Service of this namespace. A name alone is: Ambassador looks for it in the namespace of its
 * Mapping, except for localhost, which is Ambassador's own pod.
 */
function isOwn(host: string, namespace: string): boolean {
  const [name = ""] = host.split(".", 1);
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) || host === "localhost") return false;
  return host === name || suffixes.some((suffix) => host === `${name}.${namespace}${suffix}`);
}

const limit: Limit = {
  id: "limits/custom-config-services",
  severity: "error",
  docs: {
    what: "A custom service is one of the own namespace, or of the others that the policy allows.",
    why: "Requests, shadowed ones too, leave for wherever a Mapping says: another team's model, or another network.",
    fix: "Name a Service of the own namespace, or ask for this host to be allowed.",
  },
  *check(input) {
    const allowed = input.limits["customConfig.externalServices"]?.value;
    if (allowed === undefined) return;
    const { namespace } = input.deployment;
    for (const { fields, label, path } of customDocuments(input)) {
      const { service } = fields;
      if (service === undefined) continue;
      const address = typeof service === "string" ? parseService(service) : { problem: "is no text" };
      const host = "problem" in address ? undefined : address.host.toLowerCase();
      if (host !== undefined && (isOwn(host, namespace) || isAmongIn(namespace, allowed, host))) continue;
      const others = allowedList(allowed, namespace);
      yield forbidden(path, service, `${label}: service is outside namespace ${namespace} (${others})`);
    }
  },
};

export default limit;
