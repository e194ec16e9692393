import { isDeepStrictEqual } from "node:util";
import { invalid } from "../../diagnostics/finding.ts";
import { groupOn, isAttached, routesPlainly } from "../../mapping/join.ts";
import { type Subject, subjectOf } from "../../mapping/subject.ts";
import type { ObjectRule } from "../rule.ts";

/** More of those attached are not looked at: the list would not fit into one warning. */
const maxGuests = 50;
const maxNamed = 3;

type Effect = "cut off" | "outdated";

/** What a change of the target does to one that is attached to it. */
function effect(guest: Subject, before: Subject, now: Subject): Effect | undefined {
  if (!isAttached(before) && isAttached(now)) return "cut off";
  const sameId = (target: Subject) =>
    (target.routing.ambassadorId ?? "") === (guest.routing.ambassadorId ?? "");
  if (!now.custom && sameId(before) && !sameId(now)) return "cut off";
  if (!guest.routing.shadow) return routesPlainly(before) && !routesPlainly(now) ? "cut off" : undefined;
  const [was, is] = [groupOn(before, guest), groupOn(now, guest)];
  if (isDeepStrictEqual(was, is)) return undefined;
  return is === undefined ? "cut off" : "outdated";
}

function names(guests: readonly Subject[]): string {
  const listed = guests.slice(0, maxNamed).map(({ deployment }) => deployment.name);
  return guests.length > maxNamed ? `${listed.join(", ")}, …` : listed.join(", ");
}

const rule: ObjectRule = {
  id: "guests-kept",
  topic: "routes",
  severity: "warning",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A change of a deployment keeps the routes of those that are attached to it.",
    why: "Their text repeats headers and circuit breakers of this one, and is renewed only when they are written.",
    fix: "Apply the attached deployments again, or change them with it.",
  },
  *check(input) {
    const { previous, deployment, cluster, settings } = input;
    if (previous === undefined || deployment.name === undefined) return;
    const guests = [...cluster.attachedTo(deployment.namespace, deployment.name)]
      .slice(0, maxGuests)
      .map((guest) => subjectOf(guest, settings))
      .filter(isAttached);
    const by = (wanted: Effect) => guests.filter((guest) => effect(guest, previous, input) === wanted);
    const [cutOff, outdated] = [by("cut off"), by("outdated")];
    const path = ["metadata", "name"];
    if (cutOff.length > 0) yield invalid(path, deployment.name, `this change cuts off ${names(cutOff)}`);
    if (outdated.length > 0)
      yield invalid(path, deployment.name, `the text of ${names(outdated)} must be renewed`);
  },
};

export default rule;
