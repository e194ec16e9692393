import fc, { type GeneratorValue } from "fast-check";
import { corpus } from "./corpus.ts";
import { mutatedBytes, mutatedObject } from "./mutation.ts";

/** A call as the fuzzer makes it. */
export interface FuzzedCall {
  readonly path: "/mutate" | "/validate";
  readonly body: Buffer;
}

const group = "machinelearning.seldon.io";

function request(g: GeneratorValue): unknown {
  const pickObject = () => mutatedObject(g, corpus[g(fc.nat, { max: corpus.length - 1 })]);
  const operation = g(fc.constantFrom, "CREATE", "UPDATE", "UPDATE", "DELETE");
  return {
    uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
    kind: { group, version: g(fc.constantFrom, "v1", "v1alpha2", "v1alpha3"), kind: "SeldonDeployment" },
    resource: { group, version: "v1", resource: "seldondeployments" },
    operation,
    namespace: "default",
    userInfo: { username: "admin", groups: ["system:masters"] },
    object: operation === "DELETE" ? null : pickObject(),
    oldObject: operation === "CREATE" ? null : pickObject(),
    dryRun: g(fc.boolean),
  };
}

/** A real review with changes: to its objects always, to its envelope sometimes, to its bytes sometimes. */
export function fuzzedCall(g: GeneratorValue): FuzzedCall {
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: request(g) };
  const whole = g(fc.nat, { max: 9 }) === 0 ? mutatedObject(g, review) : review;
  // What JSON cannot say becomes null, as an undefined root does.
  const bytes = Buffer.from(JSON.stringify(whole) ?? "null");
  return {
    path: g(fc.constantFrom, "/mutate", "/validate"),
    body: g(fc.nat, { max: 9 }) === 0 ? mutatedBytes(g, bytes) : bytes,
  };
}
