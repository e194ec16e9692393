import { carrierConflicts } from "../../config/conflicts.ts";
import { type EngineSettings, isTaken, settingsFor, type Taken } from "../../config/settings.ts";
import { requirementsOf } from "../../policy/labels.ts";
import { eraOf } from "../../seldon/era.ts";
import type { Check } from "../check.ts";
import type { Facts, Installation, Operator } from "../facts.ts";
import { unreadVerdict } from "../fetched.ts";
import { orOk, problem, skipped, type Verdict, warning } from "../verdict.ts";

const upgrade =
  "Set it for the operator: helm upgrade seldon-core seldon-core-operator --reuse-values --set ambassador.enabled=true --set ambassador.version=v1; or choose another carrier (README, which carrier).";

const check: Check = {
  id: "operator",
  what: "Seldon's operator is set as the webhook takes it to be",
  judge({ workloads, installations }) {
    if (workloads.state === "unread") return [unreadVerdict(workloads)];
    const operators = workloads.state === "read" ? workloads.value.operators : [];
    if (operators.length === 0)
      return [
        warning(
          "Seldon's operator was not found: no workload is labelled control-plane=seldon-controller-manager or has AMBASSADOR_ENABLED in its environment",
          "Make sure that it runs with ambassador.enabled=true and ambassador.version=v1.",
        ),
      ];
    return operators.flatMap((operator) => judgeOperator(operator, installations));
  },
};

const idKey = "seldon.io/controller-id";

/** Whether the webhook sees objects that this operator takes, as far as the label for that tells. */
function serves({ hooks }: Installation, { controllerId }: Operator): boolean {
  if (controllerId === undefined) return true;
  const asked = hooks
    .flatMap(({ objectSelector, namespaceSelector }) => [
      ...requirementsOf(objectSelector),
      ...requirementsOf(namespaceSelector),
    ])
    .filter(({ key, operator }) => key === idKey && (operator === "In" || operator === "DoesNotExist"));
  return asked.every(({ operator, values }) =>
    operator === "In" ? values.includes(controllerId) : controllerId === "",
  );
}

function judgeOperator(operator: Operator, installations: Facts["installations"]): readonly Verdict[] {
  const mine = installations.filter((installation) => serves(installation, operator));
  if (mine.length === 0) {
    const id = operator.controllerId ? ` with controller id ${operator.controllerId}` : "";
    return [skipped(`no webhook of ours sees what the operator${id} takes`, operator.object)];
  }
  const [{ settings }] = mine as [Installation];
  const taken = takenBy(operator);
  const found = [
    ...(isTaken(settings.engine, taken) ? [] : [unlisted(operator)]),
    ...faults(operator, settingsFor(settings.engine, taken)),
  ];
  return orOk(found, described(operator), operator.object);
}

/** What its objects have in common. Where its environment does not show an id, it is taken to have none. */
const takenBy = ({ controllerId, watches = "" }: Operator): Taken => ({ namespace: watches, controllerId });

const unlisted = ({ controllerId, watches, object }: Operator): Verdict =>
  warning(
    `the policy lists operators, but none with controller id ${controllerId || "(none)"}${watches ? ` in namespace ${watches}` : ""}: the general settings hold for what it takes`,
    "List it in the policy's operators, or take away what is left of it.",
    object,
  );

const described = ({ version, mode, controllerId }: Operator): string =>
  `operator ${version}${controllerId ? ` for controller id ${controllerId}` : ""}, ambassador ${mode}`;

function* faults(operator: Operator, settings: EngineSettings): Iterable<Verdict> {
  const { object } = operator;
  const clashes = [...carrierConflicts(actual(operator, settings))];
  for (const { path, text } of clashes)
    yield problem(
      `with the carrier "${settings.carrier}" the operator is not of use: ${path}: ${text}`,
      upgrade,
      object,
    );
  const isClash = clashes.length > 0;
  yield* modeFault(operator, settings, isClash);
  yield* versionFault(operator, settings, isClash);
  for (const [key, what] of [
    ["httpPort", "ENGINE_SERVER_PORT"],
    ["grpcPort", "ENGINE_SERVER_GRPC_PORT"],
  ] as const) {
    const real = operator[key];
    if (real !== undefined && real !== settings.seldon[key])
      yield problem(
        `its ${what} is ${real}, but the webhook writes Mappings to port ${settings.seldon[key]}`,
        `Set seldon.${key} to ${real}, and run adopt.`,
        object,
      );
  }
  if (operator.singleNamespace !== undefined && operator.singleNamespace !== settings.seldon.singleNamespace)
    yield warning(
      `AMBASSADOR_SINGLE_NAMESPACE is ${operator.singleNamespace}, but the webhook is set to ${settings.seldon.singleNamespace}: the routes without the namespace differ`,
      `Set seldon.singleNamespace to ${operator.singleNamespace}, and run adopt.`,
      object,
    );
}

/** The settings as they would be if they told of the operator what is so. */
const actual = ({ version, mode }: Operator, settings: EngineSettings): EngineSettings => ({
  ...settings,
  seldon: {
    ...settings.seldon,
    operatorVersion: version ?? settings.seldon.operatorVersion,
    ambassador: mode ?? settings.seldon.ambassador,
  },
});

function* modeFault(
  { mode, object }: Operator,
  { seldon }: EngineSettings,
  isClash: boolean,
): Iterable<Verdict> {
  if (mode === undefined)
    yield warning(
      "its environment does not show whether ambassador.enabled and ambassador.version are set",
      "Make sure of ambassador.enabled=true and ambassador.version=v1.",
      object,
    );
  else if (mode !== seldon.ambassador && !isClash)
    yield warning(
      `it runs with ambassador ${mode}, but the webhook is set to ${seldon.ambassador}`,
      `Set seldon.ambassador to ${mode}.`,
      object,
    );
}

function* versionFault(
  { version, object }: Operator,
  { seldon }: EngineSettings,
  isClash: boolean,
): Iterable<Verdict> {
  if (version === undefined)
    yield warning(
      "its image's tag is no version",
      `Make sure that it is Seldon Core ${seldon.operatorVersion}, as the webhook is set to.`,
      object,
    );
  else if (!isClash && eraOf(version) !== eraOf(seldon.operatorVersion))
    yield problem(
      `it is ${version}, but the webhook is set to ${seldon.operatorVersion}, whose Services or routes have other names`,
      `Set seldon.operatorVersion to ${version.split(".").slice(0, 2).join(".")}, and run adopt.`,
      object,
    );
}

export default check;
