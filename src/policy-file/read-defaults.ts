import type { FieldPath } from "../diagnostics/field-path.ts";
import { timeoutFields } from "../policy/types.ts";
import { keys } from "../seldon/annotations.ts";
import { eraOf } from "../seldon/era.ts";
import { readRouting } from "../seldon/routing.ts";
import type { SeldonDeployment } from "../seldon/types.ts";
import type { Problem } from "./check.ts";
import type { RawDefaults } from "./raw-policy.ts";

/** One default, and the field of the policy that gives it. */
export interface RawDefault {
  /** An annotation, or one of `timeoutFields`. */
  readonly key: string;
  readonly value: string;
  readonly path: FieldPath;
}

const breakers: Readonly<Record<string, string>> = {
  maxConnections: keys.maxConnections,
  maxPendingRequests: keys.maxPendingRequests,
  maxRequests: keys.maxRequests,
  maxRetries: keys.maxRetries,
};

/** All defaults of an entry, in the order of the documentation. */
export function defaultsIn(raw: RawDefaults, path: FieldPath): readonly RawDefault[] {
  const named: [string, string | number | undefined][] = [
    ["ambassadorId", raw.ambassadorId],
    [timeoutFields.rest, raw.restTimeout],
    [timeoutFields.grpc, raw.grpcTimeout],
    ["retries", raw.retries],
  ];
  const keyOf: Readonly<Record<string, string>> = { ambassadorId: keys.ambassadorId, retries: keys.retries };
  const one = (key: string, value: string | number, ...field: string[]): RawDefault => ({
    key,
    value: String(value),
    path: [...path, ...field],
  });
  return [
    ...named.flatMap(([field, value]) =>
      value === undefined ? [] : [one(keyOf[field] ?? field, value, field)],
    ),
    ...Object.entries(raw.circuitBreakers ?? {}).map(([field, value]) =>
      one(breakers[field] ?? field, value, "circuitBreakers", field),
    ),
    ...Object.entries(raw.annotations ?? {}).map(([key, value]) => one(key, value, "annotations", key)),
  ];
}

/** Annotations that say which object this is, hold a configuration or a record: nobody's default. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^seldon\.io\/ambassador-config$|^getambassador\.io\/config$/, "a configuration cannot be a default"],
  [
    /^seldon\.io\/ambassador-(service-name|shadow|header|regex-header)$/,
    "which routes an object joins is its author's to say",
  ],
  [/^seldon-ambassador-webhook\//, "annotations of this webhook cannot be defaults"],
  [/^(.+\.)?(kubernetes|k8s)\.io\//, "annotations of Kubernetes cannot be defaults"],
];

const lone = (annotations: ReadonlyMap<string, string>): SeldonDeployment => ({
  apiVersion: "machinelearning.seldon.io/v1",
  namespace: "default",
  name: "any",
  generateName: undefined,
  controllerId: undefined,
  deleting: false,
  annotations,
  spec: { name: undefined, annotations: new Map(), protocol: undefined, predictors: [] },
});

/** The operator of today and that of old: they read different annotations. */
const eras = ["1.18", "0.2"].map(eraOf);

function valueProblem({ key, value }: RawDefault): string | undefined {
  if (value === "") return "must not be empty: that counts as unset";
  for (const era of eras) {
    const annotations = new Map([[key, value]]);
    const [problem] = readRouting(lone(annotations), { ...era, readsMetadataAnnotations: true }).problems;
    if (problem !== undefined) return `Invalid value: ${JSON.stringify(value)}: ${problem.message}`;
  }
  return undefined;
}

/** What the schema cannot say of an entry's defaults. */
export function defaultsProblems(defaults: readonly RawDefault[]): readonly Problem[] {
  const seen = new Set<string>();
  return defaults.flatMap((each) => {
    const { key, path } = each;
    const isTwice = seen.has(key);
    seen.add(key);
    const message = isTwice
      ? `${key} has a default in this entry already`
      : (refused.find(([pattern]) => pattern.test(key))?.[1] ?? valueProblem(each));
    return message === undefined ? [] : [{ path, message }];
  });
}
