import type { Check } from "../check.ts";
import { covers, type Hook } from "../hooks.ts";
import { orOk, skipped, type Verdict, warning } from "../verdict.ts";

const check: Check = {
  id: "failure-policy",
  what: "A call that fails neither lets mistakes in nor blocks what must go on",
  judge({ installations }) {
    const hooks = installations.flatMap((installation) => installation.hooks);
    if (hooks.length === 0) return [skipped("there is no webhook of ours")];
    return orOk(faults(hooks), "mutation fails open, validation fails closed, deletion fails open");
  },
};

const writes = (hook: Hook): boolean => covers(hook, "CREATE", []) || covers(hook, "UPDATE", []);

function* faults(hooks: readonly Hook[]): Iterable<Verdict> {
  for (const hook of hooks) {
    const { kind, failurePolicy = "Fail", configuration, name } = hook;
    const object = `${configuration} ${name}`;
    const isClosed = failurePolicy === "Fail";
    if (kind === "mutating" && isClosed)
      yield warning(
        "failurePolicy Fail: writes fail twice over, also where validation alone would do",
        "Set failurePolicy: Ignore; the validating webhook denies what was not mutated.",
        object,
      );
    if (kind === "validating" && writes(hook) && !isClosed)
      yield warning(
        "failurePolicy Ignore: while the webhook cannot be called, anything is admitted unseen",
        "Right for the first rollout only: set failurePolicy: Fail once the webhook has proven itself.",
        object,
      );
    if (kind === "validating" && covers(hook, "DELETE", []) && isClosed)
      yield warning(
        "failurePolicy Fail on DELETE: while the webhook cannot be called, no namespace with SeldonDeployments can end",
        "Give DELETE a webhook of its own with failurePolicy: Ignore, as manifests/base does.",
        object,
      );
  }
}

export default check;
