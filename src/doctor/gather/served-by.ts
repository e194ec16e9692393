import type { Behind, Served } from "../facts.ts";
import { type Fetched, unread, valueIn } from "../fetched.ts";
import { type Address, serverNameOf } from "../hooks.ts";
import type { Pod, Service } from "../kubernetes.ts";
import { servedAt } from "./served.ts";

/** From where a webhook is reached. */
export interface Surroundings {
  /** The kubeconfig of a port-forward; undefined in a pod, from which Services can be called. */
  readonly kubeconfig: string | undefined;
}

type ServiceAddress = Extract<Address, { kind: "service" }>;

/** A webhook of many replicas is asked at so many of them. */
const mostPods = 5;

/** What the webhook serves with, by whichever way leads there: of each ready pod, where pods can be told apart. */
export async function servedBy(
  address: Address,
  behind: Behind | undefined,
  { kubeconfig }: Surroundings,
): Promise<readonly Fetched<Served>[]> {
  const name = serverNameOf(address);
  if (address.kind === "url") return [await servedAt(address, name, `at ${address.host}:${address.port}`)];
  if (kubeconfig === undefined)
    return [await servedAt({ host: name, port: address.port }, name, `at ${name}:${address.port}`)];
  if (behind?.pods.state === "unread") return [behind.pods];
  const ready = (valueIn(behind?.pods) ?? []).filter(isReady).slice(0, mostPods);
  const found: Fetched<Served>[] = [];
  for (const pod of ready) {
    const port = targetPort(valueIn(behind?.service), address, pod);
    const target = { namespace: address.namespace, pod: pod.metadata?.name ?? "" };
    if (port !== undefined) found.push(await throughPod(kubeconfig, { ...target, port }, name));
  }
  return found.length > 0 ? found : [{ state: "absent" }];
}

async function throughPod(
  kubeconfig: string,
  target: { readonly namespace: string; readonly pod: string; readonly port: number },
  name: string,
): Promise<Fetched<Served>> {
  const way = `through a port-forward to pod ${target.pod}`;
  try {
    // Loaded where it is needed: the client takes longer to load than all the rest together.
    const { portForward } = await import("../../cluster/port-forward.ts");
    return await servedAt({ socket: await portForward(kubeconfig, target) }, name, way);
  } catch (error) {
    return unread(`the served certificate ${way} (${(error as Error).message})`);
  }
}

const isReady = ({ status, metadata }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;

/** The pod's port behind the Service's, by number or by name. */
export function targetPort(
  service: Service | undefined,
  { port }: Pick<ServiceAddress, "port">,
  pod: Pod | undefined,
): number | undefined {
  const target = service?.spec?.ports?.find((each) => each.port === port)?.targetPort ?? port;
  if (typeof target === "number") return target;
  return pod?.spec?.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)
    ?.containerPort;
}
