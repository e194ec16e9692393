import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { readSources } from "../../src/config/load.ts";
import { isMap } from "../../src/mapping/custom.ts";
import { policyFrom } from "../../src/policy-file/load.ts";
import type { Situation } from "./admission.ts";
import type { Json } from "./deployment.ts";

/** One write under a policy. */
export interface LimitCase {
  /** `retries/rejects-too-many` */
  readonly id: string;
  /** The rule id of the limit: `limits/retries`. */
  readonly limit: string;
  /** The documents of the file: the policy, the object, the stored object of an update or nothing, and what else exists. */
  readonly policy: Json;
  readonly object: Json;
  readonly oldObject: Json | undefined;
  /** What else exists. */
  readonly existing: readonly Json[];
  readonly golden: string;
}

const root = join(import.meta.dirname, "..", "limits");

function caseOf(file: string): LimitCase {
  const documents = parseAllDocuments(readFileSync(join(root, file), "utf8"));
  const [policy, object, oldObject, ...existing] = documents.map((document) => document.toJS());
  if (!isMap(policy) || !isMap(object)) throw new Error(`${file}: begins with a policy and an object`);
  const id = file.replace(/\.yaml$/, "");
  return {
    id,
    limit: `limits/${dirname(file)}`,
    policy,
    object,
    oldObject: oldObject ?? undefined,
    existing,
    golden: join(root, `${id}.expected.yaml`),
  };
}

/** Every case on disk. */
export const limitCases = (): readonly LimitCase[] =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.yaml$/.test(file) && !file.endsWith(".expected.yaml"))
    .sort()
    .map(caseOf);

/** The write of a case under its policy, or under another one, whose settings hold. */
export function situationOf(
  { policy, object, oldObject, existing }: LimitCase,
  other: Json = policy,
): Situation {
  const loaded = policyFrom("policy.yaml", Buffer.from(stringify(other)), readSources({ env: {} }));
  return {
    object,
    oldObject,
    existing,
    settings: loaded.config.engine,
    policy: { index: loaded.index, labelsOf: () => new Map(), nowMs: 0 },
  };
}
