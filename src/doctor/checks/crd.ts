import { versions as known } from "../../seldon/api.ts";
import type { Check } from "../check.ts";
import { unreadVerdict } from "../fetched.ts";
import type { CustomResourceDefinition } from "../kubernetes.ts";
import { orOk, problem, type Verdict, warning } from "../verdict.ts";

const object = "customresourcedefinition/seldondeployments.machinelearning.seldon.io";

const check: Check = {
  id: "crd",
  what: "SeldonDeployments are known to the cluster",
  judge({ crd }) {
    if (crd.state === "unread") return [unreadVerdict(crd, object)];
    if (crd.state === "absent")
      return [problem("the CRD of Seldon Core is not installed", "Install Seldon Core first.", object)];
    const served = versionsOf(crd.value);
    return orOk(faults(crd.value), `served as ${served.join(", ")}`, object);
  },
};

const versionsOf = ({ spec }: CustomResourceDefinition): readonly string[] =>
  spec.versions.filter(({ served }) => served).map(({ name }) => name);

function* faults(crd: CustomResourceDefinition): Iterable<Verdict> {
  const { versions, preserveUnknownFields } = crd.spec;
  if (versionsOf(crd).length === 0)
    yield problem("no version is served", "Serve v1: apply the CRD of your release of Seldon Core.", object);
  const unknown = versionsOf(crd).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    yield warning(
      `serves ${unknown.join(", ")}, which this webhook does not know`,
      "Look for a later release of this webhook.",
      object,
    );
  const established = crd.status?.conditions?.find(({ type }) => type === "Established");
  if (established?.status === "False")
    yield problem(
      `not established: ${established.message}`,
      "Resolve what the condition names: kubectl describe crd seldondeployments.machinelearning.seldon.io.",
      object,
    );
  // Without a schema, or with this, the API server keeps anything, and typing errors reach the operator.
  if (preserveUnknownFields === true || versions.some(({ schema }) => schema?.openAPIV3Schema === undefined))
    yield warning(
      "keeps fields that it does not know, so that misspelt ones are not reported",
      "Apply the v1 CRD of Seldon Core 1.3 or later, which has a structural schema.",
      object,
    );
}

export default check;
