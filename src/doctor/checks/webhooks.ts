import type { Check } from "../check.ts";
import type { Facts, Installation } from "../facts.ts";
import { unreadVerdict, valueIn } from "../fetched.ts";
import { covers, describeAddress, type Hook, pathOf } from "../hooks.ts";
import { orOk, problem, type Verdict, warning } from "../verdict.ts";

const paths = { mutating: "/mutate", validating: "/validate" } as const;

const reapply = "Apply the webhook configurations of manifests/base again.";

const check: Check = {
  id: "webhooks",
  what: "The API server calls the webhook for what it has to see",
  judge(facts) {
    const { mutating, validating, installations } = facts;
    const gaps = [mutating, validating].flatMap((list, index) =>
      list.state === "unread"
        ? [
            unreadVerdict(
              list,
              index === 0 ? "mutatingwebhookconfigurations" : "validatingwebhookconfigurations",
            ),
          ]
        : [],
    );
    if (gaps.length > 0) return gaps;
    if (installations.length === 0)
      return [
        problem(
          "no webhook configuration of seldon-ambassador-webhook exists: the API server calls nobody",
          "Install it: kubectl apply -k manifests/base, then its certificate.",
        ),
      ];
    return installations.flatMap((installation) =>
      orOk(
        faults(installation, facts),
        "mutate on CREATE and UPDATE, validate on CREATE, UPDATE and DELETE",
        describeAddress(installation.address),
      ),
    );
  },
};

function* faults(installation: Installation, facts: Facts): Iterable<Verdict> {
  const { hooks } = installation;
  yield* uncovered(installation, facts);
  for (const hook of hooks) yield* faultsOf(hook);
}

function* uncovered({ hooks, address }: Installation, { crd }: Facts): Iterable<Verdict> {
  const versions = (valueIn(crd)?.spec.versions ?? []).filter(({ served }) => served).map(({ name }) => name);
  for (const kind of ["mutating", "validating"] as const)
    for (const operation of ["CREATE", "UPDATE"]) {
      if (hooks.some((hook) => hook.kind === kind && covers(hook, operation, versions))) continue;
      const consequence = kind === "mutating" ? "nothing is injected" : "nothing is checked";
      const message = `no ${kind} webhook is called for ${operation} of seldondeployments: ${consequence}`;
      yield problem(message, reapply, describeAddress(address));
    }
  if (!hooks.some((hook) => hook.kind === "validating" && covers(hook, "DELETE", versions)))
    yield warning(
      "no validating webhook is called for DELETE: deleting a deployment that others are attached to is not noticed",
      reapply,
      describeAddress(address),
    );
}

function* faultsOf(hook: Hook): Iterable<Verdict> {
  const { kind, configuration, name, matchPolicy, sideEffects, timeoutSeconds = 10 } = hook;
  const object = `${configuration} ${name}`;
  if (pathOf(hook) !== paths[kind])
    yield problem(
      `calls the path ${pathOf(hook)}, not ${paths[kind]}`,
      `Set the path ${paths[kind]} in its clientConfig.`,
      object,
    );
  if (matchPolicy === "Exact")
    yield warning(
      "matchPolicy Exact: an object of a version that the rules do not list passes unseen",
      "Set matchPolicy: Equivalent.",
      object,
    );
  if (sideEffects !== "None" && sideEffects !== "NoneOnDryRun")
    yield problem(
      `sideEffects ${sideEffects}: the API server refuses every dry run of a SeldonDeployment`,
      "Set sideEffects: None; this webhook has none.",
      object,
    );
  if (timeoutSeconds < 5)
    yield warning(
      `timeoutSeconds ${timeoutSeconds}: a replica that starts or is busy is given up too soon`,
      "Set timeoutSeconds: 10.",
      object,
    );
}

export default check;
