import type { Labels } from "./selector.ts";

/** The rule that the wrong probe breaks: one that nobody but this webhook knows, in every setting. */
export const brokenRule = "ambassador-id-form";

/** What is tried, in a dry run: it is never stored, and its name is nobody's. */
export interface Probe {
  readonly apiVersion: string;
  readonly kind: "SeldonDeployment";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Labels;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** One predictor with a container of its own, which every release of Seldon Core takes. */
const spec = {
  name: "probe",
  predictors: [
    {
      name: "default",
      replicas: 1,
      componentSpecs: [
        { spec: { containers: [{ name: "classifier", image: "seldonio/mock_classifier:1.0" }] } },
      ],
      graph: { name: "classifier", type: "MODEL", endpoint: { type: "REST" }, children: [] },
    },
  ],
};

/** Both probes under one name. */
export function probes(place: { name: string; namespace: string; labels: Labels; version: string }): {
  readonly right: Probe;
  readonly wrong: Probe;
} {
  const { version, ...metadata } = place;
  const probe = (annotations: Probe["metadata"]["annotations"]): Probe => ({
    apiVersion: `machinelearning.seldon.io/${version}`,
    kind: "SeldonDeployment",
    metadata: { ...metadata, annotations },
    spec,
  });
  return { right: probe({}), wrong: probe({ "seldon.io/ambassador-id": "two, ids" }) };
}
