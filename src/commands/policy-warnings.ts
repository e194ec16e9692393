import { limits } from "../limits/catalogue.ts";
import { subjectOf } from "../mapping/subject.ts";
import { withDefaults } from "../policy/defaults.ts";
import { isGlob } from "../policy/glob.ts";
import type { Policy } from "../policy/types.ts";
import type { LoadedPolicy } from "../policy-file/load.ts";
import type { PolicyProblem } from "../policy-file/read.ts";
import type { SeldonDeployment } from "../seldon/types.ts";

const expired = ({ exemptions }: Policy, nowMs: number): readonly PolicyProblem[] =>
  exemptions.flatMap(({ expiresMs, line }, index) =>
    expiresMs !== undefined && nowMs >= expiresMs
      ? [{ line, column: 1, field: `exemptions[${index}]`, message: "has expired" }]
      : [],
  );

/** Stands for a namespace that no entry names: only what is for all holds in it. */
const anyNamespace = "";

/** The namespaces that a policy names. */
function namespacesIn({ defaults, limits: bounded }: Policy): readonly string[] {
  const patterns = [...defaults, ...bounded].flatMap(({ selector }) => selector.namespaces ?? []);
  return [...new Set([anyNamespace, ...patterns.filter((pattern) => !isGlob(pattern))])];
}

/** A deployment whose author says nothing. */
const silent = (namespace: string): SeldonDeployment => ({
  apiVersion: "machinelearning.seldon.io/v1",
  namespace,
  name: "any",
  generateName: undefined,
  controllerId: undefined,
  deleting: false,
  annotations: new Map(),
  spec: {
    name: undefined,
    annotations: new Map(),
    protocol: undefined,
    predictors: [
      {
        name: "any",
        traffic: undefined,
        shadow: false,
        annotations: new Map(),
        units: [],
        containers: [],
        explainer: undefined,
        certSecretName: undefined,
      },
    ],
  },
});

/** The defaults of a namespace without labels that its limits do not allow. */
function contradictions({ index, config }: LoadedPolicy, namespace: string): readonly PolicyProblem[] {
  const found = index.forNamespace(namespace, () => new Map());
  const subject = subjectOf(withDefaults(silent(namespace), found), config.engine);
  const { limits: bounds, references } = found;
  const bounded = { ...subject, settings: config.engine, limits: bounds, references };
  const input = { ...bounded, operation: "CREATE" as const, labels: undefined, isAnswered: () => false };
  return limits.flatMap(({ id, check }) =>
    [...check(input)].flatMap(({ path, message }) => {
      const given = found.defaults.get(String(path.at(-1)));
      const where = namespace === anyNamespace ? "" : ` in namespace ${namespace}`;
      return given === undefined
        ? []
        : [
            {
              line: given.line,
              column: 1,
              field: String(path.at(-1)),
              message: `the default is against ${id}${where}: ${message}`,
            },
          ];
    }),
  );
}

/** What a policy says that it can hardly mean; it can be used all the same. */
export function policyWarnings(loaded: LoadedPolicy, nowMs: number): readonly PolicyProblem[] {
  const { policy } = loaded.index;
  const found = namespacesIn(policy).map((namespace) => contradictions(loaded, namespace));
  const [general = [], ...named] = found;
  // What is wrong everywhere need not be told again of each namespace.
  const isTold = ({ line, field }: PolicyProblem): boolean =>
    general.some((each) => each.line === line && each.field === field);
  const all = [...expired(policy, nowMs), ...general, ...named.flat().filter((each) => !isTold(each))];
  return all.toSorted((a, b) => a.line - b.line);
}
