import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { type CreatedService, svcNameAnnotation } from "../../seldon/services.ts";
import type { ObjectRule } from "../rule.ts";

/** RFC 1035, as the API server checks the names of Services. */
const label = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

const labelStart = /^[a-z][-a-z0-9]*$/;

const toFinding = ({ name, kind, path }: CreatedService): Finding =>
  invalid(path, name, `the ${kind} Service cannot have this name`);

const rule: ObjectRule = {
  id: "service-dns-label",
  topic: "names",
  severity: "error",
  reads: [],
  docs: {
    what: "Every Service that the operator will create has a name that Kubernetes accepts.",
    why: "The API server refuses the Service, the operator retries forever, and the route leads nowhere.",
    fix: "Use lower-case letters, digits and dashes, a letter first, no dash last, at most 63 characters in all.",
  },
  *check({ deployment, services }) {
    const wrong = services.filter(({ name }) => !label.test(name));
    const named = wrong.filter((service) => service.path.at(-1) === svcNameAnnotation);
    const derived = wrong.filter((service) => service.path.at(-1) !== svcNameAnnotation);
    const [first] = derived;
    if (first && !labelStart.test(deployment.name ?? ""))
      yield invalid(
        ["metadata", "name"],
        deployment.name,
        `the Service ${first.fullName} cannot have this name`,
      );
    else
      yield* derived
        .filter(({ predictor }) => deployment.spec.predictors[predictor]?.name !== "")
        .map(toFinding);
    yield* named.map(toFinding);
  },
};

export default rule;
