import type { MappingApiVersion } from "../config/settings.ts";
import { compareVersions } from "../seldon/era.ts";

/** What a release of Ambassador makes of a Mapping in an annotation, by the Mapping's apiVersion. */
export type Fate =
  | "works"
  /** Read, but routes nothing unless the document names a host. */
  | "needs-host"
  /** Refused with an error in the log; the other documents go on. */
  | "dropped"
  /** The whole Ambassador pod panics (emissary issues 4783, 5077, 5603, 5787). */
  | "panics";

const isBetween = (version: string, from: string, to: string): boolean =>
  compareVersions(version, from) >= 0 && compareVersions(version, to) < 0;

/** 2.0.0 to 2.1.1, the releases before v1 and v2 documents got a hostname by conversion. */
export const isEarly2 = (version: string): boolean => isBetween(version, "2.0", "2.1.2");

export const isBefore2 = (version: string): boolean => compareVersions(version, "2.0") < 0;

const panicsOnV1 = (version: string): boolean =>
  isBetween(version, "2.5.1", "3.0") || compareVersions(version, "3.4") >= 0;

/** Spelled as a document may spell it: with the prefix `ambassador/` or `getambassador.io/`. */
export function fateOf(apiVersion: string, version: string): Fate {
  const name = apiVersion.replace(/^(get)?ambassador(\.io)?\//, "");
  if (name === "v3alpha1" || isBefore2(version)) return "works";
  if (name === "v2") return isEarly2(version) ? "needs-host" : "works";
  if (isEarly2(version)) return "needs-host";
  return name === "v1" && panicsOnV1(version) ? "panics" : "dropped";
}

/** The apiVersion that a release serves: v2 wherever it works, v3alpha1 in the few releases where it does not. */
export const apiVersionFor = (version: string): MappingApiVersion =>
  isEarly2(version) ? "getambassador.io/v3alpha1" : "getambassador.io/v2";

/** From then on `host` is made a `hostname`, in which an asterisk stands for any letters; before, for itself. */
export const readsHostGlobs = (version: string): boolean => compareVersions(version, "2.1.2") >= 0;

/** 1.x rejects a document with a field that it does not know; later releases drop the field in silence. */
export const rejectsUnknownFields = isBefore2;

/** Documents must be flat; from 2.1.2 on the form of a Kubernetes object, with metadata and spec, is read too. */
export const rejectsMetadataForm = (version: string): boolean => compareVersions(version, "2.1.2") < 0;

/** A YAML error or a document without kind stops every update for everybody, not only for its own Service. */
export const stopsOnBadYaml = (version: string): boolean => isBetween(version, "1.9", "2.1.2");

/** A single Mapping gets just its own weight, and the rest of the requests a 404. */
export const keepsSingleWeight = (version: string): boolean => compareVersions(version, "2.1.2") < 0;

/** Weighted Mappings of one group with `headers` (or with `regex_headers`) lose the remainder of the traffic. */
export const losesRemainder = (version: string, by: "headers" | "regex_headers"): boolean =>
  isBetween(version, "2.0", by === "headers" ? "3.7.3" : "3.9.2");
