import { deploymentKey, type SeldonDeployment } from "../seldon/types.ts";
import { DeploymentIndex } from "./deployment-index.ts";
import { Pool } from "./intern.ts";
import { identityOf, type ProjectedDeployment, project } from "./projection.ts";
import type { ClusterView } from "./view.ts";

type Named = Pick<ProjectedDeployment, "namespace" | "name">;

/** What became of one deployment: it came, changed or went. */
export interface Change {
  readonly before: SeldonDeployment | undefined;
  readonly after: SeldonDeployment | undefined;
}

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

  /** What this changed; undefined for what is no object of the API server. */
  put(raw: unknown): Change | undefined {
    const deployment = project(raw, this.#pool);
    return deployment && replace(this.#index, deployment);
  }

  /** What this changed; undefined for what is no object of the API server. */
  remove(raw: unknown): Change | undefined {
    const identity = identityOf(raw);
    return identity && forget(this.#index, identity);
  }

  /** Begins a full list. Nothing changes before its `apply`. */
  sweep(): Sweep {
    return new Sweep(this.#index, this.#pool);
  }
}

function replace(index: DeploymentIndex, deployment: ProjectedDeployment): Change {
  const { namespace, name } = deployment;
  const before = index.find(namespace, name);
  index.put(deployment);
  return { before, after: index.find(namespace, name) };
}

function forget(index: DeploymentIndex, { namespace, name }: Named): Change {
  const before = index.find(namespace, name);
  index.remove(namespace, name);
  return { before, after: undefined };
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

  /** What it changed in all. */
  apply(): readonly Change[] {
    const changes: Change[] = [];
    for (const { namespace, name } of [...this.#index.all()])
      if (name !== undefined && !this.#listed.has(deploymentKey(namespace, name)))
        changes.push(forget(this.#index, { namespace, name }));
    for (const deployment of this.#changed) changes.push(replace(this.#index, deployment));
    this.#changed = [];
    return changes;
  }
}
