import { createHash } from "node:crypto";
import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Era } from "./era.ts";
import { explainerPort, isPrepackaged, type Ports, predictorPorts } from "./ports.ts";
import type { Predictor, SeldonDeployment } from "./types.ts";

export const svcNameAnnotation = "seldon.io/svc-name";

/** A Kubernetes Service that the operator will create for a deployment. */
export interface CreatedService {
  readonly name: string;
  /** The name before it was shortened; equal to `name` unless it was longer than 63 bytes. */
  readonly fullName: string;
  readonly kind: "predictor" | "explainer" | "container";
  /** Index of the predictor it belongs to. */
  readonly predictor: number;
  /** The field that decides the name. */
  readonly path: FieldPath;
}

/** Containers that the operator puts into pods itself and never exposes. */
const internalContainers = new Set(["seldon-container-engine", "tfserving"]);

const maxServiceName = 63;

const shorten = (name: string): string =>
  Buffer.byteLength(name) <= maxServiceName ? name : `seldon-${createHash("md5").update(name).digest("hex")}`;

/** The author's own name for a predictor's Service, taken verbatim. */
const svcName = (predictor: Predictor, era: Era): string | undefined =>
  era.readsSvcName ? predictor.annotations.get(svcNameAnnotation) : undefined;

/** The name of the Service that a predictor's Mappings point to. */
export const predictorServiceName = (deployment: SeldonDeployment, predictor: Predictor, era: Era): string =>
  svcName(predictor, era) ?? shorten(era.predictorService(deployment, predictor));

export const explainerServiceName = (deployment: SeldonDeployment, predictor: Predictor): string =>
  shorten(`${deployment.name}-${predictor.name}-explainer`);

/** Every Service of a deployment, in the order of its predictors. Empty while it has no name. */
export function createdServices(deployment: SeldonDeployment, era: Era): readonly CreatedService[] {
  if (deployment.name === undefined) return [];
  const { predictors } = deployment.spec;
  const [first] = predictors;
  if (!era.servicePerPredictor) return first ? [predictorService(deployment, first, 0, era)] : [];
  const services: CreatedService[] = [];
  for (const [index, predictor] of predictors.entries())
    for (const service of servicesOf(deployment, predictor, index, era)) services.push(service);
  return services;
}

function servicesOf(
  deployment: SeldonDeployment,
  predictor: Predictor,
  index: number,
  era: Era,
): readonly CreatedService[] {
  const at = ["spec", "predictors", index];
  const derived = (kind: CreatedService["kind"], fullName: string, path: FieldPath): CreatedService => ({
    name: shorten(fullName),
    fullName,
    kind,
    predictor: index,
    path: [...at, ...path],
  });
  const { containerService } = era;
  const containers = containerService ? exposedNodes(predictor) : [];
  return [
    predictorService(deployment, predictor, index, era),
    ...containers.map(({ name, path }) =>
      derived("container", containerService?.(deployment, predictor, name) ?? "", path),
    ),
    ...(predictor.explainer
      ? [derived("explainer", `${deployment.name}-${predictor.name}-explainer`, ["name"])]
      : []),
  ];
}

function predictorService(
  deployment: SeldonDeployment,
  predictor: Predictor,
  index: number,
  era: Era,
): CreatedService {
  const at = ["spec", "predictors", index];
  const kind = "predictor";
  const verbatim = svcName(predictor, era);
  if (verbatim !== undefined) {
    const path = [...at, "annotations", svcNameAnnotation];
    return { name: verbatim, fullName: verbatim, kind, predictor: index, path };
  }
  const fullName = era.predictorService(deployment, predictor);
  const path = era.servicePerPredictor ? [...at, "name"] : ["metadata", "name"];
  return { name: shorten(fullName), fullName, kind, predictor: index, path };
}

/** Graph nodes that run in a container of their own: each gets a Service. */
function exposedNodes(predictor: Predictor): readonly { name: string; path: FieldPath }[] {
  const nodes = new Set(predictor.units.map(({ name }) => name));
  const written = predictor.containers.filter(({ name }) => nodes.has(name));
  const names = new Set(written.map(({ name }) => name));
  const exposed: { name: string; path: FieldPath }[] = [];
  for (const { name, position } of written) {
    const [component, index] = position;
    exposed.push({ name, path: ["componentSpecs", component, "spec", "containers", index, "name"] });
  }
  for (const unit of predictor.units)
    if (isPrepackaged(unit) && !names.has(unit.name)) exposed.push({ name: unit.name, path: ["graph"] });
  return exposed.filter(({ name }) => !internalContainers.has(name));
}

/** The ports of a created Service; undefined for those of containers, which are the author's own. */
export function servicePorts(
  { kind, predictor: index }: CreatedService,
  deployment: SeldonDeployment,
  engine: Ports,
): readonly number[] | undefined {
  const predictor = deployment.spec.predictors[index];
  if (kind === "container" || predictor === undefined) return undefined;
  if (kind === "explainer") return [explainerPort(predictor)];
  const ports = predictorPorts(deployment, engine)[index];
  return ports && [ports.http, ports.grpc];
}
