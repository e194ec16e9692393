/**
 * A SeldonDeployment reduced to what routing depends on, whatever version it was written in.
 * Fields that nobody here reads are not kept; the raw object is never rebuilt from this.
 */
export interface SeldonDeployment {
  readonly apiVersion: string;
  readonly namespace: string;
  /** Absent while `generateName` has not been resolved. */
  readonly name: string | undefined;
  readonly generateName: string | undefined;
  /** The label seldon.io/controller-id, by which operators of one cluster divide its objects; empty is none. */
  readonly controllerId: string | undefined;
  /** It has a deletionTimestamp: it counts for nobody any more. */
  readonly deleting: boolean;
  /** metadata.annotations */
  readonly annotations: Annotations;
  readonly spec: {
    /** Deprecated spec.name, part of Service names before operator 1.1. */
    readonly name: string | undefined;
    /** spec.annotations, which win over metadata.annotations. */
    readonly annotations: Annotations;
    /** What clients speak; undefined: Seldon's own protocol. */
    readonly protocol: string | undefined;
    readonly predictors: readonly Predictor[];
  };
}

export type Annotations = ReadonlyMap<string, string>;

export interface Predictor {
  /** Empty when the author left it out. */
  readonly name: string;
  readonly traffic: number | undefined;
  readonly shadow: boolean;
  readonly annotations: Annotations;
  /** The graph's nodes, root first, depth first. */
  readonly units: readonly PredictiveUnit[];
  /** Containers of all componentSpecs in order. */
  readonly containers: readonly Container[];
  /** Present only with a `type`: without one the operator creates nothing. */
  readonly explainer: { readonly type: string; readonly servicePort: number | undefined } | undefined;
  /** ssl.certSecretName */
  readonly certSecretName: string | undefined;
}

export interface PredictiveUnit {
  readonly name: string;
  readonly implementation: string | undefined;
}

export interface Container {
  readonly name: string;
  /** The containerPort of each named port. */
  readonly ports: ReadonlyMap<string, number>;
  /** Indices in componentSpecs and in its spec.containers, for field paths. */
  readonly position: readonly [componentSpec: number, container: number];
}

/** `namespace/name`, the identity of a deployment within one cluster. */
export const deploymentKey = (namespace: string, name: string): string => `${namespace}/${name}`;
