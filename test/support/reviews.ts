import { readFileSync } from "node:fs";

type Json = Record<string, unknown>;

/** An AdmissionReview that tests may change as they like. */
export interface ReviewJson extends Json {
  apiVersion: string;
  kind: string;
  request: Json & { uid: string; object: Json & { metadata: Json; spec: Json } };
}

const read = (name: string) => (): ReviewJson =>
  JSON.parse(readFileSync(new URL(`../../manifests/examples/reviews/${name}`, import.meta.url), "utf8"));

/** The canary of Seldon's documentation, 75 to 25. */
export const canary = read("canary.json");

/** The same with 75 to 50. */
export const rejectedCanary = read("canary-rejected.json");
