import { invalid } from "../../diagnostics/finding.ts";
import { operatorParsesHeaders } from "../../mapping/operator-reads.ts";
import { keys, readAnnotation } from "../../seldon/annotations.ts";
import type { InjectionRule } from "../rule.ts";

const rule: InjectionRule = {
  id: "header-operator-form",
  topic: "structure",
  stage: "injection",
  severity: "error",
  reads: [],
  docs: {
    what: "A header condition that Seldon's operator in v1 mode reads itself has exactly one colon.",
    why: "The operator cuts the text at every colon and panics when a piece is left over, for the whole cluster.",
    fix: "Write `name: value` without further colons, or let the mutating webhook inject the configuration.",
  },
  *check(input) {
    const { deployment, era, settings } = input;
    const header = readAnnotation(deployment, keys.header, era);
    if (!header?.value || settings.seldon.ambassador !== "v1" || !operatorParsesHeaders(input)) return;
    if (header.value.split(":").length !== 2)
      yield invalid(header.path, header.value, "the operator reads this itself and needs exactly one colon");
  },
};

export default rule;
