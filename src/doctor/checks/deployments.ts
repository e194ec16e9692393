import type { Check } from "../check.ts";
import type { Inventory } from "../facts.ts";
import { unreadVerdict } from "../fetched.ts";
import { orOk, problem, skipped, type Verdict, warning } from "../verdict.ts";
import { nameList } from "../words.ts";

const check: Check = {
  id: "deployments",
  what: "What is stored carries its text, and keeps the rules",
  judge({ inventory }) {
    if (inventory.state === "unread") return [unreadVerdict(inventory)];
    if (inventory.state === "absent") return [skipped("there are no SeldonDeployments to read")];
    const { count, only } = inventory.value;
    const bounds = only === undefined ? "" : ` (of namespace ${only} alone: others may not be read)`;
    return orOk(faults(inventory.value), `${count} deployments are as they should be${bounds}`);
  },
};

function* faults({ count, unadopted, wrong, condemned }: Inventory): Iterable<Verdict> {
  const adopt =
    "Have the webhook write its text: seldon-ambassador-webhook adopt (with --dry-run to see it first).";
  if (wrong.count > 0)
    yield problem(
      `${wrong.count} of ${count} never went through the webhook, or carry another text than their fields ask for: ${nameList(wrong)}`,
      adopt,
    );
  else if (unadopted.count > 0)
    yield warning(`${unadopted.count} of ${count} carry an outdated text: ${nameList(unadopted)}`, adopt);
  if (condemned.count > 0)
    yield problem(
      `${condemned.count} of ${count} break a rule: ${nameList(condemned)}`,
      "See which, and what to do: seldon-ambassador-webhook audit.",
    );
}

export default check;
