import { allSettings } from "../../config/settings.ts";
import { fateOf } from "../../mapping/ambassador-version.ts";
import type { Check } from "../check.ts";
import type { Ambassador, Group, Inventory, SettingsFound } from "../facts.ts";
import { unreadVerdict, valueIn } from "../fetched.ts";
import { ok, orOk, problem, skipped, type Verdict, warning } from "../verdict.ts";
import { nameList } from "../words.ts";

const check: Check = {
  id: "ambassador",
  what: "The Ambassadors that run read what is injected",
  judge({ workloads, installations, inventory }) {
    if (workloads.state === "unread") return [unreadVerdict(workloads)];
    const ambassadors = valueIn(workloads)?.ambassadors ?? [];
    if (ambassadors.length === 0)
      return [
        skipped("no Deployment or DaemonSet with an image of Ambassador, Emissary or Edge Stack was found"),
      ];
    return [
      ...ambassadors.flatMap((ambassador) =>
        judgeOne(
          ambassador,
          installations.map(({ settings }) => settings),
        ),
      ),
      ...unanswered(ambassadors, valueIn(inventory)),
    ];
  },
};

function judgeOne(ambassador: Ambassador, settings: readonly SettingsFound[]): readonly Verdict[] {
  const { version, id, object } = ambassador;
  if (version === undefined) return [skipped("its image's tag is no version", object)];
  const found = settings.flatMap(({ engine }) => faultsOfAny(version, engine, object));
  return orOk(found, `${version}, AMBASSADOR_ID ${id ?? "not shown"}`, object);
}

const fates = { "needs-host": "makes no route of it", dropped: "drops it", panics: "panics on it" } as const;

/** Of several operators each may have an Ambassador of its own: it suits as soon as it suits one of them. */
function faultsOfAny(version: string, engine: SettingsFound["engine"], object: string): readonly Verdict[] {
  const each = allSettings(engine).map((settings) => [...faults(version, settings, object)]);
  return each.some((found) => found.length === 0) ? [] : (each[0] ?? []);
}

function* faults(version: string, engine: SettingsFound["engine"], object: string): Iterable<Verdict> {
  const { carrier, ambassador } = engine;
  if (carrier === "none") return;
  const fate = fateOf(ambassador.apiVersion, version);
  if (fate !== "works")
    yield problem(
      `Mappings are written as ${ambassador.apiVersion}, and Ambassador ${version} ${fates[fate]}`,
      `Set ambassador.version to ${version}, which chooses an apiVersion, and run adopt.`,
      object,
    );
  else if (ambassador.version !== undefined && !isSame(ambassador.version, version))
    yield warning(
      `it is ${version}, but the webhook is set to ${ambassador.version}, whose rules are others`,
      `Set ambassador.version to ${version}.`,
      object,
    );
}

/** Compared as far as the setting goes: 3.9 is 3.9.1. */
const isSame = (setting: string, version: string): boolean => `${version}.`.startsWith(`${setting}.`);

/** Matches every Ambassador (ambassador.md, ambassador_id). */
const anyId = "_automatic_";

function unanswered(
  ambassadors: readonly Ambassador[],
  inventory: Inventory | undefined,
): readonly Verdict[] {
  const ids = ambassadors.map(({ id }) => id);
  // One whose id is not shown may be anybody's.
  if (inventory === undefined || ids.includes(undefined)) return [];
  const lost = [...inventory.byAmbassadorId].filter(([id]) => id !== anyId && !ids.includes(id));
  if (lost.length === 0)
    return [ok(`every deployment's Ambassador id is one of ${[...new Set(ids)].join(", ")}`)];
  return lost.map(([id, group]) => answeredByNobody(id, group));
}

const answeredByNobody = (id: string, group: Group): Verdict =>
  problem(
    `no Ambassador that was found has the id ${id}: ${nameList(group)} ${group.count === 1 ? "is" : "are"} served by none`,
    "Correct the annotation seldon.io/ambassador-id, or AMBASSADOR_ID of the Ambassador that is meant.",
  );

export default check;
