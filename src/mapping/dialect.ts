import type { MappingApiVersion } from "../config/settings.ts";
import { everyHost } from "./host.ts";
import type { AmbassadorDocument, Mapping, TLSContext } from "./types.ts";

/**
 * Says a document in the words of another apiVersion. The builder writes `getambassador.io/v2`; the others differ
 * in a few fields only, by the schemas of emissary's pkg/api/getambassador.io.
 */
export function inDialect(document: AmbassadorDocument, apiVersion: MappingApiVersion): AmbassadorDocument {
  switch (apiVersion) {
    case "getambassador.io/v2":
      return document;
    case "ambassador/v1":
      return asV1(document);
    case "getambassador.io/v3alpha1":
      return document.kind === "Mapping" ? asV3alpha1(document) : contextAsV3alpha1(document);
  }
}

/** Ambassador 1.x rejects a v1 document with a field that it does not know. */
function asV1(document: AmbassadorDocument): AmbassadorDocument {
  if (document.kind === "TLSContext") return { ...document, apiVersion: "ambassador/v1" };
  const { cluster_tag: _, ...fields } = document;
  return { ...fields, apiVersion: "ambassador/v1" };
}

const ids = (id: string | readonly string[] | undefined): { ambassador_id?: readonly string[] } =>
  id === undefined ? {} : { ambassador_id: [id].flat() };

function asV3alpha1(mapping: Mapping): AmbassadorDocument {
  const { ambassador_id: id, host = everyHost, headers, regex_headers, ...fields } = mapping;
  const { apiVersion: _, kind, name, grpc, prefix, prefix_regex, rewrite, ...rest } = fields;
  const present = Object.entries(headers ?? {}).filter(([, value]) => value === true);
  const exact = Object.entries(headers ?? {}).filter(([, value]) => value !== true);
  // `true` is no string and "*" is literal here: only an expression asks for presence.
  const expressions = [...present.map(([header]) => [header, ".*"]), ...Object.entries(regex_headers ?? {})];
  return {
    apiVersion: "getambassador.io/v3alpha1",
    kind,
    name,
    ...ids(id),
    // Without a hostname there is no route, and no error.
    hostname: host,
    ...(grpc ? { grpc } : {}),
    prefix,
    ...(prefix_regex ? { prefix_regex } : {}),
    rewrite,
    ...(exact.length === 0 ? {} : { headers: Object.fromEntries(exact) }),
    ...(expressions.length === 0 ? {} : { regex_headers: Object.fromEntries(expressions) }),
    ...rest,
  };
}

function contextAsV3alpha1({
  apiVersion: _,
  ambassador_id: id,
  kind,
  name,
  ...rest
}: TLSContext): TLSContext {
  return { apiVersion: "getambassador.io/v3alpha1", kind, name, ...ids(id), ...rest };
}
