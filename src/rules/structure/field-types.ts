import type { DecodingRule } from "../rule.ts";

const rule: DecodingRule = {
  id: "field-types",
  topic: "structure",
  stage: "decoding",
  severity: "error",
  reads: [],
  docs: {
    what: "Fields that routing depends on have the type that the SeldonDeployment schema gives them.",
    why: "A quoted number or a list in place of a map is refused by the API server, or read as something else.",
    fix: "Write the value in the type that the message names.",
  },
  check: (unreadable) => unreadable,
};

export default rule;
