import { oneOf, type Setting } from "./form.ts";

const name = (path: string, description: string): Setting => ({
  path,
  description,
  schema: { type: "string", maxLength: 253, pattern: "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$" },
  form: "the name of a Kubernetes object",
});

/** Ten years. */
const longest = 315_360_000;

/** Settings of the certificate that is served. */
export const tlsSettings: readonly Setting[] = [
  {
    path: "tls.source",
    description:
      "where the certificate comes from: files of --cert-dir, a CA that the webhook keeps in a Secret, or a local pair; auto: in a pod files if --cert-dir is set and else self-managed, elsewhere local",
    ...oneOf("auto", "files", "self-managed", "local"),
  },
  name("tls.namespace", "namespace of the CA's Secret and of the Service; unset: the pod's own"),
  name("tls.secretName", "Secret in which the webhook keeps its CA; it belongs to the webhook alone"),
  name("tls.serviceName", "Service that the API server calls"),
  name("tls.configurationName", "name of the two webhook configurations whose caBundle is kept right"),
  {
    path: "tls.hosts",
    description:
      "DNS names and IP addresses in the certificate besides <service>.<namespace>.svc and localhost",
    schema: {
      type: "array",
      uniqueItems: true,
      items: {
        type: "string",
        maxLength: 253,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:.]+$",
      },
    },
    form: "a list of DNS names and IP addresses, each once",
  },
  {
    path: "tls.caSeconds",
    description: "lifetime of the CA; another one takes its place after two thirds of it",
    schema: { type: "integer", minimum: 10, maximum: longest },
    form: "a whole number of seconds, 10 to 315360000",
  },
  {
    path: "tls.leafSeconds",
    description: "lifetime of each replica's own certificate, which is renewed after two thirds of it",
    schema: { type: "integer", minimum: 5, maximum: longest },
    form: "a whole number of seconds, 5 to 315360000",
  },
];
