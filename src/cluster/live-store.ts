import { deploymentKey } from "../seldon/types.ts";
import { DeploymentIndex } from "./deployment-index.ts";
import { Pool } from "./intern.ts";
import { identityOf, type ProjectedDeployment, project } from "./projection.ts";
import type { ClusterView } from "./view.ts";

/** The deployments as last heard of. Whole objects go in; nothing of them but the projection stays. */
export class LiveStore {
  readonly #index = new DeploymentIndex();
  readonly #pool = new Pool();

  get view(): ClusterView {
    return this.#index;
  }

  get size(): number {
    return this.#index.size;
  }

  all(): Iterable<ProjectedDeployment> {
    // Only projections are ever put into this index.
    return this.#index.all() as Iterable<ProjectedDeployment>;
  }

  put(raw: unknown): void {
    const deployment = project(raw, this.#pool);
    if (deployment !== undefined) this.#index.put(deployment);
  }

  remove(raw: unknown): void {
    const identity = identityOf(raw);
    if (identity !== undefined) this.#index.remove(identity.namespace, identity.name);
  }

  /** Begins a full list. Nothing changes before its `apply`. */
  sweep(): Sweep {
    return new Sweep(this.#index, this.#pool);
  }
}

/**
 * A full list on its way. What it changes is collected and done in one go, so that no reader ever sees a part of
 * it; what is known already in the same state is not kept twice.
 */
class Sweep {
  readonly #index: DeploymentIndex;
  readonly #pool: Pool;
  readonly #listed = new Set<string>();
  #changed: ProjectedDeployment[] = [];

  constructor(index: DeploymentIndex, pool: Pool) {
    this.#index = index;
    this.#pool = pool;
  }

  see(raw: unknown): void {
    const identity = identityOf(raw);
    if (identity === undefined) return;
    const { namespace, name, resourceVersion } = identity;
    this.#listed.add(deploymentKey(namespace, name));
    // Only projections are ever put into this index.
    const known = this.#index.find(namespace, name) as ProjectedDeployment | undefined;
    if (known?.resourceVersion === resourceVersion) return;
    const deployment = project(raw, this.#pool);
    if (deployment !== undefined) this.#changed.push(deployment);
  }

  apply(): void {
    for (const { namespace, name } of [...this.#index.all()])
      if (name !== undefined && !this.#listed.has(deploymentKey(namespace, name)))
        this.#index.remove(namespace, name);
    for (const deployment of this.#changed) this.#index.put(deployment);
    this.#changed = [];
  }
}
