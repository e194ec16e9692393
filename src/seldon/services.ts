import { createHash } from "node:crypto";
import type { FieldPath } from "../diagnostics/field-path.ts";
import type { Era } from "./era.ts";
import { isPrepackaged } from "./ports.ts";
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

/** The name of the Service that a predictor's Mappings point to. svc-name is taken verbatim. */
export const predictorServiceName = (deployment: SeldonDeployment, predictor: Predictor, era: Era): string =>
  predictor.annotations.get(svcNameAnnotation) ?? shorten(era.predictorService(deployment, predictor));

export const explainerServiceName = (deployment: SeldonDeployment, predictor: Predictor): string =>
  shorten(`${deployment.name}-${predictor.name}-explainer`);

/** Every Service of a deployment, in the order of its predictors. Empty while it has no name. */
export function createdServices(deployment: SeldonDeployment, era: Era): readonly CreatedService[] {
  if (deployment.name === undefined) return [];
  return deployment.spec.predictors.flatMap((predictor, index) => {
    const at = ["spec", "predictors", index];
    const service = (kind: CreatedService["kind"], fullName: string, path: FieldPath): CreatedService => ({
      name: shorten(fullName),
      fullName,
      kind,
      predictor: index,
      path,
    });
    const own = predictorService(deployment, predictor, era);
    const base = `${deployment.name}-${predictor.name}`;
    const services = [{ ...service("predictor", own.fullName, [...at, ...own.path]), name: own.name }];
    for (const node of exposedNodes(predictor))
      services.push(service("container", `${base}-${node.name}`, [...at, ...node.path]));
    if (predictor.explainer) services.push(service("explainer", `${base}-explainer`, [...at, "name"]));
    return services;
  });
}

function predictorService(deployment: SeldonDeployment, predictor: Predictor, era: Era) {
  const verbatim = predictor.annotations.get(svcNameAnnotation);
  if (verbatim !== undefined)
    return { fullName: verbatim, name: verbatim, path: ["annotations", svcNameAnnotation] };
  const fullName = era.predictorService(deployment, predictor);
  return { fullName, name: shorten(fullName), path: ["name"] };
}

/** Graph nodes that run in a container of their own: each gets a Service. */
function exposedNodes(predictor: Predictor): readonly { name: string; path: FieldPath }[] {
  const nodes = new Set(predictor.units.map((unit) => unit.name));
  const written = predictor.containers.filter((container) => nodes.has(container.name));
  const names = new Set(written.map((container) => container.name));
  const added = predictor.units.filter((unit) => isPrepackaged(unit) && !names.has(unit.name));
  return [
    ...written.map(({ name, position: [component, index] }) => ({
      name,
      path: ["componentSpecs", component, "spec", "containers", index, "name"] as FieldPath,
    })),
    ...added.map(({ name }) => ({ name, path: ["graph"] as FieldPath })),
  ].filter((node) => !internalContainers.has(node.name));
}
