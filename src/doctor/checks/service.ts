import type { Check } from "../check.ts";
import type { Behind, Installation } from "../facts.ts";
import { unreadVerdict, valueIn } from "../fetched.ts";
import { type Address, describeAddress } from "../hooks.ts";
import type { EndpointSlice } from "../kubernetes.ts";
import { ok, problem, skipped, type Verdict, warning } from "../verdict.ts";

type ServiceAddress = Extract<Address, { kind: "service" }>;

const check: Check = {
  id: "service",
  what: "The Service that the API server calls leads to ready pods",
  judge({ installations }) {
    if (installations.length === 0) return [skipped("there is no webhook of ours")];
    return installations.flatMap(judgeInstallation);
  },
};

function judgeInstallation({ address, behind }: Installation): readonly Verdict[] {
  const object = describeAddress(address);
  if (address.kind === "url" || behind === undefined)
    return [skipped("called by URL, without a Service", object)];
  const { service } = behind;
  if (service.state === "unread") return [unreadVerdict(service, object)];
  if (service.state === "absent")
    return [
      problem(
        "does not exist: every call fails",
        "Install the webhook again, or delete the configurations that name this Service.",
        object,
      ),
    ];
  return [...portFaults(address, behind, object), ...endpointVerdicts(behind, object)];
}

function portFaults({ port }: ServiceAddress, { service }: Behind, object: string): readonly Verdict[] {
  const ports = valueIn(service)?.spec?.ports ?? [];
  if (ports.some((each) => each.port === port)) return [];
  const list = ports.map((each) => each.port).join(", ") || "none";
  return [
    problem(
      `the webhook configurations call port ${port}, but it has ${list}`,
      "Make clientConfig.service.port a port of the Service.",
      object,
    ),
  ];
}

const countIn = (slices: readonly EndpointSlice[], isWanted: (ready: boolean) => boolean): number =>
  slices
    .flatMap(({ endpoints = [] }) => endpoints)
    .filter(({ conditions }) => isWanted(conditions?.ready !== false)).length;

function endpointVerdicts({ slices }: Behind, object: string): readonly Verdict[] {
  if (slices.state === "unread") return [unreadVerdict(slices, object)];
  const found = valueIn(slices) ?? [];
  const ready = countIn(found, (isReady) => isReady);
  const waiting = countIn(found, (isReady) => !isReady);
  if (ready === 0)
    return [
      problem(
        waiting === 0
          ? "has no endpoints: its selector selects no running pod"
          : `has ${waiting} endpoints, none of them ready`,
        "See why the pods are not ready: kubectl describe pods, and /readyz?verbose of one of them.",
        object,
      ),
    ];
  if (waiting > 0)
    return [
      warning(
        `${ready} endpoints are ready, ${waiting} are not`,
        "Wait for a rollout to end, or see why: kubectl describe pods.",
        object,
      ),
    ];
  return [ok(`${ready} ready endpoint${ready === 1 ? "" : "s"}`, object)];
}

export default check;
