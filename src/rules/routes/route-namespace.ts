import type { ClusterView } from "../../cluster/view.ts";
import { forbidden } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const hasDeployments = (cluster: ClusterView, namespace: string): boolean => {
  for (const _ of cluster.inNamespace(namespace)) return true;
  return false;
};

const rule: ObjectRule = {
  id: "route-namespace",
  topic: "routes",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A custom prefix does not lie below /seldon/ and the name of another namespace with deployments.",
    why: "Routes of that namespace are made there, and the custom one would take their requests.",
    fix: "Use a prefix below /seldon/ and the own namespace, or one outside /seldon/.",
  },
  *check(input) {
    const { deployment, cluster } = input;
    for (const { isCustom, fields, source } of input.neighbours().own) {
      const [, namespace] = /^\/seldon\/([^/]+)\//.exec(String(fields.prefix)) ?? [];
      if (!isCustom || namespace === undefined || namespace === deployment.namespace) continue;
      // In single-namespace mode the second part of a prefix may be the name of a deployment over here.
      const isName = input.settings.seldon.singleNamespace && cluster.find(deployment.namespace, namespace);
      if (!isName && hasDeployments(cluster, namespace))
        yield forbidden(source, fields.prefix, "the prefix belongs to another namespace");
    }
  },
};

export default rule;
