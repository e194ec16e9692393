import { formatFieldPath } from "../diagnostics/field-path.ts";
import { decodeDeployment } from "../seldon/decode.ts";
import type { ReadProblem, SourceObject } from "./source.ts";

/** What keeps deployments that are said to exist from being ones: no API server would hold them. */
export const existingProblems = (objects: readonly SourceObject[]): ReadProblem[] =>
  objects.flatMap(({ value, file, lineAt }) => {
    const { findings = [] } = decodeDeployment(value, "default");
    return findings.map(({ path, message }) => ({
      file,
      line: lineAt(path),
      message: `${formatFieldPath(path)}: ${message}`,
    }));
  });
