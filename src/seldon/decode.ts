import type { Finding } from "../diagnostics/finding.ts";
import { decodeGraph } from "./graph.ts";
import { typeFindings } from "./schema.ts";
import type { Annotations, Container, PredictiveUnit, Predictor, SeldonDeployment } from "./types.ts";

export type Decoded =
  | { readonly deployment: SeldonDeployment; readonly findings?: undefined }
  | { readonly deployment?: undefined; readonly findings: readonly Finding[] };

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null };
type RawAnnotations = Readonly<Record<string, string | null>>;
type RawPort = Nullable<{ name: string; containerPort: number }>;
type RawContainer = Nullable<{ name: string; ports: readonly (RawPort | null)[] }>;
type RawComponent = Nullable<{ spec: Nullable<{ containers: readonly (RawContainer | null)[] }> }>;
type RawPredictor = Nullable<{
  name: string;
  traffic: number;
  shadow: boolean;
  annotations: RawAnnotations;
  graph: unknown;
  componentSpecs: readonly (RawComponent | null)[];
  explainer: Nullable<{ type: string; endpoint: Nullable<{ service_port: number }> }>;
  ssl: Nullable<{ certSecretName: string }>;
}>;
type RawMetadata = Nullable<{
  name: string;
  generateName: string;
  namespace: string;
  deletionTimestamp: string;
  labels: unknown;
  annotations: RawAnnotations;
}>;
type RawDeployment = Nullable<{
  apiVersion: string;
  metadata: RawMetadata;
  spec: Nullable<{
    name: string;
    annotations: RawAnnotations;
    protocol: string;
    predictors: readonly RawPredictor[];
  }>;
}>;

/**
 * Reads a raw object; `namespace` is the request's, for objects that carry none. Wrong types come back as
 * findings. Total: never throws, whatever JSON it is given.
 */
export function decodeDeployment(raw: unknown, namespace: string): Decoded {
  const findings = typeFindings(raw);
  if (findings.length > 0) return { findings };
  const { apiVersion, metadata, spec } = raw as RawDeployment;
  const predictors: Predictor[] = [];
  for (const [index, predictor] of (spec?.predictors ?? []).entries()) {
    const graph = predictor.graph
      ? decodeGraph(predictor.graph, ["spec", "predictors", index, "graph"])
      : { units: [] };
    if (graph.findings) return { findings: graph.findings };
    predictors.push(decodePredictor(predictor, graph.units));
  }
  return {
    deployment: {
      apiVersion: typeof apiVersion === "string" ? apiVersion : "",
      namespace: metadata?.namespace || namespace,
      name: metadata?.name || undefined,
      generateName: metadata?.generateName || undefined,
      controllerId: controllerIdIn(metadata?.labels),
      deleting: Boolean(metadata?.deletionTimestamp),
      annotations: decodeAnnotations(metadata?.annotations),
      spec: {
        name: spec?.name || undefined,
        annotations: decodeAnnotations(spec?.annotations),
        protocol: spec?.protocol || undefined,
        predictors,
      },
    },
  };
}

function decodePredictor(raw: RawPredictor, units: readonly PredictiveUnit[]): Predictor {
  const explainer = raw.explainer?.type
    ? { type: raw.explainer.type, servicePort: raw.explainer.endpoint?.service_port || undefined }
    : undefined;
  return {
    name: raw.name ?? "",
    traffic: raw.traffic ?? undefined,
    shadow: raw.shadow ?? false,
    annotations: decodeAnnotations(raw.annotations),
    units,
    containers: decodeContainers(raw.componentSpecs ?? []),
    explainer,
    certSecretName: raw.ssl?.certSecretName || undefined,
  };
}

function decodeContainers(components: readonly (RawComponent | null)[]): readonly Container[] {
  const found: Container[] = [];
  for (const [c, component] of components.entries())
    for (const [i, container] of (component?.spec?.containers ?? []).entries())
      found.push({
        name: container?.name ?? "",
        ports: decodePorts(container?.ports ?? []),
        position: [c, i],
      });
  return found;
}

function decodePorts(ports: readonly (RawPort | null)[]): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const port of ports) {
    // The operator takes the first port of a name.
    if (port?.name && typeof port.containerPort === "number" && !named.has(port.name))
      named.set(port.name, port.containerPort);
  }
  return named;
}

/** By this label operators tell their objects; an operator without an id takes those without it, and the empty ones. */
export const controllerIdKey = "seldon.io/controller-id";

/** The API server judges labels itself: what is no text is none. */
export function controllerIdIn(labels: unknown): string | undefined {
  const id = typeof labels === "object" && labels !== null ? Reflect.get(labels, controllerIdKey) : undefined;
  return typeof id === "string" && id !== "" ? id : undefined;
}

function decodeAnnotations(raw: RawAnnotations | null | undefined): Annotations {
  const annotations = new Map<string, string>();
  for (const key of Object.keys(raw ?? {})) annotations.set(key, raw?.[key] ?? "");
  return annotations;
}
