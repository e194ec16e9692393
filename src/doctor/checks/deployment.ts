import type { Check } from "../check.ts";
import type { Behind, Installation } from "../facts.ts";
import { unreadVerdict, valueIn } from "../fetched.ts";
import { describeAddress } from "../hooks.ts";
import type { Deployment, Pod } from "../kubernetes.ts";
import { orOk, problem, skipped, type Verdict, warning } from "../verdict.ts";

const check: Check = {
  id: "deployment",
  what: "The webhook runs, more than once, and in one version",
  judge({ installations }) {
    if (installations.length === 0) return [skipped("there is no webhook of ours")];
    return installations.flatMap(judgeInstallation);
  },
};

function judgeInstallation(installation: Installation): readonly Verdict[] {
  const { address, behind } = installation;
  const where = describeAddress(address);
  if (behind === undefined) return [skipped("called by URL: how it runs is not known", where)];
  const { deployments } = behind;
  if (deployments.state === "unread") return [unreadVerdict(deployments, where)];
  const found = valueIn(deployments) ?? [];
  if (found.length === 0)
    return [problem("no Deployment has pods that this Service selects", "Install the webhook again.", where)];
  const replicas = found.map(({ status }) => status?.availableReplicas ?? 0).join(" and ");
  return orOk(
    [
      ...found.flatMap((each) => [...faults(each)]),
      ...podFaults(found, behind, where),
      ...settingFaults(installation),
    ],
    `${replicas} replicas available, ${[...images(found, behind)].join(", ")}`,
    found.map(nameOf).join(", "),
  );
}

const nameOf = ({ metadata }: Deployment): string => `deployment/${metadata?.namespace}/${metadata?.name}`;

const images = (deployments: readonly Deployment[], { pods }: Behind): ReadonlySet<string> =>
  new Set([
    ...deployments.map(({ spec }) => spec?.template.spec?.containers[0]?.image ?? "?"),
    ...(valueIn(pods) ?? []).map(imageOf),
  ]);

const imageOf = ({ spec }: Pod): string => spec?.containers[0]?.image ?? "?";

function* faults(deployment: Deployment): Iterable<Verdict> {
  const object = nameOf(deployment);
  const { replicas = 1 } = deployment.spec ?? {};
  const { availableReplicas = 0, unavailableReplicas = 0 } = deployment.status ?? {};
  const describe = `See why: kubectl -n ${deployment.metadata?.namespace} describe deployment ${deployment.metadata?.name}.`;
  if (replicas === 0) yield problem("is scaled to 0: every call fails", "Scale it to 2 or more.", object);
  else if (availableReplicas === 0) yield problem("no replica is available", describe, object);
  else if (unavailableReplicas > 0)
    yield warning(`${unavailableReplicas} of its replicas are not available`, describe, object);
  if (replicas === 1)
    yield warning(
      "has one replica: while its pod is replaced, writes of SeldonDeployments fail",
      "Scale it to 2 or more.",
      object,
    );
}

function* podFaults(deployments: readonly Deployment[], behind: Behind, where: string): Iterable<Verdict> {
  const { pods, budgets } = behind;
  if (pods.state === "unread") yield unreadVerdict(pods, where);
  const versions = [...images(deployments, behind)].sort();
  if (versions.length > 1)
    yield warning(
      `pods of several versions answer: ${versions.join(", ")}; one may deny what another has made`,
      "Wait for the rollout to end, or see what holds it up: kubectl rollout status.",
      where,
    );
  if (budgets.state === "unread") yield unreadVerdict(budgets, where);
  if (budgets.state === "read" && budgets.value.length === 0)
    yield warning(
      "no PodDisruptionBudget: draining nodes may end all replicas at once",
      "Apply the one of manifests/base.",
      where,
    );
}

function* settingFaults({ settings, address, hooks }: Installation): Iterable<Verdict> {
  const where = describeAddress(address);
  for (const what of settings.unseen)
    yield warning(
      `its settings cannot be told: ${what}`,
      "Give doctor the settings that the webhook runs with as flags or by --config, and its policy by --policy.",
      where,
    );
  const own = settings.tasks.ownCertificates?.configuration;
  const strangers = hooks
    .map(({ configuration }) => configuration)
    .filter((each) => each.split("/")[1] !== own);
  if (own !== undefined && strangers.length > 0)
    yield problem(
      `it keeps caBundle of the configurations called ${own}, but is called by ${[...new Set(strangers)].join(", ")}`,
      "Set tls.configurationName to the name of both configurations.",
      where,
    );
}

export default check;
