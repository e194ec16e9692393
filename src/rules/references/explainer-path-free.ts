import { duplicate } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { type Subject, subjectOf } from "../../mapping/subject.ts";
import type { SeldonDeployment } from "../../seldon/types.ts";
import type { ObjectRule } from "../rule.ts";

const suffix = "-explainer";

const explains = (deployment: SeldonDeployment | undefined): boolean =>
  deployment?.spec.predictors.some(({ explainer }) => explainer !== undefined) ?? false;

/** Whether the routes of a deployment are generated, under its own name. */
const isRouted = (subject: Subject): boolean => !isAttached(subject) && !subject.configuration.custom;

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
    const found = (called: string): SeldonDeployment | undefined => {
      const other = cluster.find(namespace, called);
      return other && isRouted(subjectOf(other, settings)) ? other : undefined;
    };
    if (name === undefined || !isRouted(input)) return;
    if (!name.endsWith(suffix) && !explains(deployment)) return;
    if (!era.explainerPath?.(name, name, "p").startsWith(`${name}${suffix}`)) return;
    const path = ["metadata", "name"];
    if (name.endsWith(suffix) && explains(found(name.slice(0, -suffix.length))))
      yield duplicate(path, name, `its prefix holds the explainers of ${name.slice(0, -suffix.length)}`);
    if (explains(deployment) && found(`${name}${suffix}`))
      yield duplicate(path, name, `its explainers lie below the prefix of ${name}${suffix}`);
  },
};

export default rule;
