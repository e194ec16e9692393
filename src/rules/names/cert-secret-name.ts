import { invalid } from "../../diagnostics/finding.ts";
import { isSubdomain } from "../../seldon/routing.ts";
import type { ObjectRule } from "../rule.ts";

const rule: ObjectRule = {
  id: "cert-secret-name",
  topic: "names",
  severity: "error",
  reads: [],
  docs: {
    what: "ssl.certSecretName can be the name of a Secret.",
    why: "Ambassador finds no certificate under any other name and sends the requests in plain text.",
    fix: "Name a Secret: lower-case letters, digits, dashes and dots, at most 253 characters.",
  },
  *check({ deployment }) {
    for (const [index, { certSecretName }] of deployment.spec.predictors.entries()) {
      // Secrets and SeldonDeployments follow the same syntax, RFC 1123 subdomains.
      if (certSecretName !== undefined && !isSubdomain(certSecretName))
        yield invalid(
          ["spec", "predictors", index, "ssl", "certSecretName"],
          certSecretName,
          "cannot be the name of a Secret",
        );
    }
  },
};

export default rule;
