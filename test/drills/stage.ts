import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ApiClient } from "../../src/cluster/live-client.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { installCrd } from "../control-plane/crd.ts";
import { kubeconfigText } from "../control-plane/credentials.ts";
import type { Json } from "../support/deployment.ts";
import { applyRights, bundles, configurationsFor, secretName, webhookName } from "../support/replicas.ts";
import { clientOf, run, until } from "../support/seldon-cluster.ts";
import { Balancer } from "./balancer.ts";
import { launchReplica, type Replica, type ReplicaPlan } from "./replica.ts";

/** Who writes the caBundle: the replicas, or whoever is in cert-manager's place. */
export type Certificates = { readonly flags: readonly string[]; readonly caBundle?: string };

/** How the replicas of a drill are started. */
export interface Cast extends Certificates {
  readonly nodeFlags?: readonly string[];
  readonly drainSeconds: number;
}

const replicaCount = 3;
/** A busy machine may take so long for what takes a second elsewhere. */
const patienceMs = 180_000;

const kinds = ["mutating", "validating"] as const;
export const configurationPath = (kind: (typeof kinds)[number]): string =>
  `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${webhookName}`;

/** A cluster whose API server asks a few replicas behind one address. */
export class Stage {
  readonly plane: ControlPlane;
  readonly client: ApiClient;
  readonly balancer: Balancer;
  /** Those that serve now. */
  readonly replicas: Replica[] = [];
  /** Takes what a drill writes. */
  readonly folder: string;
  #launched = 0;
  readonly #kubeconfig: string;
  #cast: Cast = { flags: [], drainSeconds: 0 };

  private constructor(plane: ControlPlane, balancer: Balancer, kubeconfig: string) {
    this.plane = plane;
    this.balancer = balancer;
    this.client = clientOf(plane);
    this.folder = dirname(plane.kubeconfig);
    this.#kubeconfig = kubeconfig;
  }

  /** Installs what pods of the shipped Deployment live by, and the balancer. */
  static async set(plane: ControlPlane): Promise<Stage> {
    await installCrd(plane.kubectl);
    await applyRights(plane);
    const token = (await run(plane, `-n ${webhookName} create token ${webhookName}`)).trim();
    const kubeconfig = join(dirname(plane.kubeconfig), "replicas.kubeconfig");
    writeFileSync(kubeconfig, kubeconfigText(plane.url, { ca: plane.ca, token }), { mode: 0o600 });
    return new Stage(plane, await Balancer.start(), kubeconfig);
  }

  /** Starts all replicas on a cluster that knows nothing of them, and has the API server call them. */
  async open(cast: Cast): Promise<void> {
    this.#cast = cast;
    for (const kind of kinds)
      await run(this.plane, `delete ${kind}webhookconfiguration ${webhookName} --ignore-not-found`);
    await run(this.plane, `-n ${webhookName} delete secret ${secretName} --ignore-not-found`);
    await Promise.all(Array.from({ length: replicaCount }, () => this.start()));
    for (const configuration of configurationsFor(this.balancer.port))
      await run(this.plane, "apply -f -", failingClosed(configuration, cast.caBundle));
    await until(
      "caBundle is written",
      async () => (await bundles(this.plane)).every((each) => each !== ""),
      patienceMs,
    );
    await this.allServe();
  }

  /** Starts one more, like the others unless it is to differ, and waits until it is sent calls. */
  async start(other: Partial<ReplicaPlan> = {}): Promise<Replica> {
    const { flags, nodeFlags = [], drainSeconds } = this.#cast;
    const given = [`--kubeconfig=${this.#kubeconfig}`, `--drain-seconds=${drainSeconds}`, ...flags];
    const name = `replica-${++this.#launched}`;
    const replica = await launchReplica({ name, folder: this.folder, flags: given, nodeFlags, ...other });
    this.replicas.push(replica);
    this.balancer.add(replica);
    await until(`${name} is sent calls`, () => this.#isSent(replica), patienceMs);
    return replica;
  }

  /** Waits until every replica is sent calls. */
  async allServe(): Promise<void> {
    await until(
      "all replicas are ready",
      () => this.replicas.every((each) => this.balancer.sends(each)),
      patienceMs,
    );
  }

  /** Ends one as a kubelet does, which waits for it. */
  async retire(replica: Replica): Promise<void> {
    await replica.stop("SIGTERM");
    this.forget(replica);
    if (replica.ended !== "exit code 0") throw new Error(`${replica.name} ended by ${replica.ended}`);
  }

  /** Neither sends it calls nor counts it among the replicas. */
  forget(replica: Replica): void {
    this.balancer.remove(replica);
    this.replicas.splice(this.replicas.indexOf(replica), 1);
  }

  /** Ends all replicas. */
  async close(): Promise<void> {
    await Promise.all([...this.replicas].map((replica) => this.retire(replica)));
  }

  /** Leaves nothing, whatever happened. */
  async strike(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop("SIGKILL")));
    await this.balancer.stop();
  }

  #isSent(replica: Replica): boolean {
    if (replica.ended !== undefined)
      throw new Error(`${replica.name} ended (${replica.ended}):\n${replica.log()}`);
    return this.balancer.sends(replica);
  }
}

/** No call may be lost, and none fails for being slow. */
function failingClosed(configuration: Json, caBundle: string | undefined): Json {
  const webhooks = configuration.webhooks.map(({ clientConfig, ...hook }: Json) => ({
    ...hook,
    failurePolicy: "Fail",
    timeoutSeconds: 30,
    clientConfig: {
      ...clientConfig,
      ...(caBundle === undefined ? {} : { caBundle: Buffer.from(caBundle).toString("base64") }),
    },
  }));
  return { ...configuration, webhooks };
}
