import { notFound } from "../../diagnostics/finding.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { isAttached } from "../../mapping/join.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import { problemFindings } from "../problem-findings.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "service-name-exists",
  topic: "references",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "The deployment that seldon.io/ambassador-service-name names exists in the same namespace.",
    why: "A shadow of nothing receives nothing, and a header route of nothing is reached by nobody who asks.",
    fix: "Apply the target first, or before it in the same file, or correct the name.",
  },
  *check(input) {
    const { deployment, era, routing, cluster, dryRun, configuration } = input;
    if (configuration.custom) return;
    yield* problemFindings(input, "service-name");
    const { namespace } = deployment;
    const name = routing.serviceName;
    if (!isAttached(input) || name === undefined || cluster.find(namespace, name)) return;
    const names = [...cluster.inNamespace(namespace)].flatMap((other) => other.name ?? []);
    const meant = nearest(
      name,
      names.filter((other) => other !== deployment.name),
    );
    const message = `no SeldonDeployment ${name} in namespace ${namespace}`;
    yield notFound(
      readAnnotation(deployment, keys.serviceName, era)?.path ?? [],
      name,
      meant === undefined ? message : `${message}; did you mean ${meant}`,
      // GitOps tools dry-run a target and its shadow as a set, before either exists.
      dryRun ? { severity: "warning" } : {},
    );
  },
};

export default rule;
