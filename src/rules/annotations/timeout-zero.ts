import { invalid } from "../../diagnostics/finding.ts";
import { readAnnotation } from "../../seldon/annotations.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "timeout-zero",
  topic: "annotations",
  severity: "warning",
  reads: [],
  docs: {
    what: "A timeout of 0 means that Ambassador waits without end.",
    why: "A model that hangs then holds its connections until the client gives up.",
    fix: "Write a timeout in milliseconds, or keep 0 if that is meant.",
  },
  *check({ deployment, era }) {
    for (const key of [era.timeoutAnnotations.rest, era.timeoutAnnotations.grpc]) {
      const found = readAnnotation(deployment, key, era);
      if (found && /^0+$/.test(found.value))
        yield invalid(found.path, found.value, "0 means no timeout at all");
    }
  },
};

export default rule;
