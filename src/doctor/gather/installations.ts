import type { Behind, Installation, SettingsFound } from "../facts.ts";
import { type Fetched, read, valueIn } from "../fetched.ts";
import { type Address, addressOf, describeAddress, type Hook } from "../hooks.ts";
import type { Deployment, EndpointSlice, Pod, PodDisruptionBudget, Service } from "../kubernetes.ts";
import { noTasks } from "../rights.ts";
import type { Ruling } from "../ruling.ts";
import { selects } from "../selector.ts";
import { deployedSettings } from "./deployed-settings.ts";
import { grantedRights } from "./granted-rights.ts";
import type { Reader } from "./reader.ts";
import { type Surroundings, servedBy } from "./served-by.ts";

type ServiceAddress = Extract<Address, { kind: "service" }>;

/** What an installation is looked for with. */
export interface Search {
  readonly reader: Reader;
  readonly surroundings: Surroundings;
  /** That of the command, where a Deployment does not tell its own. */
  readonly ruling: Ruling;
}

/** The webhooks of ours by where they are called, each with everything about it that can be read. */
export async function readInstallations(
  hooks: readonly Hook[],
  search: Search,
): Promise<readonly Installation[]> {
  const places = new Map<string, { readonly address: Address; readonly hooks: Hook[] }>();
  for (const hook of hooks) {
    const address = addressOf(hook);
    if (address === undefined) continue;
    const key = `${describeAddress(address)}:${address.port}`;
    const place = places.get(key) ?? { address, hooks: [] };
    place.hooks.push(hook);
    places.set(key, place);
  }
  const installations: Installation[] = [];
  for (const place of places.values()) installations.push(await readInstallation(place, search));
  return installations;
}

async function readInstallation(
  place: Pick<Installation, "address" | "hooks">,
  search: Search,
): Promise<Installation> {
  const { address } = place;
  const { reader, surroundings } = search;
  const found = address.kind === "service" ? await readBehind(address, reader) : undefined;
  const settings = await settingsOf(found, search);
  const rights = found && (await grantedRights(found.deployments, settings.tasks, reader));
  const behind = found && rights && { ...found, rights };
  return { ...place, behind, settings, served: await servedBy(address, behind, surroundings) };
}

type Unasked = Omit<Behind, "rights">;

async function readBehind({ namespace, name }: ServiceAddress, reader: Reader): Promise<Unasked> {
  const core = `/api/v1/namespaces/${namespace}`;
  const service = await reader.get<Service>(`${core}/services/${name}`, `service ${namespace}/${name}`);
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const ofService = `${slices}?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`;
  const selector = valueIn(service)?.spec?.selector;
  const isSelected = (labels: Readonly<Record<string, string>> | undefined): boolean =>
    selector !== undefined && selects({ matchLabels: selector }, labels ?? {});
  const deployments = await reader.list<Deployment>(
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `deployments of ${namespace}`,
    ({ spec }) => isSelected(spec?.template.metadata?.labels),
  );
  const pods = await reader.list<Pod>(`${core}/pods`, `pods of ${namespace}`, ({ metadata }) =>
    isSelected(metadata?.labels),
  );
  const labels = valueIn(deployments)?.[0]?.spec?.template.metadata?.labels ?? {};
  const budgets = await reader.list<PodDisruptionBudget>(
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    `poddisruptionbudgets of ${namespace}`,
    ({ spec }) => spec?.selector !== undefined && selects(spec.selector, labels),
  );
  return {
    service,
    slices: await reader.list<EndpointSlice>(ofService, `endpointslices of ${namespace}`),
    deployments,
    pods,
    budgets,
  };
}

async function settingsOf(behind: Unasked | undefined, { reader, ruling }: Search): Promise<SettingsFound> {
  const deployment = valueIn(behind?.deployments)?.[0];
  const spec = deployment?.spec?.template.spec;
  if (spec === undefined) return { ...ruling, source: "flags", unseen: [], tasks: noTasks };
  const namespace = deployment?.metadata?.namespace ?? "";
  const readConfigMap = async (name: string): Promise<Fetched<Readonly<Record<string, string>>>> => {
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    const found = await reader.get<{ data?: Record<string, string> }>(path, `configmap ${namespace}/${name}`);
    return found.state === "read" ? read(found.value.data ?? {}) : found;
  };
  return deployedSettings(spec, { namespace, readConfigMap, fallback: ruling });
}
