import type { Predictor, SeldonDeployment } from "./types.ts";

/** What changed between releases of Seldon's operator and matters to routing. */
export interface Era {
  /** First release it holds for, `major.minor`. */
  readonly since: string;
  /** Whether annotations of the object's own metadata are read, after those of its spec. */
  readonly readsMetadataAnnotations: boolean;
  readonly timeoutAnnotations: { readonly rest: string; readonly grpc: string };
  /** The predictor's Service before shortening, when it has no svc-name. */
  readonly predictorService: (deployment: SeldonDeployment, predictor: Predictor) => string;
  /** Regular expression over the gRPC path. */
  readonly grpcPrefix: string;
}

const eras: readonly Era[] = [
  {
    since: "1.9",
    readsMetadataAnnotations: true,
    timeoutAnnotations: { rest: "seldon.io/rest-timeout", grpc: "seldon.io/grpc-timeout" },
    predictorService: (deployment, predictor) => `${deployment.name}-${predictor.name}`,
    grpcPrefix: "/(seldon.protos.*|tensorflow.serving.*|inference.*)/.*",
  },
];

const parts = (version: string): readonly number[] => version.split(".").map(Number);

/** Orders two releases by major and minor: negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = parts(a);
  const [majorB = 0, minorB = 0] = parts(b);
  return majorA - majorB || minorA - minorB;
}

/** The era that `operatorVersion` belongs to; versions before the first row get the first row. */
export function eraOf(operatorVersion: string): Era {
  const [first, ...later] = eras as readonly [Era, ...Era[]];
  return later.findLast((era) => compareVersions(operatorVersion, era.since) >= 0) ?? first;
}
