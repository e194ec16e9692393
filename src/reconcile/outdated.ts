import type { EngineContext } from "../admission/engine.ts";
import { planInjection } from "../admission/judge.ts";
import { formatFieldPath } from "../diagnostics/field-path.ts";
import { firstLine } from "../mapping/marker.ts";
import { subjectOf } from "../mapping/subject.ts";
import type { SeldonDeployment } from "../seldon/types.ts";

/**
 * The first lines of the texts that a deployment of a live view should carry, if it carries others; by them the texts
 * are told apart. Undefined where all is as it should be, and where there is nothing to be renewed: what never had a
 * text is for `adopt`, and what has mistakes of its own gets none.
 */
export function outdated(deployment: SeldonDeployment, context: EngineContext): string | undefined {
  const subject = subjectOf(deployment, context.settings);
  const { generated } = subject.configuration;
  if (generated.length === 0) return undefined;
  const present = new Map(generated.map(({ path, text }) => [formatFieldPath(path), firstLine(text)]));
  const { texts = [] } = planInjection(subject, context);
  const wanted = texts.map(({ path, text }) => [formatFieldPath(path), firstLine(text)] as const);
  const isRight = wanted.every(([path, line]) => present.get(path) === line);
  return isRight ? undefined : wanted.map(([, line]) => line).join("\n");
}
