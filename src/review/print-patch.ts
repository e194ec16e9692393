import type { PatchOperation } from "../admission/types.ts";
import type { Outcome } from "./judge.ts";

/** One line of `review -o patch`. Keys may be added, never renamed or removed. */
export interface PatchLine {
  readonly file: string;
  readonly line: number;
  readonly namespace: string;
  /** Null while `generateName` has not been resolved. */
  readonly name: string | null;
  /** RFC 6902, from the object as written to the object as the webhook would store it. */
  readonly patch: readonly PatchOperation[];
}

const lineOf = ({ object, namespace, name, patch }: Outcome): PatchLine => ({
  file: object.file,
  line: object.lineAt([]),
  namespace,
  name: name ?? null,
  patch,
});

/** A JSON document on a line of its own for each deployment that changes. */
export const patchLines = (outcomes: readonly Outcome[]): string =>
  outcomes
    .filter(({ patch }) => patch.length > 0)
    .map((outcome) => `${JSON.stringify(lineOf(outcome))}\n`)
    .join("");
