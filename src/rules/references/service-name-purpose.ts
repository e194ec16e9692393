import { invalid } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "service-name-purpose",
  topic: "references",
  severity: "error",
  reads: [],
  docs: {
    what: "A deployment attached by seldon.io/ambassador-service-name is a shadow or has a header condition.",
    why: "With neither it becomes a second main route of its target and takes half of its requests.",
    fix: "Add seldon.io/ambassador-shadow or seldon.io/ambassador-header, or make it a predictor of the target.",
  },
  *check(input) {
    const { routing, deployment, era } = input;
    const found = readAnnotation(deployment, keys.serviceName, era);
    if (!isAttached(input) || found === undefined || routing.shadow) return;
    // A condition that cannot be read is told of by its own rule, and so is an unreadable shadow.
    const asks = [keys.header, keys.regexHeader].some((key) => readAnnotation(deployment, key, era)?.value);
    if (asks || routing.weight !== undefined || routing.problems.some(({ kind }) => kind === "shadow"))
      return;
    yield invalid(found.path, found.value, `it would take half of the requests of ${found.value}`);
  },
};

export default rule;
