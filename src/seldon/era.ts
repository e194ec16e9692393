import type { Predictor, SeldonDeployment } from "./types.ts";

/** How gRPC calls are told from others: by their path. */
export interface GrpcRoute {
  readonly prefix: string;
  readonly prefix_regex?: true;
  readonly rewrite: string;
}

/** What changed between releases of Seldon's operator and matters to routing. */
export interface Era {
  /** First release it holds for, `major.minor`. */
  readonly since: string;
  /** Whether annotations of the object's own metadata are read, after those of its spec. */
  readonly readsMetadataAnnotations: boolean;
  /** Whether each predictor has a Service of its own; before, one Service held the pods of all. */
  readonly servicePerPredictor: boolean;
  /** Whether a predictor's svc-name annotation names its Service. */
  readonly readsSvcName: boolean;
  readonly timeoutAnnotations: { readonly rest: string; readonly grpc: string };
  /** The annotation that gives an attached canary its share, where `traffic` does not do so yet. */
  readonly weightAnnotation: string | undefined;
  /** The predictor's Service before shortening, when it has no svc-name. */
  readonly predictorService: (deployment: SeldonDeployment, predictor: Predictor) => string;
  /** The Service of a graph node's container; undefined where it is named after the image too. */
  readonly containerService:
    | ((deployment: SeldonDeployment, predictor: Predictor, container: string) => string)
    | undefined;
  readonly grpc: GrpcRoute;
  /** An explainer's path below `/seldon/<namespace>/`; undefined before there were explainers. */
  readonly explainerPath: ((external: string, own: string, predictor: string) => string) | undefined;
  /** Path of a prediction with the seldon protocol, behind the prefix. */
  readonly predictionPath: string;
}

const anyProto = "/(seldon.protos.*|tensorflow.serving.*|inference.*)/.*";

// Each era is the one before it with what its release changed, so that a row reads like a release note.
// Sources: operator/controllers/ambassador.go, operator/constants and operator/apis of each release.
const v02: Era = {
  since: "0.2",
  readsMetadataAnnotations: false,
  servicePerPredictor: false,
  readsSvcName: false,
  timeoutAnnotations: { rest: "seldon.io/rest-read-timeout", grpc: "seldon.io/grpc-read-timeout" },
  weightAnnotation: "seldon.io/ambassador-weight",
  predictorService: ({ name, spec }) => `${spec.name ?? ""}-${name}`,
  containerService: undefined,
  grpc: { prefix: "/seldon.protos.Seldon/", rewrite: "/seldon.protos.Seldon/" },
  explainerPath: undefined,
  predictionPath: "api/v0.1/predictions",
};

const v04: Era = {
  ...v02,
  since: "0.4",
  servicePerPredictor: true,
  weightAnnotation: undefined,
  predictorService: ({ name, spec }, predictor) => `${name}-${spec.name ?? ""}-${predictor.name}`,
  explainerPath: (_external, own) => `${own}-explainer`,
};

const v05: Era = { ...v04, since: "0.5", readsSvcName: true };

const v10: Era = { ...v05, since: "1.0", predictionPath: "api/v1.0/predictions" };

const v11: Era = {
  ...v10,
  since: "1.1",
  timeoutAnnotations: { rest: "seldon.io/rest-timeout", grpc: "seldon.io/grpc-timeout" },
  predictorService: ({ name }, predictor) => `${name}-${predictor.name}`,
  containerService: ({ name }, predictor, container) => `${name}-${predictor.name}-${container}`,
  grpc: { prefix: "/(seldon.protos.*|tensorflow.serving.*)/.*", prefix_regex: true, rewrite: "" },
};

const v12: Era = {
  ...v11,
  since: "1.2",
  explainerPath: (external, _own, predictor) => `${external}/explainer/${predictor}`,
};

const v13: Era = {
  ...v12,
  since: "1.3",
  grpc: { prefix: anyProto, prefix_regex: true, rewrite: "" },
  explainerPath: (external, _own, predictor) => `${external}-explainer/${predictor}`,
};

const v19: Era = { ...v13, since: "1.9", readsMetadataAnnotations: true };

/** Oldest first. */
export const eras: readonly Era[] = [v02, v04, v05, v10, v11, v12, v13, v19];

const parts = (version: string): readonly number[] => version.split(".").map(Number);

/** Orders two releases by major, minor and patch: negative, zero or positive. A part left out counts as 0. */
export const compareVersions = (a: string, b: string): number => compareParts(parts(a), parts(b));

function compareParts(a: readonly number[], b: readonly number[]): number {
  const [majorA = 0, minorA = 0, patchA = 0] = a;
  const [majorB = 0, minorB = 0, patchB = 0] = b;
  return majorA - majorB || minorA - minorB || patchA - patchB;
}

const starts = eras.map((era) => ({ era, since: parts(era.since) }));

/** The era that `operatorVersion` belongs to; a version before the first row gets the first row. */
export function eraOf(operatorVersion: string): Era {
  const version = parts(operatorVersion);
  return starts.findLast(({ since }) => compareParts(version, since) >= 0)?.era ?? v02;
}
