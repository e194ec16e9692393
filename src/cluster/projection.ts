import { isDeepStrictEqual } from "node:util";
import { ambassadorKey } from "../mapping/configuration.ts";
import { isMap } from "../mapping/custom.ts";
import { isGenerated } from "../mapping/marker.ts";
import { controllerIdIn, decodeDeployment } from "../seldon/decode.ts";
import { recordKey } from "../seldon/recorded-defaults.ts";
import type { Annotations, Container, Predictor, SeldonDeployment } from "../seldon/types.ts";
import { owned, type Pool } from "./intern.ts";

/** A deployment of the cluster, with the state that it was read in. */
export interface ProjectedDeployment extends SeldonDeployment {
  readonly name: string;
  /** Undefined only where no API server made it. */
  readonly uid: string | undefined;
  readonly resourceVersion: string;
}

/** What tells one state of one object of the API server from all others. */
export interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly resourceVersion: string;
}

/** Whether two states of one object say the same; the operator's writes of its status change nothing that is kept. */
export const isSameState = (a: SeldonDeployment, b: SeldonDeployment): boolean =>
  isDeepStrictEqual({ ...a, resourceVersion: "" }, { ...b, resourceVersion: "" });

const noAnnotations: Annotations = new Map();
const noPorts: Container["ports"] = new Map();

const isRead = (key: string): boolean =>
  key.startsWith("seldon.io/") || key === ambassadorKey || key === recordKey;

const isName = (value: unknown): value is string => typeof value === "string" && value !== "";

/** The identity of a raw object; undefined for what is no object of the API server. */
export function identityOf(raw: unknown): Identity | undefined {
  const metadata = isMap(raw) && isMap(raw.metadata) ? raw.metadata : {};
  const { namespace, name, uid, resourceVersion } = metadata;
  return isName(namespace) && isName(name) && typeof resourceVersion === "string"
    ? { namespace, name, uid: isName(uid) ? uid : undefined, resourceVersion }
    : undefined;
}

/**
 * What the engine reads of a raw object, in as few bytes as may be: tens of thousands are held in memory. A text
 * made here is cut to its first line, by which it is still known; nobody routes by the rest, for the Mappings of
 * others are built anew from their fields.
 */
export function project(raw: unknown, pool: Pool): ProjectedDeployment | undefined {
  const identity = identityOf(raw);
  if (identity === undefined) return undefined;
  const deployment = decodeDeployment(raw, identity.namespace).deployment ?? unreadable(raw, identity);
  const { spec } = deployment;
  return Object.freeze({
    apiVersion: pool.text(deployment.apiVersion),
    namespace: pool.text(identity.namespace),
    name: identity.name,
    generateName: undefined,
    controllerId: deployment.controllerId && pool.text(deployment.controllerId),
    deleting: deployment.deleting,
    annotations: annotationsOf(deployment.annotations, pool),
    spec: Object.freeze({
      name: spec.name,
      annotations: annotationsOf(spec.annotations, pool),
      protocol: spec.protocol && pool.text(spec.protocol),
      predictors: predictorsOf(spec.predictors, pool),
    }),
    uid: identity.uid,
    resourceVersion: identity.resourceVersion,
  });
}

/** An object that a laxer CRD let through: it exists, and nothing else is known of it. */
function unreadable(raw: unknown, { namespace, name }: Identity): SeldonDeployment {
  const metadata = isMap(raw) && isMap(raw.metadata) ? raw.metadata : {};
  return {
    apiVersion: isMap(raw) && typeof raw.apiVersion === "string" ? raw.apiVersion : "",
    namespace,
    name,
    generateName: undefined,
    controllerId: controllerIdIn(metadata.labels),
    deleting: Boolean(metadata.deletionTimestamp),
    annotations: noAnnotations,
    spec: { name: undefined, annotations: noAnnotations, protocol: undefined, predictors: [] },
  };
}

function annotationsOf(annotations: Annotations, pool: Pool): Annotations {
  const read = [...annotations].filter(([key]) => isRead(key));
  if (read.length === 0) return noAnnotations;
  return new Map(read.map(([key, value]) => [pool.text(key), keptText(value, pool)]));
}

function keptText(value: string, pool: Pool): string {
  if (!isGenerated(value)) return pool.text(value);
  const end = value.indexOf("\n");
  return end < 0 ? value : owned(value.slice(0, end));
}

const predictorsOf = (predictors: readonly Predictor[], pool: Pool): readonly Predictor[] =>
  sharing(
    predictors.map((predictor) => predictorOf(predictor, pool)),
    pool,
  );

/** Most predictors of a cluster are called alike and hold a container called alike. */
function sharing(predictors: readonly Predictor[], pool: Pool): readonly Predictor[] {
  if (predictors.some(({ annotations }) => annotations.size > 0)) return Object.freeze(predictors);
  return pool.value(keyOf("predictors", predictors), () => Object.freeze(predictors));
}

const keyOf = (kind: string, value: unknown): string =>
  kind + JSON.stringify(value, (_, part: unknown) => (part instanceof Map ? [...part] : part));

function predictorOf(predictor: Predictor, pool: Pool): Predictor {
  const annotations = annotationsOf(predictor.annotations, pool);
  const create = (): Predictor => Object.freeze(compactPredictor(predictor, annotations, pool));
  if (annotations.size > 0) return create();
  return pool.value(keyOf("predictor", { ...predictor, annotations: [] }), create);
}

const compactPredictor = (predictor: Predictor, annotations: Annotations, pool: Pool): Predictor => ({
  name: pool.text(predictor.name),
  traffic: predictor.traffic,
  shadow: predictor.shadow,
  annotations,
  units: pool.value(keyOf("units", predictor.units), () =>
    predictor.units.map(({ name, implementation }) => ({
      name: pool.text(name),
      implementation: implementation && pool.text(implementation),
    })),
  ),
  containers: pool.value(keyOf("containers", predictor.containers), () =>
    predictor.containers.map(({ name, ports, position }) => ({
      name: pool.text(name),
      ports: ports.size === 0 ? noPorts : ports,
      position,
    })),
  ),
  explainer: predictor.explainer,
  certSecretName: predictor.certSecretName,
});
