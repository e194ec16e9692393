import { isMap } from "../mapping/custom.ts";
import { type Applicant, breakGlassKey } from "../policy/exemptions.ts";
import { labelsIn } from "../policy/labels.ts";
import type { AdmissionRequest } from "./types.ts";

/** What exemptions look at of a raw object and of whoever is writing it, if anybody. */
export function applicantOf(raw: unknown, userInfo?: AdmissionRequest["userInfo"]): Applicant {
  const metadata = isMap(raw) && isMap(raw.metadata) ? raw.metadata : {};
  const reason = isMap(metadata.annotations) ? metadata.annotations[breakGlassKey] : undefined;
  const { username, groups } = userInfo ?? {};
  return {
    user: username === undefined ? undefined : { name: username, groups: groups ?? [] },
    labels: labelsIn(metadata),
    breakGlass: typeof reason === "string" ? reason : undefined,
  };
}
