import { flag, oneOf, port, portForm, type Setting, seconds, secondsForm } from "./form.ts";
import { tlsSettings } from "./tls-settings.ts";

/** Settings of the process that serves; the engine knows nothing of them. */
export const processSettings: readonly Setting[] = [
  {
    path: "server.host",
    description: "address to listen on; empty: every interface",
    schema: { type: "string", maxLength: 253 },
    form: "a host name or an IP address",
  },
  {
    path: "server.port",
    description: "TLS port of /mutate and /validate; 0: a free one",
    schema: port,
    form: portForm,
  },
  {
    path: "server.metricsPort",
    description: "plain HTTP port of /metrics; 0: a free one",
    schema: port,
    form: portForm,
  },
  {
    path: "server.certDir",
    description:
      "folder with tls.crt and tls.key, read again when they change; the local pair is made in certs/ unless told otherwise",
    schema: { type: "string", minLength: 1 },
    form: "the path of a folder",
  },
  {
    path: "server.clientCaFile",
    description:
      "file with the CAs, in PEM, of the client certificates that /mutate and /validate are called with, read again when it changes; unset: none is asked for",
    schema: { type: "string", minLength: 1 },
    form: "the path of a file",
  },
  {
    path: "server.clientAllowedNames",
    description:
      "common names of the client certificates that may call; empty: all that those CAs have signed",
    schema: {
      type: "array",
      uniqueItems: true,
      items: { type: "string", minLength: 1, maxLength: 253 },
    },
    form: "a list of common names, each once",
  },
  {
    path: "server.drainSeconds",
    description: "how long calls are accepted after a stop signal, while /readyz already fails",
    schema: seconds,
    form: secondsForm,
  },
  {
    path: "server.graceSeconds",
    description: "how long calls in flight may take after that",
    schema: seconds,
    form: secondsForm,
  },
  ...tlsSettings,
  {
    path: "cluster.kubeconfig",
    description: "kubeconfig whose cluster is followed; unset: the cluster around the pod, if there is one",
    schema: { type: "string", minLength: 1 },
    form: "the path of a file",
  },
  {
    path: "cluster.staleSeconds",
    description: "silence of the API server after which /readyz fails and its view is not used",
    schema: { type: "integer", minimum: 120, maximum: 3600 },
    form: "a whole number of seconds, 120 to 3600",
  },
  {
    path: "cluster.relistSeconds",
    description: "time between two full lists, which repair what a watch has missed",
    schema: { type: "integer", minimum: 30, maximum: 86400 },
    form: "a whole number of seconds, 30 to 86400",
  },
  {
    path: "audit.intervalSeconds",
    description: "time between two audits of the cluster that is followed, for the metrics; 0: none",
    schema: { type: "integer", minimum: 0, maximum: 86400 },
    form: "a whole number of seconds, 0 to 86400",
  },
  {
    path: "audit.events",
    description:
      "write what an audit finds as Kubernetes Events on the objects; takes the right to create events",
    ...flag,
  },
  {
    path: "reconcile",
    description:
      "rewrite, in the background, the texts of attached deployments that a change of their target left out of date; takes the right to patch",
    ...flag,
  },
  {
    path: "reconcileRate",
    description: "deployments per second that reconcile rewrites, at most, per replica",
    schema: { type: "integer", minimum: 1, maximum: 100 },
    form: "a whole number, 1 to 100",
  },
  {
    path: "reconcileRestartPods",
    description:
      "reconcile also where that restarts pods: with the carriers spec and predictor, and with suppressDuplicates",
    ...flag,
  },
  {
    path: "policy.file",
    description: "policy file: defaults, severities, exemptions and settings that platform teams own",
    schema: { type: "string", minLength: 1 },
    form: "the path of a file",
  },
  {
    path: "policy.pollSeconds",
    description: "time between two looks at the policy file, besides whenever its folder changes",
    schema: { type: "integer", minimum: 1, maximum: 600 },
    form: "a whole number of seconds, 1 to 600",
  },
  {
    path: "log.level",
    description: "least important log lines that are written",
    ...oneOf("debug", "info", "warn", "error", "silent"),
  },
  {
    path: "log.format",
    description: "json: an object a line, for machines; text: for people",
    ...oneOf("json", "text"),
  },
];
