import { forbidden } from "../../diagnostics/finding.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "custom-config-read",
  topic: "custom-config",
  severity: "error",
  reads: [],
  docs: {
    what: "A seldon.io/ambassador-config is written only where Seldon's operator reads it: in its v1 mode.",
    why: "In v2 mode, or with ambassador.enabled=false, the text reaches nobody.",
    fix: "Write it as getambassador.io/config on each predictor, or set the operator to ambassador.version=v1.",
  },
  *check({ configuration: { custom }, settings: { seldon } }) {
    if (custom === undefined || seldon.ambassador === "v1") return;
    const mode = seldon.ambassador === "v2" ? "runs in v2 mode" : "has Ambassador disabled";
    yield forbidden(custom.path, custom.text, `read by nobody: the operator ${mode}`);
  },
};

export default rule;
