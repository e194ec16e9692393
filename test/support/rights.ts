import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { Json } from "./deployment.ts";

const policy = fileURLToPath(new URL("../control-plane/audit-policy.yaml", import.meta.url));
const log = "audit.log";

/** Arguments that make an API server write down what accounts of pods ask for. */
export const auditArgs: readonly string[] = [
  `--audit-policy-file=${policy}`,
  `--audit-log-path=${log}`, // in its own folder
  "--audit-log-mode=blocking-strict",
];

/** Something that may be done, and has been done: `patch mutatingwebhookconfigurations.admissionregistration.k8s.io`. */
interface Right {
  readonly verb: string;
  /** `<resource>[/<subresource>].<group>`. */
  readonly resource: string;
  /** The one object; undefined: any. */
  readonly name?: string | undefined;
  /** The one namespace; undefined: everywhere. */
  readonly namespace?: string | undefined;
}

const written = ({ verb, resource, name, namespace }: Right): string =>
  [
    verb,
    resource,
    ...(name === undefined ? [] : [name]),
    ...(namespace === undefined ? [] : [`in ${namespace}`]),
  ].join(" ");

const resourceOf = (resource: string, group: string): string =>
  group === "" ? resource : `${resource}.${group}`;

function* rightsIn(rules: readonly Json[], namespace: string | undefined): Iterable<Right> {
  for (const { apiGroups, resources, resourceNames = [undefined], verbs } of rules)
    for (const group of apiGroups)
      for (const resource of resources)
        for (const name of resourceNames)
          for (const verb of verbs) yield { verb, resource: resourceOf(resource, group), name, namespace };
}

/** What the rendered bindings grant to the one ServiceAccount among the rendered objects. */
export function granted(objects: readonly Json[]): readonly Right[] {
  const [account, ...others] = objects.filter(({ kind }) => kind === "ServiceAccount");
  if (account === undefined || others.length > 0) throw new Error("there must be one ServiceAccount");
  const isBound = ({ subjects = [] }: Json): boolean =>
    subjects.some(
      ({ kind, name, namespace }: Json) =>
        kind === "ServiceAccount" &&
        name === account.metadata.name &&
        namespace === account.metadata.namespace,
    );
  const bindings = objects.filter((object) => /^(Cluster)?RoleBinding$/.test(object.kind) && isBound(object));
  return bindings.flatMap(({ roleRef, metadata }) => {
    const role = objects.find(
      ({ kind, metadata: { name } }) => kind === roleRef.kind && name === roleRef.name,
    );
    return [...rightsIn(role?.rules ?? [], metadata.namespace)];
  });
}

/** One request that an account has made. */
interface Asked extends Right {
  readonly isForbidden: boolean;
}

/** What an account has asked for since the API server was started; what is asked of no resource is left out. */
export function asked({ kubeconfig }: ControlPlane, account: string): readonly Asked[] {
  const lines = readFileSync(join(dirname(kubeconfig), log), "utf8")
    .trimEnd()
    .split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Json)
    .filter(({ user, objectRef }) => user.username === account && objectRef?.resource !== undefined)
    .map(({ verb, objectRef, responseStatus, annotations, requestURI }) => {
      const { resource, subresource, apiGroup = "", namespace } = objectRef;
      const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
      const selected = /fieldSelector=metadata\.name(?:%3D|=)([^&]+)/.exec(requestURI)?.[1];
      return {
        verb,
        resource: resourceOf(whole, apiGroup),
        name: objectRef.name ?? selected,
        namespace,
        isForbidden:
          responseStatus?.code === 403 || annotations?.["authorization.k8s.io/decision"] === "forbid",
      };
    });
}

const covers = (right: Right, use: Right): boolean =>
  right.verb === use.verb &&
  right.resource === use.resource &&
  (right.name === undefined || right.name === use.name) &&
  (right.namespace === undefined || right.namespace === use.namespace);

/** What speaks against the rights being exactly enough: what was refused, was used ungranted, or granted unused. */
export function misfits(rights: readonly Right[], uses: readonly Asked[]): readonly string[] {
  const refused = uses.filter(({ isForbidden }) => isForbidden).map((use) => `refused: ${written(use)}`);
  const ungranted = uses
    .filter((use) => !rights.some((right) => covers(right, use)))
    .map((use) => `used without a right to it: ${written(use)}`);
  const unused = rights
    .filter((right) => !uses.some((use) => covers(right, use)))
    .map((right) => `granted and not used: ${written(right)}`);
  return [...new Set([...refused, ...ungranted, ...unused])];
}
