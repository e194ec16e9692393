import { customTexts } from "../mapping/configuration.ts";
import { mappingsOf, parseConfiguration } from "../mapping/custom.ts";
import { groupKey } from "../mapping/group.ts";
import { keys } from "../seldon/annotations.ts";
import { svcNameAnnotation } from "../seldon/services.ts";
import { deploymentKey, type SeldonDeployment } from "../seldon/types.ts";
import type { ClusterView } from "./view.ts";

/** Prefixes are indexed below this many of their own ancestors; nobody nests routes deeper. */
const maxDepth = 16;

/** The deployments of a cluster by all that rules ask for. Only `put` and `remove` change it. */
export class DeploymentIndex implements ClusterView {
  readonly #byKey = new Map<string, SeldonDeployment>();
  readonly #byNamespace = new Multimap();
  readonly #byTarget = new Multimap();
  readonly #byGroup = new Multimap();
  readonly #byAncestor = new Multimap();
  readonly #bySvcName = new Multimap();

  get size(): number {
    return this.#byKey.size;
  }

  /** Adds a deployment or replaces the one of its name. One on its way out is removed instead. */
  put(deployment: SeldonDeployment): void {
    const { namespace, name, deleting } = deployment;
    if (name === undefined) return;
    this.remove(namespace, name);
    if (deleting) return;
    this.#byKey.set(deploymentKey(namespace, name), deployment);
    for (const [index, entry] of this.#entries(deployment)) index.add(entry, deployment);
  }

  remove(namespace: string, name: string): void {
    const key = deploymentKey(namespace, name);
    const deployment = this.#byKey.get(key);
    if (deployment === undefined) return;
    this.#byKey.delete(key);
    for (const [index, entry] of this.#entries(deployment)) index.delete(entry, deployment);
  }

  find(namespace: string, name: string): SeldonDeployment | undefined {
    return this.#byKey.get(deploymentKey(namespace, name));
  }

  all(): Iterable<SeldonDeployment> {
    return this.#byKey.values();
  }

  inNamespace(namespace: string): Iterable<SeldonDeployment> {
    return this.#byNamespace.get(namespace);
  }

  attachedTo(namespace: string, name: string): Iterable<SeldonDeployment> {
    return this.#byTarget.get(deploymentKey(namespace, name));
  }

  routing(group: string): Iterable<SeldonDeployment> {
    return this.#byGroup.get(group);
  }

  routingBelow(prefix: string): Iterable<SeldonDeployment> {
    return this.#byAncestor.get(prefix);
  }

  namingService(namespace: string, service: string): Iterable<SeldonDeployment> {
    return this.#bySvcName.get(deploymentKey(namespace, service));
  }

  /** The same for the same deployment, so that what `put` adds `remove` finds again. */
  *#entries(deployment: SeldonDeployment): Iterable<[Multimap, string]> {
    const { namespace, name } = deployment;
    yield [this.#byNamespace, namespace];
    const target = targetName(deployment);
    if (target !== undefined && target !== name) yield [this.#byTarget, deploymentKey(namespace, target)];
    for (const predictor of deployment.spec.predictors) {
      const service = predictor.annotations.get(svcNameAnnotation);
      if (service !== undefined) yield [this.#bySvcName, deploymentKey(namespace, service)];
    }
    const { groups, ancestors } = customRoutes(deployment);
    for (const group of groups) yield [this.#byGroup, group];
    for (const ancestor of ancestors) yield [this.#byAncestor, ancestor];
  }
}

class Multimap {
  readonly #sets = new Map<string, Set<SeldonDeployment>>();

  get(key: string): Iterable<SeldonDeployment> {
    return this.#sets.get(key) ?? [];
  }

  add(key: string, value: SeldonDeployment): void {
    const set = this.#sets.get(key);
    if (set) set.add(value);
    else this.#sets.set(key, new Set([value]));
  }

  delete(key: string, value: SeldonDeployment): void {
    const set = this.#sets.get(key);
    set?.delete(value);
    if (set?.size === 0) this.#sets.delete(key);
  }
}

/** What `seldon.io/ambassador-service-name` says, the deployment itself included. */
export const targetName = ({ annotations, spec }: SeldonDeployment): string | undefined =>
  (spec.annotations.get(keys.serviceName) ?? annotations.get(keys.serviceName)) || undefined;

interface CustomRoutes {
  readonly groups: ReadonlySet<string>;
  /** Prefixes that the author's own ones begin with. */
  readonly ancestors: ReadonlySet<string>;
}

const none: CustomRoutes = { groups: new Set(), ancestors: new Set() };

function customRoutes(deployment: SeldonDeployment): CustomRoutes {
  const texts = customTexts(deployment);
  if (texts.length === 0) return none;
  const mappings = texts
    .flatMap(({ text }) => mappingsOf(parseConfiguration(text)))
    .filter(({ prefix }) => typeof prefix === "string");
  return {
    groups: new Set(mappings.map(groupKey)),
    ancestors: new Set(mappings.flatMap(({ prefix }) => ancestorsOf(String(prefix)))),
  };
}

/** `/a/`, `/` for `/a/b/`: the prefixes that end in a slash and begin it. */
export function ancestorsOf(prefix: string): readonly string[] {
  const ancestors: string[] = [];
  let end = prefix.lastIndexOf("/", prefix.length - 2);
  while (end >= 0 && ancestors.length < maxDepth) {
    ancestors.push(prefix.slice(0, end + 1));
    end = end === 0 ? -1 : prefix.lastIndexOf("/", end - 1);
  }
  return ancestors;
}
