import { compareVersions } from "../../seldon/era.ts";
import type { Ambassador, Operator, Workloads } from "../facts.ts";
import { type Fetched, read } from "../fetched.ts";
import type { Container, Deployment } from "../kubernetes.ts";
import type { Reader } from "./reader.ts";

/** Whatever has a pod template. */
export type Workload = Pick<Deployment, "metadata" | "spec">;

/** Operators up to 0.4 are a StatefulSet, and Ambassador may be a DaemonSet. */
const kinds = ["deployment", "daemonset", "statefulset"] as const;

/** Reads everything with pods, and keeps what is an operator of Seldon or an Ambassador. */
export async function readWorkloads(reader: Reader): Promise<Fetched<Workloads>> {
  const operators: Operator[] = [];
  const ambassadors: Ambassador[] = [];
  for (const kind of kinds) {
    const isEither = (each: Workload): boolean => isOperator(each) || ambassadorContainer(each) !== undefined;
    const found = await reader.list<Workload>(
      `/apis/apps/v1/${kind}s`,
      `${kind}s of all namespaces`,
      isEither,
    );
    if (found.state === "unread") return found;
    if (found.state === "absent") continue;
    for (const each of found.value) {
      const object = `${kind}/${each.metadata?.namespace}/${each.metadata?.name}`;
      if (isOperator(each)) operators.push(operatorIn(each, object));
      else ambassadors.push(ambassadorIn(each, object));
    }
  }
  return read({ operators, ambassadors });
}

const containersOf = ({ spec }: Workload): readonly Container[] => spec?.template.spec?.containers ?? [];

const operatorContainer = (workload: Workload): Container | undefined =>
  containersOf(workload).find(({ env = [] }) => env.some(({ name }) => name === "AMBASSADOR_ENABLED"));

/** As Seldon's chart and kustomize manifests label it, in every release since 0.2. */
const isOperator = (workload: Workload): boolean =>
  workload.spec?.template.metadata?.labels?.["control-plane"] === "seldon-controller-manager" ||
  operatorContainer(workload) !== undefined;

/** The version in an image's tag; undefined for `latest`, a digest, and the like. */
export function versionIn(image: string | undefined): string | undefined {
  const [, tag] = /:([^/@]+)(@.*)?$/.exec(image ?? "") ?? [];
  return /^v?(\d+\.\d+(\.\d+)?)(?![\d.])/.exec(tag ?? "")?.[1];
}

/** A variable's value; undefined where it is not set, or comes from elsewhere. */
const variable = (container: Container | undefined, name: string): string | undefined => {
  const found = container?.env?.find((each) => each.name === name);
  return found?.valueFrom === undefined ? found?.value : undefined;
};

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;

function operatorIn(workload: Workload, object: string): Operator {
  const container = operatorContainer(workload) ?? containersOf(workload)[0];
  const version = versionIn(container?.image);
  const single = variable(container, "AMBASSADOR_SINGLE_NAMESPACE");
  return {
    object,
    version,
    mode: modeIn(container, version),
    singleNamespace: single === undefined ? undefined : single === "true",
    httpPort: numberIn(variable(container, "ENGINE_SERVER_PORT")),
    grpcPort: numberIn(variable(container, "ENGINE_SERVER_GRPC_PORT")),
    controllerId: textIn(container, "CONTROLLER_ID"),
    watches: textIn(container, "WATCH_NAMESPACE"),
  };
}

/** Empty where it is not set; undefined where its value is not shown. */
const textIn = (container: Container | undefined, name: string): string | undefined =>
  container?.env?.some((each) => each.name === name) ? variable(container, name) : "";

/** The release that brought AMBASSADOR_VERSION; before it there was v1 only. */
const modesSince = "1.15";

function modeIn(container: Container | undefined, version: string | undefined): Operator["mode"] {
  const enabled = variable(container, "AMBASSADOR_ENABLED");
  if (enabled === undefined) return undefined;
  if (enabled !== "true") return "disabled";
  const mode = variable(container, "AMBASSADOR_VERSION");
  if (mode === "v1" || mode === "v2") return mode;
  return mode === undefined && version !== undefined && compareVersions(version, modesSince) < 0
    ? "v1"
    : undefined;
}

/** The last part of the names of images of Ambassador, Emissary-ingress and Edge Stack. */
const images: readonly string[] = [
  "ambassador",
  "emissary",
  "emissary-ingress",
  "aes",
  "ambassador-edge-stack",
];

/** The same images also run as agent and as conversion webhook, which serve nobody. */
const otherRoles: readonly string[] = ["agent", "apiext", "kubewatch"];

const ambassadorContainer = (workload: Workload): Container | undefined =>
  containersOf(workload).find(
    ({ image = "", command = [], args = [] }) =>
      images.includes(
        image
          .replace(/(:[^/]*)?(@.*)?$/, "")
          .split("/")
          .at(-1) ?? "",
      ) && ![...command, ...args].some((word) => otherRoles.includes(word)),
  );

function ambassadorIn(workload: Workload, object: string): Ambassador {
  const container = ambassadorContainer(workload);
  const isSet = container?.env?.some(({ name }) => name === "AMBASSADOR_ID") === true;
  return {
    object,
    version: versionIn(container?.image),
    // Ambassador's own default.
    id: isSet ? variable(container, "AMBASSADOR_ID") : "default",
  };
}
