import { callFailureIn } from "../call-failures.ts";
import type { Check } from "../check.ts";
import type { Facts, Trial, Trials } from "../facts.ts";
import { unreadVerdict, valueIn } from "../fetched.ts";
import { brokenRule } from "../probes.ts";
import { ok, problem, skipped, type Verdict } from "../verdict.ts";

const check: Check = {
  id: "dry-run",
  what: "The API server mutates a right SeldonDeployment and rejects a wrong one",
  judge(facts) {
    const { trials } = facts;
    if (trials.state === "unread") return [unreadVerdict(trials)];
    if (trials.state === "absent")
      return [problem("there is nothing to try: the CRD is missing", "See the check `crd`.")];
    return trials.value.flatMap((each) => judgeTrials(each, facts));
  },
};

function judgeTrials({ right, wrong, place }: Trials, facts: Facts): readonly Verdict[] {
  if (right.state === "absent" || wrong.state === "absent")
    return [
      problem(
        "selects no namespace that exists: nothing is ever mutated or judged",
        "Label a namespace as namespaceSelector asks for it, or say with --namespace where to try.",
        place,
      ),
    ];
  return [
    right.state === "read" ? judgeRight(right.value, place, facts) : unjudged(right, place),
    wrong.state === "read" ? judgeWrong(wrong.value, place) : unjudged(wrong, place),
  ];
}

const unjudged = (trial: { readonly reason: string }, place: string): Verdict =>
  unreadVerdict(trial, `a dry run in ${place}`);

/** What a call that failed means; undefined where it did not fail. */
function callFailed(message: string, object: string): Verdict | undefined {
  const failure = callFailureIn(message);
  return failure && problem(`${failure.means} (${message})`, failure.fix, object);
}

/** Whether a denial names rules, and only such as a policy brings: they end its causes, and have a folder. */
function isOfPolicyAlone(message: string): boolean {
  const rules = [...message.matchAll(/ \[([a-z0-9/-]+)\](?=;|$)/g)].map(([, rule = ""]) => rule);
  return rules.length > 0 && rules.every((rule) => rule.includes("/"));
}

function judgeRight(trial: Trial, place: string, facts: Facts): Verdict {
  const object = `a right one in ${place}`;
  if (trial.outcome === "created") return judgeText(trial, object, facts);
  const failed = callFailed(trial.message, object);
  if (failed !== undefined) return failed;
  if (isOfPolicyAlone(trial.message))
    return skipped(
      `denied by the policy alone (${trial.message}): choose a namespace with --namespace where it asks for less`,
      object,
    );
  if (trial.message.includes("[mapping-injected]"))
    return problem(
      "denied because nothing was injected: the call of the mutating webhook failed, and it fails open",
      "See the checks `webhooks`, `ca-bundle` and `served-certificate` about the mutating webhook, and the API server's log for why the call failed.",
      object,
    );
  return problem(
    `denied: ${trial.message}`,
    trial.message.includes(".seldon-ambassador-webhook.io")
      ? "Compare the webhook's settings with the cluster: seldon-ambassador-webhook rules says what each rule asks for."
      : "See who denies it: neither this webhook nor the rules that it knows.",
    object,
  );
}

function judgeText(
  { object: stored, isComplete }: Extract<Trial, { outcome: "created" }>,
  object: string,
  facts: Facts,
): Verdict {
  if (isComplete) return ok("accepted, with the text injected that its settings ask for", object);
  const carries = JSON.stringify(stored).includes("Made by seldon-ambassador-webhook");
  const isRegistered = (valueIn(facts.mutating) ?? []).length > 0;
  return carries
    ? problem(
        "accepted, but with another text than these settings ask for",
        "Give doctor the settings, the policy and the version that the webhook serves with.",
        object,
      )
    : problem(
        "accepted without the injected text: no webhook was called, or its calls fail and it fails open",
        isRegistered
          ? "See the checks `webhooks`, `selectors`, `ca-bundle` and `served-certificate`."
          : "Register the mutating webhook: kubectl apply -k manifests/base.",
        object,
      );
}

function judgeWrong(trial: Trial, place: string): Verdict {
  const object = `a wrong one in ${place}`;
  if (trial.outcome === "created" && trial.isAcceptable)
    return skipped("accepted, as the policy has it there: choose another namespace with --namespace", object);
  if (trial.outcome === "created")
    return problem(
      "accepted: nothing judges what is written",
      "See the checks `webhooks`, `failure-policy`, `selectors`, `ca-bundle` and `served-certificate`, and whether a policy exempts whoever runs doctor.",
      object,
    );
  const failed = callFailed(trial.message, object);
  if (failed !== undefined) return failed;
  if (trial.message.includes(`[${brokenRule}]`))
    return ok(`rejected by ${brokenRule}, as it must be`, object);
  return problem(
    `rejected by somebody else: ${trial.message}`,
    "See who does, and whether the validating webhook is called.",
    object,
  );
}

export default check;
