import type { EngineContext } from "../../admission/engine.ts";
import { judgeStored } from "../../admission/stored.ts";
import { planFor } from "../../adopt/plan.ts";
import { type Census, takeCensus, withCensus } from "../../cluster/census.ts";
import type { DeploymentCalls } from "../../cluster/deployment-calls.ts";
import { identityOf } from "../../cluster/projection.ts";
import { isMap } from "../../mapping/custom.ts";
import { NamespaceUnknown } from "../../policy/labels.ts";
import type { Inventory } from "../facts.ts";
import { type Fetched, read, unread } from "../fetched.ts";
import type { Engine } from "../ruling.ts";
import { Names } from "../words.ts";
import { asFetched } from "./reader.ts";

/** By what an object is to be judged; undefined for one that no webhook of ours selects. */
export type EngineFor = (namespace: string, labels: Readonly<Record<string, string>>) => Engine | undefined;

/** Reads all deployments, or those of a namespace where rights end there, and judges each as it is stored. */
export async function readInventory(
  calls: DeploymentCalls,
  namespace: string | undefined,
  engineFor: EngineFor,
): Promise<Fetched<Inventory>> {
  const { signal } = new AbortController();
  try {
    const take = () => takeCensus(calls, namespace, signal);
    return read(await withCensus(take, (census) => inventoryOf(census, namespace, engineFor)));
  } catch (error) {
    if (error instanceof NamespaceUnknown) return unread(labelsNeeded(error));
    return asFetched(error, "seldondeployments");
  }
}

/** What a policy must know that could not be read. */
export const labelsNeeded = ({ namespace }: NamespaceUnknown): string =>
  `the labels of namespace ${namespace}, which the policy reads`;

async function inventoryOf(
  census: Census,
  namespace: string | undefined,
  engineFor: EngineFor,
): Promise<Inventory> {
  const tally = new InventoryTally();
  const only = census.isPartial ? namespace : undefined;
  for await (const { items } of census.pages({ namespace: only }, new AbortController().signal))
    for (const raw of items) {
      const identity = identityOf(raw);
      if (identity === undefined) continue;
      const engine = engineFor(identity.namespace, labelsOf(raw));
      if (engine === undefined) continue;
      const name = `${identity.namespace}/${identity.name}`;
      tally.see(raw, { name, namespace: identity.namespace }, { ...engine, cluster: census.store.view });
    }
  return tally.inventory(only);
}

function labelsOf(raw: unknown): Readonly<Record<string, string>> {
  const labels = isMap(raw) && isMap(raw.metadata) ? raw.metadata.labels : undefined;
  return isMap(labels) ? (labels as Record<string, string>) : {};
}

class InventoryTally {
  #count = 0;
  readonly #unadopted = new Names();
  readonly #wrong = new Names();
  readonly #condemned = new Names();
  readonly #byId = new Map<string, Names>();

  see(raw: unknown, { name, namespace }: { name: string; namespace: string }, context: EngineContext): void {
    this.#count++;
    const { kind } = planFor(raw, namespace, context);
    const { reports, subject } = judgeStored(raw, namespace, context);
    const errors = reports.filter(({ severity }) => severity === "error").map(({ rule }) => rule);
    if (kind === "adopt") this.#unadopted.add(name);
    if (kind === "adopt" && errors.includes("mapping-injected")) this.#wrong.add(name);
    if (kind === "rejected" || errors.some((rule) => rule !== "mapping-injected")) this.#condemned.add(name);
    // What an author wrote in full names its Ambassadors itself.
    if (subject !== undefined && subject.configuration.custom === undefined)
      this.#names(subject.routing.ambassadorId ?? "default").add(name);
  }

  #names(id: string): Names {
    const names = this.#byId.get(id) ?? new Names();
    this.#byId.set(id, names);
    return names;
  }

  inventory(only: string | undefined): Inventory {
    return {
      count: this.#count,
      only,
      unadopted: this.#unadopted.group,
      wrong: this.#wrong.group,
      condemned: this.#condemned.group,
      byAmbassadorId: new Map([...this.#byId].map(([id, names]) => [id, names.group])),
    };
  }
}
