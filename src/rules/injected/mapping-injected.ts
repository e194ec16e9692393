import type { FieldPath } from "../../diagnostics/field-path.ts";
import { type Finding, invalid, required } from "../../diagnostics/finding.ts";
import { carrierNumber } from "../../mapping/carriers.ts";
import { digestOf, type Injection } from "../../mapping/injection.ts";
import { type Provenance, provenance } from "../../mapping/marker.ts";
import type { InjectionRule, RuleInput } from "../rule.ts";

const complaints: Record<Provenance, string> = {
  altered: "the generated text was edited",
  stale: "the generated text is of an earlier state of the object",
  unknown: "the generated text is of another version of this webhook",
  intact: "the target, the settings or this webhook changed since it was generated",
};

type FinalInput = RuleInput & { readonly injection: Injection };

function missing(path: FieldPath, { operation, deployment }: RuleInput): Finding {
  // The name of such an object is made after the mutating webhooks have run.
  return operation === "CREATE" && deployment.generateName !== undefined
    ? required(path, "injected at the next write, as the name was generated", { severity: "warning" })
    : required(path, "the mutating webhook did not run or was overruled");
}

/** Texts left where they hide the one on the carrier: in spec from metadata, on a predictor from either. */
function* hiding({ configuration, settings, injection }: FinalInput): Iterable<Finding> {
  const { carrier } = settings;
  if (carrier === "none" || carrier === "predictor") return;
  const wanted = new Set((injection.texts ?? []).map(({ path }) => carrierNumber(path)));
  for (const { place, path, text } of configuration.generated)
    if (place !== "metadata" && place !== carrier && !wanted.has(carrierNumber(path)))
      yield invalid(path, text, `this text is read instead of the one in ${carrier}`);
}

const rule: InjectionRule = {
  id: "mapping-injected",
  topic: "injected",
  stage: "injection",
  severity: "error",
  reads: ["SeldonDeployment"],
  docs: {
    what: "The object carries the configuration that its own routing fields ask for.",
    why: "The mutating webhook may fail open; without its text the operator generates its own faulty routes.",
    fix: "Apply the object again once the mutating webhook answers, or remove the text's first line to own it.",
  },
  *check(input) {
    if (input.deployment.name !== undefined) yield* hiding(input);
    const carried = new Map(
      input.configuration.generated.map(({ path, text }) => [carrierNumber(path), text]),
    );
    for (const { path, text } of input.injection.texts ?? []) {
      const present = carried.get(carrierNumber(path));
      if (present === undefined) yield missing(path, input);
      else if (present !== text) {
        const found = provenance(present, digestOf(input));
        const isOwnFault = found === "altered" || found === "stale";
        yield invalid(path, present, complaints[found], isOwnFault ? {} : { severity: "warning" });
      }
    }
  },
};

export default rule;
