import { group, plural, versions } from "../seldon/api.ts";

/** Where and how an API server reaches the webhook. */
export interface Registration {
  /** Of both configurations, and what stands before the names of their webhooks. */
  readonly name: string;
  /** https, without a path. */
  readonly url: string;
  /** PEM. */
  readonly ca: string;
}

/** An object of admissionregistration.k8s.io/v1. */
export interface WebhookConfiguration {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly webhooks: readonly unknown[];
}

const domain = "seldon-ambassador-webhook.io";

const rulesFor = (...operations: string[]) => [
  {
    apiGroups: [group],
    apiVersions: versions,
    operations,
    resources: [plural],
    scope: "Namespaced",
  },
];

/** Every field that the API server would fill in is given, so that what is written is what is read back. */
const webhook = ({ url, ca }: Registration, path: string) => ({
  name: `${path}.${domain}`,
  clientConfig: { url: `${url}/${path}`, caBundle: Buffer.from(ca).toString("base64") },
  matchPolicy: "Equivalent",
  sideEffects: "None",
  timeoutSeconds: 10,
  admissionReviewVersions: ["v1", "v1beta1"],
  objectSelector: {},
  namespaceSelector: {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system"] }],
  },
});

const configuration = (
  kind: string,
  { name }: Registration,
  ...webhooks: readonly object[]
): WebhookConfiguration => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind,
  metadata: { name, labels: { "app.kubernetes.io/managed-by": "seldon-ambassador-webhook-serve" } },
  webhooks,
});

/**
 * Both configurations of a local run. Mutation fails open, because the validating webhook, which fails closed,
 * denies what was not mutated.
 */
export const webhookConfigurations = (registration: Registration): readonly WebhookConfiguration[] => [
  configuration("MutatingWebhookConfiguration", registration, {
    ...webhook(registration, "mutate"),
    rules: rulesFor("CREATE", "UPDATE"),
    failurePolicy: "Ignore",
    reinvocationPolicy: "IfNeeded",
  }),
  configuration(
    "ValidatingWebhookConfiguration",
    registration,
    {
      ...webhook(registration, "validate"),
      rules: rulesFor("CREATE", "UPDATE"),
      failurePolicy: "Fail",
    },
    // Deletions fail open: a run that was killed must not keep deployments and namespaces from going.
    {
      ...webhook(registration, "validate"),
      name: `validate-deletion.${domain}`,
      rules: rulesFor("DELETE"),
      failurePolicy: "Ignore",
    },
  ),
];
