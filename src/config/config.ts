import { defaultEngineSettings, type EngineSettings } from "./settings.ts";

/** Where and how the webhook listens. */
export interface ServerSettings {
  /** Address to listen on; empty: every interface, IPv4 and IPv6. */
  readonly host: string;
  /** The TLS port of /mutate and /validate; 0: a free one. */
  readonly port: number;
  /** The plain HTTP port of /metrics; 0: a free one. */
  readonly metricsPort: number;
  /** Folder with tls.crt, tls.key and, for a local pair, ca.crt: the names of a kubernetes.io/tls Secret. */
  readonly certDir: string | undefined;
  /** PEM file with the CAs whose clients may call; undefined: everybody may. */
  readonly clientCaFile: string | undefined;
  /** Common names of the clients that may call; empty: all that the CAs have signed. */
  readonly clientAllowedNames: readonly string[];
  /** How long calls are still accepted after a stop signal, with /readyz failing already. */
  readonly drainSeconds: number;
  /** How long calls in flight may take after that before their connections are cut. */
  readonly graceSeconds: number;
}

/** Where the certificate comes from: a folder that others fill, a CA in a Secret, or a local pair. */
export type CertificateOrigin = "files" | "self-managed" | "local";

/** The certificate that is served, and who keeps it. */
export interface TlsSettings {
  /** `auto`: in a pod `files` where a folder is named and `self-managed` where none is; elsewhere `local`. */
  readonly source: CertificateOrigin | "auto";
  /** Of the Secret and the Service; undefined: the pod's own. */
  readonly namespace: string | undefined;
  /** The Secret of the CA. */
  readonly secretName: string;
  /** The Service that the API server calls. */
  readonly serviceName: string;
  /** The name of both webhook configurations whose caBundle is kept. */
  readonly configurationName: string;
  /** DNS names and IP addresses that the certificate names besides those of the Service and localhost. */
  readonly hosts: readonly string[];
  readonly caSeconds: number;
  readonly leafSeconds: number;
}

/** Which cluster is followed, and how far the view of it is trusted. */
export interface ClusterSettings {
  /** The kubeconfig whose current context is followed; undefined: the cluster around the process, if any. */
  readonly kubeconfig: string | undefined;
  /** How long the API server may be silent before questions of the cluster are no longer answered. */
  readonly staleSeconds: number;
  /** Time between two full lists. */
  readonly relistSeconds: number;
}

/** When what exists is judged anew. */
export interface AuditSettings {
  /** Time between two audits of the cluster that is followed; 0: none. */
  readonly intervalSeconds: number;
  /** Whether events on the objects tell of what an audit finds. */
  readonly events: boolean;
}

/** The policy, if there is one. */
export interface PolicyFileSettings {
  /** The policy file; undefined: no policy. */
  readonly file: string | undefined;
  /** How often the file is read again, besides whenever its folder changes. */
  readonly pollSeconds: number;
}

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** JSON for machines, one object a line; text for people. */
export type LogFormat = "json" | "text";

/** The whole configuration of the program. */
export interface Config {
  readonly engine: EngineSettings;
  readonly server: ServerSettings;
  readonly tls: TlsSettings;
  readonly cluster: ClusterSettings;
  readonly audit: AuditSettings;
  /** Whether texts that a change of another deployment left out of date are rewritten in the background. */
  readonly reconcile: boolean;
  /** Attempts per second, at most. */
  readonly reconcileRate: number;
  /** Whether that may restart pods. */
  readonly reconcileRestartPods: boolean;
  readonly policy: PolicyFileSettings;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/**
 * What holds where no flag, variable or file says otherwise. 8443 needs no privileges; 9464 is the port of
 * OpenTelemetry's Prometheus exporter, seldom taken on a laptop, unlike 8080 and Prometheus' own 9090.
 * One second of draining and 20 of grace stay below Kubernetes' terminationGracePeriodSeconds of 30.
 * A CA lives for a year and a leaf for a week, as those of cert-manager's own webhook do
 * (pkg/server/tls/authority/authority.go): the leaf's key is never stored, so it may be short-lived.
 * An API server sends a bookmark every minute; in 300 seconds a dead watch is noticed and another one begun.
 * The kubelet renews a mounted ConfigMap within a minute; a folder that cannot be watched is read six times as often.
 */
export const defaultConfig: Config = {
  engine: defaultEngineSettings,
  server: {
    host: "",
    port: 8443,
    metricsPort: 9464,
    certDir: undefined,
    clientCaFile: undefined,
    clientAllowedNames: [],
    drainSeconds: 1,
    graceSeconds: 20,
  },
  tls: {
    source: "auto",
    namespace: undefined,
    secretName: "seldon-ambassador-webhook-ca",
    serviceName: "seldon-ambassador-webhook",
    configurationName: "seldon-ambassador-webhook",
    hosts: [],
    caSeconds: 365 * 86_400,
    leafSeconds: 7 * 86_400,
  },
  cluster: { kubeconfig: undefined, staleSeconds: 300, relistSeconds: 600 },
  audit: { intervalSeconds: 600, events: false },
  reconcile: false,
  reconcileRate: 5,
  reconcileRestartPods: false,
  policy: { file: undefined, pollSeconds: 10 },
  log: { level: "info", format: "json" },
};
