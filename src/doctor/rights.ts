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

/** What a webhook that keeps its certificates itself keeps them in. */
export interface OwnCertificates {
  readonly namespace: string;
  /** The Secret of its CA. */
  readonly secret: string;
  /** The name of both webhook configurations. */
  readonly configuration: string;
}

const rightsTo = (verbs: readonly string[], on: Omit<Right, "verb">): readonly Right[] =>
  verbs.map((verb) => ({ ...on, verb }));

const kinds = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"] as const;

/** What a webhook does besides reading deployments, as its settings say. */
export interface Tasks {
  readonly ownCertificates: OwnCertificates | undefined;
  /** Whether it tells of what an audit finds by Events, in any namespace. */
  readonly writesEvents: boolean;
  /** Whether its policy reads labels of namespaces. */
  readonly readsNamespaces: boolean;
}

/** Of a webhook of which nothing is known. */
export const noTasks: Tasks = { ownCertificates: undefined, writesEvents: false, readsNamespaces: false };

/** What `serve` needs of the API server. */
export const serveRights = ({
  ownCertificates: own,
  writesEvents,
  readsNamespaces,
}: Tasks): readonly Right[] => [
  ...rightsTo(["get", "list", "watch"], {
    group: "machinelearning.seldon.io",
    resource: "seldondeployments",
  }),
  ...(own === undefined ? [] : certificateRights(own)),
  ...(readsNamespaces ? rightsTo(["get", "list", "watch"], { group: "", resource: "namespaces" }) : []),
  ...(writesEvents ? rightsTo(["create"], { group: "events.k8s.io", resource: "events" }) : []),
];

function certificateRights({ namespace, secret, configuration }: OwnCertificates): readonly Right[] {
  const secrets = { group: "", resource: "secrets", namespace };
  return [
    ...rightsTo(["list", "watch", "update"], { ...secrets, name: secret }),
    // RBAC cannot limit a creation to a name.
    ...rightsTo(["create"], secrets),
    ...kinds.flatMap((resource) =>
      rightsTo(["list", "watch", "patch"], { group: admission, resource, name: configuration }),
    ),
  ];
}

/** `watch seldondeployments` */
export const rightLine = ({ verb, resource, name }: Right): string =>
  `${verb} ${resource}${name === undefined ? "" : ` ${name}`}`;
