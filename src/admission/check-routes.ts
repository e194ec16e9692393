import { Route } from "../checks/variables.ts";
import type { PredictorDocuments } from "../mapping/build.ts";
import { isMap } from "../mapping/custom.ts";
import { parseService } from "../mapping/service-address.ts";
import type { Subject } from "../mapping/subject.ts";
import { effectiveMappings, type RoutedMapping, type Surroundings } from "../routes/effective.ts";
import { type RouteGroup, routeTable, type Share } from "../routes/table.ts";

/** Ambassador's timeout for a Mapping that has none, in ms (Ambassador's documentation of `timeout_ms`). */
const mappingTimeoutMs = 3000;

type RoutedSubject = Subject & Surroundings & { readonly documents: () => PredictorDocuments };

/** What Ambassador serves of a deployment alone, in its order: each Mapping on each Ambassador, shadows last. */
export const routesOf = (input: RoutedSubject): readonly Route[] =>
  routeTable(effectiveMappings(input, input, input.documents).filter(isComplete)).flatMap((group) => [
    ...group.split.map((share) => routeOf(group, share, input)),
    ...(group.shadow ? [routeOf(group, group.shadow, input)] : []),
  ]);

/** Ambassador takes no other. */
const isComplete = ({ fields }: RoutedMapping): boolean =>
  typeof fields.prefix === "string" && typeof fields.service === "string" && fields.service !== "";

function routeOf(group: RouteGroup, { mapping, percent }: Share, subject: Subject): Route {
  const { fields, isCustom } = mapping;
  const retries = isMap(fields.retry_policy) ? fields.retry_policy.num_retries : undefined;
  return new Route({
    kind: group.isGrpc ? "grpc" : "rest",
    ambassadorId: group.ambassadorId,
    host: group.host,
    method: group.method ?? "",
    prefix: group.prefix,
    regex: group.isRegex,
    headers: new Map(group.headers.map(({ name, value = "" }) => [name, value])),
    service: String(fields.service),
    predictor: predictorOf(String(fields.service), subject),
    weight: BigInt(Math.round(percent)),
    shadow: fields.shadow === true,
    custom: isCustom,
    timeoutMs: wholeNumber(fields.timeout_ms, mappingTimeoutMs),
    retries: wholeNumber(retries, 0),
  });
}

const wholeNumber = (value: unknown, otherwise: number): bigint =>
  BigInt(typeof value === "number" && Number.isFinite(value) ? Math.round(value) : otherwise);

/** The name of the predictor that a service belongs to; empty where it is none of the deployment's own. */
function predictorOf(service: string, { deployment, services }: Subject): string {
  const address = parseService(service);
  if ("problem" in address) return "";
  const { namespace, spec } = deployment;
  const found = services.find(({ name }) =>
    [name, `${name}.${namespace}`, `${name}.${namespace}.svc.cluster.local`].includes(address.host),
  );
  return (found && spec.predictors[found.predictor]?.name) ?? "";
}
