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
    means: "caBundle does not hold the CA that signed the certificate",
    fix: "Write the CA of the served certificate into caBundle of every webhook; self-managed certificates do so by themselves once a replica is ready and may patch the configurations.",
  },
  {
    text: "x509: certificate has expired or is not yet valid",
    pattern: /x509: certificate has expired or is not yet valid/,
    means: "the served certificate, or its CA, is out of date, or a clock is wrong",
    fix: "Renew the certificate, and look at the clocks of the webhook's nodes and of the API server.",
  },
  {
    text: "x509: certificate is valid for …, not …",
    pattern: /x509: certificate is (not )?valid for/,
    means: "the certificate does not name the address that the API server calls",
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
    means: "no pod behind the Service is ready",
    fix: "See why: kubectl -n <namespace> get pods; their /readyz?verbose says what they wait for.",
  },
  {
    text: 'service "…" not found',
    pattern: /service "[^"]*" not found/,
    means: "a webhook configuration is left of an installation that is gone",
    fix: "Install it again, or delete the configuration: kubectl delete validatingwebhookconfiguration,mutatingwebhookconfiguration <name>.",
  },
  {
    text: "connection refused",
    pattern: /connection refused/,
    means: "nothing listens where the API server calls: no pod is running, or the port is wrong",
    fix: "Start the webhook, and compare the port of the configuration, the Service's targetPort and --port.",
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
    means:
      "the API server got no answer in time: a firewall or NetworkPolicy between it and the pods, or pods that are overloaded",
    fix: "Let the API server reach the pods' port 8443 (on private clusters by a firewall rule), and look at the webhook's latency metrics.",
  },
  {
    text: "EOF",
    pattern: /\bEOF\b|connection reset by peer/,
    means: "the connection was cut in the middle of a call, as by a pod that ended without draining",
    fix: "Keep maxUnavailable 0 and --drain-seconds, and stop the program itself rather than an npm around it.",
  },
  {
    text: "there is nothing at this path; the server could not find the requested resource",
    pattern: /there is nothing at this path|could not find the requested resource/,
    means: "something answers at this address, but not at this path",
    fix: "Set the path /mutate on the mutating and /validate on the validating webhooks.",
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
      "the webhook answered, but not with a decision: it does not trust its view of the cluster, or has a bug",
    fix: "Read the webhook's log and /readyz?verbose.",
  },
];

/** The entry for a message of the API server; undefined where it is none about a call that failed. */
export const callFailureIn = (message: string): CallFailure | undefined =>
  /failed calling webhook|does not support dry run/.test(message)
    ? callFailures.find(({ pattern }) => pattern.test(message))
    : undefined;
