import type { Check } from "../check.ts";
import type { Installation } from "../facts.ts";
import { unreadVerdict } from "../fetched.ts";
import { describeAddress } from "../hooks.ts";
import { rightLine } from "../rights.ts";
import { ok, problem, skipped, type Verdict } from "../verdict.ts";

const check: Check = {
  id: "rights",
  what: "The service account of the webhook may do what the webhook has to",
  judge({ installations }) {
    if (installations.length === 0) return [skipped("there is no webhook of ours")];
    return installations.flatMap(judgeInstallation);
  },
};

function judgeInstallation({ address, behind }: Installation): readonly Verdict[] {
  const object = describeAddress(address);
  if (behind === undefined) return [skipped("called by URL: its account is not known", object)];
  const { rights } = behind;
  if (rights.state === "unread") return [unreadVerdict(rights, object)];
  if (rights.state === "absent") return [skipped("there is no Deployment to have an account", object)];
  const missing = rights.value.filter(({ allowed }) => !allowed);
  if (missing.length === 0) return [ok(`${rights.value.length} rights, all granted`, object)];
  return [
    problem(
      `its service account may not ${missing.map(rightLine).join(", ")}`,
      "Apply the roles and bindings of manifests/base again.",
      object,
    ),
  ];
}

export default check;
