import { settingsFor } from "../config/settings.ts";
import { parseService } from "../mapping/service-address.ts";
import type { RoutedMapping } from "../routes/effective.ts";
import type { RouteGroup } from "../routes/table.ts";
import { eraOf } from "../seldon/era.ts";
import { requestPath } from "../seldon/request-path.ts";
import { createdServices } from "../seldon/services.ts";
import type { Served } from "./served.ts";

/** What of its owner a Mapping leads to. */
export interface Destination {
  readonly kind: "predictor" | "explainer" | "container";
  readonly predictor: string;
  /** Behind the prefix; undefined where it is not known. */
  readonly requestPath: string | undefined;
}

/** Undefined where the Mapping leads to something else than a Service of its owner. */
export function destinationOf(
  { fields, owner }: RoutedMapping,
  { cluster, settings }: Pick<Served, "cluster" | "settings">,
): Destination | undefined {
  const deployment = cluster.find(owner.namespace, owner.name);
  const address = parseService(String(fields.service));
  if (deployment === undefined || "problem" in address) return undefined;
  const { host } = address;
  const era = eraOf(settingsFor(settings, deployment).seldon.operatorVersion);
  const service = createdServices(deployment, era).find(({ name }) =>
    [name, `${name}.${owner.namespace}`, `${name}.${owner.namespace}.svc.cluster.local`].includes(host),
  );
  const predictor = service && deployment.spec.predictors[service.predictor];
  if (predictor === undefined) return undefined;
  const { kind } = service as { kind: Destination["kind"] };
  return {
    kind,
    predictor: predictor.name,
    requestPath:
      kind === "container"
        ? undefined
        : requestPath(deployment, predictor, kind === "explainer" ? "explain" : "predict", era),
  };
}

/** The path of a REST request that a route takes to a model; undefined for gRPC and where it is not known. */
export function readyPath(
  group: RouteGroup,
  served: Pick<Served, "cluster" | "settings">,
): string | undefined {
  const share = group.split.find(({ percent }) => percent > 0);
  if (share === undefined || group.isGrpc || group.isRegex || !group.prefix.endsWith("/")) return undefined;
  if ((share.mapping.fields.rewrite ?? "/") !== "/") return undefined;
  const behind = destinationOf(share.mapping, served)?.requestPath;
  return behind && `${group.prefix}${behind}`;
}
