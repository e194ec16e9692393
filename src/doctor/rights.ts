/** One thing that somebody may do. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespace?: string;
  /** All names unless given. */
  readonly name?: string;
}

/** Several rights, as a rule of RBAC spells them. */
export interface Grant {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** All that `doctor` asks of the API server; whatever is not granted is a check that is skipped. */
export const doctorGrants: readonly Grant[] = [
  { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: ["get"] },
  {
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    verbs: ["list"],
  },
  { apiGroups: [""], resources: ["services", "configmaps"], verbs: ["get"] },
  { apiGroups: [""], resources: ["namespaces", "pods"], verbs: ["list"] },
  // What a websocket asks for, and what other clients do.
  { apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] },
  { apiGroups: ["apps"], resources: ["deployments", "daemonsets", "statefulsets"], verbs: ["list"] },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  { apiGroups: ["getambassador.io"], resources: ["mappings"], verbs: ["list"] },
  { apiGroups: ["x.getambassador.io"], resources: ["ambassadormappings"], verbs: ["list"] },
  // `create` is for dry runs only; RBAC cannot say so.
  { apiGroups: ["machinelearning.seldon.io"], resources: ["seldondeployments"], verbs: ["list", "create"] },
];

/** `list mutatingwebhookconfigurations, validatingwebhookconfigurations` */
export const grantLine = ({ resources, verbs }: Grant): string =>
  `${verbs.join(", ")} ${resources.join(", ")}`;

const admission = "admissionregistration.k8s.io";

/** Of whom the rights are. */
export interface Holder {
  /** Where it runs. */
  readonly namespace: string;
  /** The names of the webhook configurations that call it. */
  readonly configurations: readonly string[];
  /** The Secret of its CA, where it keeps its certificates itself. */
  readonly secret: string | undefined;
}

const rightsTo = (verbs: readonly string[], on: Omit<Right, "verb">): readonly Right[] =>
  verbs.map((verb) => ({ ...on, verb }));

/** What `serve` needs of the API server. */
export const serveRights = ({ namespace, configurations, secret }: Holder): readonly Right[] => [
  ...rightsTo(["get", "list", "watch"], {
    group: "machinelearning.seldon.io",
    resource: "seldondeployments",
  }),
  ...(secret === undefined ? [] : ownCertificateRights(namespace, configurations, secret)),
];

function ownCertificateRights(
  namespace: string,
  configurations: readonly string[],
  secret: string,
): readonly Right[] {
  const secrets = { group: "", resource: "secrets", namespace };
  return [
    ...rightsTo(["list", "watch", "update"], { ...secrets, name: secret }),
    // RBAC cannot limit a creation to a name.
    ...rightsTo(["create"], secrets),
    ...configurations.flatMap((configuration) => {
      const [kind = "", name = ""] = configuration.split("/");
      return rightsTo(["list", "watch", "patch"], { group: admission, resource: `${kind}s`, name });
    }),
  ];
}

/** `watch seldondeployments` */
export const rightLine = ({ verb, resource, name }: Right): string =>
  `${verb} ${resource}${name === undefined ? "" : ` ${name}`}`;
