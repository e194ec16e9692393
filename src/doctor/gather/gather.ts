import { deploymentCalls } from "../../cluster/deployment-calls.ts";
import type { ApiClient } from "../../cluster/live-client.ts";
import type { Facts, Installation } from "../facts.ts";
import { type Fetched, valueIn } from "../fetched.ts";
import { allHooks, isOurs } from "../hooks.ts";
import type {
  CustomResourceDefinition,
  MutatingWebhookConfiguration,
  Namespace,
  ValidatingWebhookConfiguration,
} from "../kubernetes.ts";
import { engineOf, labelsAmong, type Ruling, type World } from "../ruling.ts";
import { type Labels, selects } from "../selector.ts";
import { readInstallations } from "./installations.ts";
import { type EngineFor, readInventory } from "./inventory.ts";
import { readMappings } from "./mappings.ts";
import { Reader } from "./reader.ts";
import type { Surroundings } from "./served-by.ts";
import { tryOut } from "./trials.ts";
import { readWorkloads } from "./workloads.ts";

/** How the facts are gathered. */
export interface GatherOptions {
  readonly surroundings: Surroundings;
  /** What is decided by where no Deployment tells it. */
  readonly ruling: Ruling;
  /** Where the dry runs take place, and where to read deployments when not all may be read. */
  readonly namespace: string | undefined;
  readonly now: Date;
  /** Hears what is looked at. */
  tell(step: string): void;
}

const crdPath =
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/seldondeployments.machinelearning.seldon.io";
const admission = "/apis/admissionregistration.k8s.io/v1";

/**
 * Reads all that the checks judge, and makes the dry runs last. Rejects with LiveFailure when the API server cannot be
 * reached or does not know the caller; what the caller may not read is a fact of its own.
 */
export async function gather(client: ApiClient, options: GatherOptions): Promise<Facts> {
  const { surroundings, ruling, namespace, now, tell } = options;
  const reader = new Reader(client);
  tell("the CRD and the webhook configurations");
  const crd = await reader.get<CustomResourceDefinition>(crdPath, "the CRD");
  const mutating = await reader.list<MutatingWebhookConfiguration>(
    `${admission}/mutatingwebhookconfigurations`,
    "mutatingwebhookconfigurations",
  );
  const validating = await reader.list<ValidatingWebhookConfiguration>(
    `${admission}/validatingwebhookconfigurations`,
    "validatingwebhookconfigurations",
  );
  const hooks = allHooks(mutating, validating).filter(isOurs);
  tell("the webhook: its Service, Deployment, rights and certificate");
  const installations = await readInstallations(hooks, { reader, surroundings, ruling });
  tell("Seldon's operator, Ambassador and its Mappings");
  const workloads = await readWorkloads(reader);
  const mappings = await readMappings(reader);
  const namespaces = await reader.list<Namespace>("/api/v1/namespaces", "namespaces");
  tell("every SeldonDeployment");
  const world = { labelsOf: labelsAmong(namespaces), now };
  const engineFor = choiceOf(installations, namespaces, ruling, world);
  const inventory = await readInventory(deploymentCalls(client), namespace, engineFor);
  tell("two dry runs");
  const trials = await tryOut(client, { namespace, namespaces, installations, ruling, world });
  return { now, crd, mutating, validating, installations, workloads, mappings, inventory, trials };
}

/** Each object is judged by the settings and the policy of the installation that is called for it. */
function choiceOf(
  installations: readonly Installation[],
  namespaces: Fetched<readonly Namespace[]>,
  ruling: Ruling,
  world: World,
): EngineFor {
  if (installations.length === 0) return () => engineOf(ruling, world);
  const labelsOf = new Map<string, Labels>(
    (valueIn(namespaces) ?? []).map(({ metadata }) => [metadata?.name ?? "", metadata?.labels ?? {}]),
  );
  return (namespace, labels) => {
    const place = labelsOf.get(namespace) ?? { "kubernetes.io/metadata.name": namespace };
    const calls = ({ hooks }: Installation): boolean =>
      hooks.some((hook) => selects(hook.namespaceSelector, place) && selects(hook.objectSelector, labels));
    const called = installations.find(calls);
    return called && engineOf(called.settings, world);
  };
}
