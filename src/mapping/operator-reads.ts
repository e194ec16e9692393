import { carriedTexts } from "./injection.ts";
import type { Subject } from "./subject.ts";

/**
 * Whether Seldon's operator will parse the header annotations of this object itself. In v1 mode a
 * `seldon.io/ambassador-config` keeps it from that; a text on a predictor only replaces what it made of them.
 */
export function operatorParsesHeaders(subject: Subject): boolean {
  const { settings } = subject;
  if (settings.seldon.ambassador === "disabled") return false;
  if (settings.seldon.ambassador === "v2") return true;
  if (subject.configuration.custom) return false;
  return settings.carrier === "predictor" || carriedTexts(subject).length === 0;
}
