import { forbidden } from "../../diagnostics/finding.ts";
import { isAttached } from "../../mapping/join.ts";
import { subjectOf } from "../../mapping/subject.ts";
import type { DeletionRule } from "../rule.ts";

const maxNamed = 3;

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
  *check({ deployment, cluster, settings }) {
    const { namespace, name } = deployment;
    if (name === undefined) return;
    const guests = [...cluster.attachedTo(namespace, name)].filter((guest) =>
      isAttached(subjectOf(guest, settings)),
    );
    if (guests.length === 0) return;
    const names = guests.slice(0, maxNamed).map((guest) => guest.name);
    const more = guests.length > maxNamed ? ` and ${guests.length - maxNamed} more` : "";
    const softened = settings.deletionSeverity === "warning" ? { severity: "warning" as const } : {};
    yield forbidden(["metadata", "name"], name, `${names.join(", ")}${more} are attached to it`, softened);
  },
};

export default rule;
