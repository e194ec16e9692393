/** What an API server says that could not call a webhook, what it means and what to do. */
export interface CallFailure {
  /** As users see it. */
  readonly text: string;
  readonly pattern: RegExp;
  readonly means: string;
  readonly fix: string;
}

/** In the order in which they are looked for: the first that matches says most. */
export const callFailures: readonly CallFailure[] = [
  {
    text: "x509: certificate signed by unknown authority",
    pattern: /x509: certificate signed by unknown authority/,
    means:
      "caBundle is not of the CA that signed what the pods serve: it was overwritten, or belongs to an earlier installation",
    fix: "The pods mend it by themselves within seconds where certificates are self-managed, unless something writes it back or a right is missing: see their log. Else write the CA into caBundle of every webhook.",
  },
  {
    text: "x509: certificate has expired or is not yet valid",
    pattern: /x509: certificate has expired or is not yet valid/,
    means: "nobody renews, or the clocks of nodes and API servers differ",
    fix: "With --cert-dir, ask its owner (cert-manager's Certificate); else see the log of the pods.",
  },
  {
    text: "x509: certificate is valid for",
    pattern: /x509: certificate is (not )?valid for/,
    means: "the certificate does not name what the API server calls",
    fix: "Issue it for <service>.<namespace>.svc, or for the host of the URL.",
  },
  {
    text: "x509: certificate relies on legacy Common Name field",
    pattern: /x509: certificate relies on legacy Common Name field/,
    means: "the certificate has no subject alternative names",
    fix: "Issue it with the name as a DNS subject alternative name.",
  },
  {
    text: "x509: cannot verify signature: insecure algorithm SHA1-RSA",
    pattern: /x509: .*insecure algorithm/,
    means: "the certificate is signed with SHA-1, which API servers refuse",
    fix: "Issue it with SHA-256.",
  },
  {
    text: "no endpoints available for service",
    pattern: /no endpoints available for service/,
    means: "no pod is ready",
    fix: "See kubectl -n <namespace> get pods, then their events and log; /readyz?verbose says what they wait for.",
  },
  {
    text: 'service "…" not found',
    pattern: /service "[^"]*" not found/,
    means: "the webhook is gone, its configurations are not",
    fix: "Install it again, or delete them: kubectl delete mutatingwebhookconfiguration,validatingwebhookconfiguration <name>.",
  },
  {
    text: "connect: connection refused",
    pattern: /connection refused/,
    means: "the pod has just ended, or nothing listens there",
    fix: "See kubectl get pods, and the Service's selector and targetPort.",
  },
  {
    text: "no such host",
    pattern: /no such host/,
    means: "the API server cannot resolve the host of the URL",
    fix: "Use a name that the API server's own resolver knows, or a Service.",
  },
  {
    text: "context deadline exceeded",
    pattern: /context deadline exceeded|Client\.Timeout exceeded|i\/o timeout|no route to host/,
    means: "no answer within timeoutSeconds; mostly packets that are dropped on their way",
    fix: "Let the API server reach the pods' port 8443: firewalls of private control planes allow 443 and 10250 only; NetworkPolicies; then the metric of the latency.",
  },
  {
    text: "EOF",
    pattern: /\bEOF\b|connection reset by peer/,
    means: "the connection was closed under way: a pod was killed, or a proxy between has a shorter time-out",
    fix: "Retry; if it comes back, see why pods are killed (memory limit), and that terminationGracePeriodSeconds is longer than drain and grace together.",
  },
  {
    text: "there is nothing at this path; the server could not find the requested resource",
    pattern: /there is nothing at this path|could not find the requested resource/,
    means: "something answers at this address, but not at this path",
    fix: "Set the path /mutate on the mutating and /validate on the validating webhooks.",
  },
  {
    text: "called with a client certificate",
    pattern: /called with a client certificate|the client certificate of .* is not one of those/,
    means:
      "the webhook runs with --client-ca-file, and the API server shows it no client certificate, or one that it refuses",
    fix: "Give every API server a certificate for webhooks (--admission-control-config-file), of a CA in that file and of a name in --client-allowed-names.",
  },
  {
    text: "does not support dry run",
    pattern: /does not support dry run/,
    means: "a webhook declares side effects, so the API server does not call it in a dry run",
    fix: "Set sideEffects: None on the webhook that the message names.",
  },
  {
    text: "failed calling webhook, and anything else",
    pattern: /failed calling webhook/,
    means:
      "the webhook answered, but not with a decision: it does not know the cluster well enough just now, or has a bug",
    fix: "Retry; if it stays, read the webhook's log and /readyz?verbose.",
  },
];

/** The entry for a message of the API server; undefined where it is none about a call that failed. */
export const callFailureIn = (message: string): CallFailure | undefined =>
  /failed calling webhook|does not support dry run/.test(message)
    ? callFailures.find(({ pattern }) => pattern.test(message))
    : undefined;
