import { flag, integer, oneOf, type Shape, text, textOrTexts, texts } from "./shapes.ts";

// Names and types from emissary-ingress/emissary, the TLSContextSpec of pkg/api/getambassador.io.

type Fields = Readonly<Record<string, Shape>>;

const tlsVersion = oneOf("v1.0", "v1.1", "v1.2", "v1.3");

export const tlsContextV1: Fields = {
  ambassador_id: textOrTexts,
  hosts: texts,
  secret: text,
  cert_chain_file: text,
  private_key_file: text,
  ca_secret: text,
  cacert_chain_file: text,
  alpn_protocols: text,
  cert_required: flag,
  min_tls_version: tlsVersion,
  max_tls_version: tlsVersion,
  cipher_suites: texts,
  ecdh_curves: texts,
  secret_namespacing: flag,
  redirect_cleartext_from: integer,
  sni: text,
};

export const tlsContextV2: Fields = { ...tlsContextV1, v3CRLSecret: text };

export const tlsContextV3alpha1: Fields = { ...tlsContextV1, ambassador_id: texts, crl_secret: text };
