import type { EngineContext } from "../admission/engine.ts";
import { governed } from "../admission/governed.ts";
import { judgeDeployment, planInjection } from "../admission/judge.ts";
import { asStored } from "../admission/stored.ts";
import type { Report } from "../diagnostics/finding.ts";
import { firstLine, isGenerated, uneditedText } from "../mapping/marker.ts";
import { subjectOf } from "../mapping/subject.ts";
import type { Applicant } from "../policy/exemptions.ts";
import type { Annotations, SeldonDeployment } from "../seldon/types.ts";

/**
 * Judges a deployment of a live view, which has kept nothing of a generated text but the first line. A text that
 * is missing or made of other routing fields is told by that line; one of which the line is as it must be counts as
 * right, and one with another digest as outdated: that somebody edited what follows cannot be seen from here.
 */
export const auditProjected = (deployment: SeldonDeployment, context: EngineContext): readonly Report[] =>
  governed(
    judgeDeployment(restored(deployment, context), asStored, context).reports,
    deployment.namespace,
    unknownApplicant,
    context,
  ).reports;

/** A view keeps no labels of objects: exemptions that depend on them are not seen. */
const unknownApplicant: Applicant = { labels: undefined, breakGlass: undefined };

/** The deployment with whole texts again: the wanted ones, where their first line stands. */
function restored(deployment: SeldonDeployment, context: EngineContext): SeldonDeployment {
  const subject = subjectOf(deployment, context.settings);
  if (subject.configuration.generated.length === 0) return deployment;
  const { texts = [] } = planInjection(subject, context);
  const wanted = new Map(texts.map(({ text }) => [firstLine(text), text]));
  const restore = (annotations: Annotations): Annotations =>
    new Map([...annotations].map(([key, value]) => [key, isGenerated(value) ? whole(value, wanted) : value]));
  const { spec } = deployment;
  return {
    ...deployment,
    annotations: restore(deployment.annotations),
    spec: {
      ...spec,
      annotations: restore(spec.annotations),
      predictors: spec.predictors.map((each) => ({ ...each, annotations: restore(each.annotations) })),
    },
  };
}

const whole = (text: string, wanted: ReadonlyMap<string, string>): string =>
  wanted.get(firstLine(text)) ?? uneditedText(firstLine(text));
