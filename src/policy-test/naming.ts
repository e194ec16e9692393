import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Problem } from "../policy-file/check.ts";
import type { RuleIds } from "../policy-file/rule-ids.ts";
import { isSeldonDeployment, type RawObject, versionProblem } from "../review/objects.ts";
import type { Input } from "../review/read.ts";
import type { RawObjectRef } from "./raw-test.ts";

/** What a test names: the files by their paths as written, and the rules, those of its policy among them. */
export interface Named {
  readonly files: ReadonlyMap<string, Input>;
  readonly ruleIds: RuleIds;
}

/** Finds what a test names, and collects what cannot be found. */
export class Naming {
  readonly #problems = new Map<string, Problem>();
  readonly #named: Named;

  constructor(named: Named) {
    this.#named = named;
  }

  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  /** What holds for all cases is looked at for each of them, and told once. */
  problem(path: FieldPath, message: string): void {
    this.#problems.set(JSON.stringify([path, message]), { path, message });
  }

  ruleId(id: string, path: FieldPath): void {
    const message = this.#named.ruleIds.problemOf(id);
    if (message !== undefined) this.problem(path, message);
  }

  /** All objects of a file or folder, or the one that is written there. */
  objects(ref: RawObjectRef, path: FieldPath): readonly RawObject[] {
    if (typeof ref !== "string") {
      const problem = versionProblem(ref);
      if (problem !== undefined) this.problem(path, problem);
      return [ref];
    }
    const { sources = [], problems = [] } = this.#named.files.get(ref) ?? {};
    for (const { file, line, message } of problems)
      this.problem(path, `${file}${line === undefined ? "" : `:${line}`}: ${message}`);
    return sources.flatMap(({ objects }) => objects.map(({ value }) => value));
  }

  /** The one SeldonDeployment that is meant. */
  deployment(ref: RawObjectRef, path: FieldPath): RawObject | undefined {
    const before = this.problems.length;
    const found = this.objects(ref, path).filter(isSeldonDeployment);
    if (this.problems.length > before) return undefined;
    if (found.length === 1) return found[0];
    this.problem(
      path,
      typeof ref === "string"
        ? `${ref} holds ${found.length} SeldonDeployments: a case is about one`
        : "must be a SeldonDeployment of machinelearning.seldon.io",
    );
    return undefined;
  }

  /** The one object that is meant, whatever it is. */
  oneObject(ref: RawObjectRef, path: FieldPath): RawObject | undefined {
    const before = this.problems.length;
    const found = this.objects(ref, path);
    if (found.length !== 1 && this.problems.length === before)
      this.problem(path, `${String(ref)} holds ${found.length} objects: one is compared`);
    return found[0];
  }
}
