import { isMap } from "../../mapping/custom.ts";
import type { OwnedMapping } from "../facts.ts";
import { type Fetched, read } from "../fetched.ts";
import { operatorLabel } from "../operator-label.ts";
import type { Reader } from "./reader.ts";

/** Where Ambassador keeps Mappings: in 2.0.x in a group of their own. */
const places = [
  { group: "getambassador.io", plural: "mappings" },
  { group: "x.getambassador.io", plural: "ambassadormappings" },
] as const;

/** Mapping objects that Seldon's operator made. */
export async function readMappings(reader: Reader): Promise<Fetched<readonly OwnedMapping[]>> {
  const all: OwnedMapping[] = [];
  for (const { group, plural } of places) {
    const discovered = await reader.get<Discovered>(`/apis/${group}`, `the versions of ${group}`);
    if (discovered.state === "unread") return discovered;
    const version = discovered.state === "read" && discovered.value.preferredVersion?.version;
    if (!version) continue;
    const resource = `${plural}.${group}`;
    const found = await reader.list(`/apis/${group}/${version}/${plural}`, resource, isOperators);
    if (found.state === "unread") return found;
    if (found.state === "read") all.push(...found.value.map((raw) => ownedMapping(raw, resource)));
  }
  return read(all);
}

interface Discovered {
  readonly preferredVersion?: { readonly version?: string };
}

const metadataOf = (raw: unknown): Record<string, unknown> =>
  isMap(raw) && isMap(raw.metadata) ? raw.metadata : {};

const isLabelled = (raw: unknown): boolean => {
  const { labels } = metadataOf(raw);
  return isMap(labels) && labels[operatorLabel] !== undefined;
};

/** The operator labels what it makes, and is its owner on behalf of the SeldonDeployment. */
function isOperators(raw: unknown): boolean {
  const { ownerReferences } = metadataOf(raw);
  const owners: readonly unknown[] = Array.isArray(ownerReferences) ? ownerReferences : [];
  return isLabelled(raw) || owners.some((owner) => isMap(owner) && owner.kind === "SeldonDeployment");
}

function ownedMapping(raw: unknown, resource: string): OwnedMapping {
  const { namespace, name } = metadataOf(raw);
  return { resource, namespace: String(namespace), name: String(name), labelled: isLabelled(raw) };
}
