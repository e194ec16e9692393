import type { EngineContext } from "../../admission/engine.ts";
import { judgeStored } from "../../admission/stored.ts";
import { planFor } from "../../adopt/plan.ts";
import { type Census, takeCensus, withCensus } from "../../cluster/census.ts";
import type { DeploymentCalls } from "../../cluster/deployment-calls.ts";
import { identityOf } from "../../cluster/projection.ts";
import type { EngineSettings } from "../../config/settings.ts";
import { isMap } from "../../mapping/custom.ts";
import type { Inventory } from "../facts.ts";
import { type Fetched, read } from "../fetched.ts";
import { Names } from "../words.ts";
import { asFetched } from "./reader.ts";

/** By which settings an object is to be judged; undefined for one that no webhook of ours selects. */
export type SettingsFor = (
  namespace: string,
  labels: Readonly<Record<string, string>>,
) => EngineSettings | undefined;

/** Reads all deployments, or those of a namespace where rights end there, and judges each as it is stored. */
export async function readInventory(
  calls: DeploymentCalls,
  namespace: string | undefined,
  settingsFor: SettingsFor,
): Promise<Fetched<Inventory>> {
  const { signal } = new AbortController();
  try {
    const take = () => takeCensus(calls, namespace, signal);
    return read(await withCensus(take, (census) => inventoryOf(census, namespace, settingsFor)));
  } catch (error) {
    return asFetched(error, "seldondeployments");
  }
}

async function inventoryOf(
  census: Census,
  namespace: string | undefined,
  settingsFor: SettingsFor,
): Promise<Inventory> {
  const tally = new InventoryTally();
  const only = census.isPartial ? namespace : undefined;
  for await (const { items } of census.pages({ namespace: only }, new AbortController().signal))
    for (const raw of items) {
      const identity = identityOf(raw);
      if (identity === undefined) continue;
      const settings = settingsFor(identity.namespace, labelsOf(raw));
      if (settings === undefined) continue;
      const name = `${identity.namespace}/${identity.name}`;
      tally.see(raw, { name, namespace: identity.namespace }, { settings, cluster: census.store.view });
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
