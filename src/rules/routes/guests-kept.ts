import { isDeepStrictEqual } from "node:util";
import { invalid } from "../../diagnostics/finding.ts";
import { digestOf } from "../../mapping/injection.ts";
import { groupOn, isAttached, isServedWith, routesPlainly } from "../../mapping/join.ts";
import { type Subject, subjectOf } from "../../mapping/subject.ts";
import { neighboursOf } from "../../routes/neighbours.ts";
import { orphans } from "../../routes/orphans.ts";
import { nameList } from "../owner-name.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** More of those attached are not looked at: the list would not fit into one warning. */
const maxGuests = 50;

type Effect = "cut off" | "outdated";

/** What a change of the target does to one that is attached to it. */
function effect(guest: Subject, before: Subject, now: Subject): Effect | undefined {
  if (!isAttached(before) && isAttached(now)) return "cut off";
  if (isServedWith(guest, before) && !isServedWith(guest, now)) return "cut off";
  if (!guest.routing.shadow)
    return routesPlainly(before) && !routesPlainly(now) ? "cut off" : prefixChange(before, now);
  const [was, is] = [groupOn(before, guest), groupOn(now, guest)];
  if (isDeepStrictEqual(was, is)) return prefixChange(before, now);
  return is === undefined ? "cut off" : "outdated";
}

/** Another operator may have another host, or no gRPC. */
const prefixChange = ({ settings: before }: Subject, { settings: now }: Subject): Effect | undefined =>
  before.ambassador.hostname === now.ambassador.hostname && before.ambassador.grpc === now.ambassador.grpc
    ? undefined
    : "outdated";

/** Those whose shadows would mirror nothing; not all of them are attached: a custom one need not be. */
const shadowsLost = (previous: Subject, input: RuleInput) =>
  orphans(neighboursOf(previous, input), input.neighbours().own).map(({ owner }) => owner);

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
    const { namespace, name } = deployment;
    if (previous === undefined || name === undefined) return;
    // What guests depend on is all in the routing fields, and in the settings of the operator.
    if (previous.settings === settings && digestOf(previous) === digestOf(input)) return;
    const guests = [...cluster.attachedTo(namespace, name)]
      .slice(0, maxGuests)
      .map((guest) => subjectOf(guest, settings))
      .filter(isAttached);
    const by = (wanted: Effect) =>
      guests.filter((guest) => effect(guest, previous, input) === wanted).map((guest) => guest.deployment);
    const attached = new Set(guests.map((guest) => guest.deployment.name));
    const orphaned = shadowsLost(previous, input).filter(
      (owner) => owner.namespace !== namespace || !attached.has(owner.name),
    );
    const [cutOff, outdated] = [[...by("cut off"), ...orphaned], by("outdated")];
    const path = ["metadata", "name"];
    if (cutOff.length > 0) yield invalid(path, name, `this change cuts off ${nameList(cutOff, namespace)}`);
    if (outdated.length > 0)
      yield invalid(path, name, `the text of ${nameList(outdated, namespace)} must be renewed`);
  },
};

export default rule;
