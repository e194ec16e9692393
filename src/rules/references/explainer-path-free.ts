import { duplicate } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { subjectOf } from "../../mapping/subject.ts";
import type { SeldonDeployment } from "../../seldon/types.ts";
import type { ObjectRule } from "../rule.ts";

const suffix = "-explainer";

const explains = (deployment: SeldonDeployment | undefined): boolean =>
  deployment?.spec.predictors.some(({ explainer }) => explainer !== undefined) ?? false;

const rule: ObjectRule = {
  id: "explainer-path-free",
  topic: "references",
  severity: "warning",
  reads: ["SeldonDeployment"],
  docs: {
    what: "No deployment is called like the explainers of another: a name and -explainer.",
    why: "The explainers' paths lie below its prefix and take requests that were meant for it.",
    fix: "Rename one of the two deployments.",
  },
  *check(input) {
    const { deployment, cluster, era, settings } = input;
    const { name, namespace } = deployment;
    const hasPrefix = (other: SeldonDeployment | undefined): boolean =>
      other !== undefined && !isAttached(subjectOf(other, settings));
    if (name === undefined || !era.explainerPath?.(name, name, "p").startsWith(`${name}${suffix}`)) return;
    const path = ["metadata", "name"];
    if (
      name.endsWith(suffix) &&
      !isAttached(input) &&
      explains(cluster.find(namespace, name.slice(0, -suffix.length)))
    )
      yield duplicate(path, name, `its prefix holds the explainers of ${name.slice(0, -suffix.length)}`);
    if (explains(deployment) && hasPrefix(cluster.find(namespace, `${name}${suffix}`)))
      yield duplicate(path, name, `its explainers lie below the prefix of ${name}${suffix}`);
  },
};

export default rule;
