import { forbidden } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { subjectOf } from "../../mapping/subject.ts";
import { neighboursOf } from "../../routes/neighbours.ts";
import { orphans } from "../../routes/orphans.ts";
import { nameList } from "../owner-name.ts";
import type { DeletionRule } from "../rule.ts";

const rule: DeletionRule = {
  id: "deletion-unattached",
  topic: "routes",
  stage: "deletion",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A deployment to which others are attached is not deleted before them; a warning unless set otherwise.",
    why: "A shadow of nothing receives nothing, and a header route loses the plain one that it falls back to.",
    fix: "Delete or detach the attached deployments first.",
  },
  *check(input) {
    const { cluster, settings } = input;
    const { namespace, name } = input.deployment;
    if (name === undefined) return;
    const attached = [...cluster.attachedTo(namespace, name)].filter((guest) =>
      isAttached(subjectOf(guest, settings)),
    );
    const left = orphans(neighboursOf(input, input), []).map(({ owner }) => owner);
    const guests = [...attached, ...left];
    if (guests.length === 0) return;
    yield forbidden(["metadata", "name"], name, `still needed by ${nameList(guests, namespace)}`);
  },
};

export default rule;
