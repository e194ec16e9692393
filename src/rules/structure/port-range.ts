import type { FieldPath } from "../../diagnostics/field-path.ts";
import { type Finding, invalid } from "../../diagnostics/finding.ts";
import { isNoEngine } from "../../seldon/ports.ts";
import type { Predictor } from "../../seldon/types.ts";
import type { ObjectRule } from "../rule.ts";

const isPort = (port: number): boolean => port >= 1 && port <= 65535;

function* wrongPorts(predictor: Predictor, at: FieldPath): Iterable<Finding> {
  const message = "is not a port that a Service can have";
  const port = predictor.explainer?.servicePort;
  if (port !== undefined && !isPort(port))
    yield invalid([...at, "explainer", "endpoint", "service_port"], port, message);
  if (!isNoEngine(predictor)) return;
  for (const { ports, position } of predictor.containers) {
    const [component, container] = position;
    const path = [...at, "componentSpecs", component, "spec", "containers", container, "ports"];
    for (const name of ["http", "grpc"]) {
      const declared = ports.get(name);
      if (declared !== undefined && !isPort(declared))
        yield invalid(path, declared, `the ${name} port ${message}`);
    }
  }
}

const rule: ObjectRule = {
  id: "port-range",
  topic: "structure",
  severity: "error",
  reads: [],
  docs: {
    what: "Ports that a Mapping leads to, of explainers and of predictors without an engine, are from 1 to 65535.",
    why: "Envoy checks all routes together: one impossible port can stop every update of Ambassador.",
    fix: "Write the port that the container listens on.",
  },
  *check({ deployment }) {
    for (const [index, predictor] of deployment.spec.predictors.entries())
      yield* wrongPorts(predictor, ["spec", "predictors", index]);
  },
};

export default rule;
