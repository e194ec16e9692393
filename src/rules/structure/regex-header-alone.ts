import { required } from "../../diagnostics/finding.ts";
import { operatorParsesHeaders } from "../../mapping/operator-reads.ts";
import { annotationPath, keys, readAnnotation } from "../../seldon/annotations.ts";
import type { InjectionRule } from "../rule.ts";

const rule: InjectionRule = {
  id: "regex-header-alone",
  topic: "structure",
  stage: "injection",
  severity: "error",
  reads: [],
  docs: {
    what: "A regex-header without a header needs a configuration that keeps Seldon's operator from reading it.",
    why: "The operator panics on it, and then serves nobody in the cluster until the object is gone.",
    fix: "Set seldon.io/ambassador-header too, or let the mutating webhook inject the configuration.",
  },
  *check(input) {
    const { deployment, era } = input;
    const regexHeader = readAnnotation(deployment, keys.regexHeader, era);
    const header = readAnnotation(deployment, keys.header, era);
    if (!regexHeader?.value || header?.value || !operatorParsesHeaders(input)) return;
    yield required(
      annotationPath(regexHeader.place, keys.header),
      "a regex-header stands alone and no injected configuration replaces it",
    );
  },
};

export default rule;
