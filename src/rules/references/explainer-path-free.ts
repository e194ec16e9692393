import { duplicate } from "../../diagnostics/finding.ts";
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
  *check({ deployment, cluster, era }) {
    const { name, namespace } = deployment;
    if (name === undefined || !era.explainerPath?.(name, name, "p").startsWith(`${name}${suffix}`)) return;
    const path = ["metadata", "name"];
    if (name.endsWith(suffix) && explains(cluster.find(namespace, name.slice(0, -suffix.length))))
      yield duplicate(path, name, `its prefix holds the explainers of ${name.slice(0, -suffix.length)}`);
    if (explains(deployment) && cluster.find(namespace, `${name}${suffix}`))
      yield duplicate(path, name, `its explainers lie below the prefix of ${name}${suffix}`);
  },
};

export default rule;
