import { group } from "../seldon/api.ts";
import { type Fetched, valueIn } from "./fetched.ts";
import type {
  HookRule,
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  Webhook,
} from "./kubernetes.ts";

/** One webhook, as an API server has it. */
export interface Hook extends Webhook {
  readonly kind: "mutating" | "validating";
  /** `mutatingwebhookconfiguration/name` */
  readonly configuration: string;
  /** Only mutating webhooks have one. */
  readonly reinvocationPolicy?: string;
}

/** Where an API server finds a webhook. */
export type Address =
  | { readonly kind: "service"; readonly namespace: string; readonly name: string; readonly port: number }
  | { readonly kind: "url"; readonly host: string; readonly port: number };

/** Webhooks of ours are known by their names, whatever their configuration is called. */
const domain = ".seldon-ambassador-webhook.io";

export type MutatingConfigurations = Fetched<readonly MutatingWebhookConfiguration[]>;
export type ValidatingConfigurations = Fetched<readonly ValidatingWebhookConfiguration[]>;

/** Every webhook of the cluster that could be read, in the order in which mutating ones are called. */
export function allHooks(
  mutating: MutatingConfigurations,
  validating: ValidatingConfigurations,
): readonly Hook[] {
  const hooks = [
    ...(valueIn(mutating) ?? []).flatMap(({ metadata, webhooks = [] }) =>
      webhooks.map(
        (webhook): Hook => ({
          ...webhook,
          kind: "mutating",
          configuration: `mutatingwebhookconfiguration/${metadata?.name}`,
        }),
      ),
    ),
    ...(valueIn(validating) ?? []).flatMap(({ metadata, webhooks = [] }) =>
      webhooks.map(
        (webhook): Hook => ({
          ...webhook,
          kind: "validating",
          configuration: `validatingwebhookconfiguration/${metadata?.name}`,
        }),
      ),
    ),
  ];
  return hooks.sort(
    (a, b) => Number(a.configuration > b.configuration) - Number(a.configuration < b.configuration),
  );
}

export const isOurs = ({ name }: Pick<Hook, "name">): boolean => name.endsWith(domain);

const has = (values: readonly string[] | undefined, wanted: string): boolean =>
  values?.some((value) => value === wanted || value === "*") === true;

const isAbout = ({ apiGroups, resources, scope }: HookRule): boolean =>
  has(apiGroups, group) &&
  (has(resources, "seldondeployments") || has(resources, "*/*")) &&
  (scope === undefined || scope === "*" || scope === "Namespaced");

/** Whether the webhook is called for this operation on SeldonDeployments of these versions. */
export function covers(
  { rules = [], matchPolicy }: Hook,
  operation: string,
  versions: readonly string[],
): boolean {
  const about = rules.filter((rule) => isAbout(rule) && has(rule.operations, operation));
  if (about.length === 0) return false;
  // The API server converts to a version that is asked for, unless it is told to look at the letter.
  if (matchPolicy !== "Exact") return true;
  return versions.every((version) => about.some(({ apiVersions }) => has(apiVersions, version)));
}

/** Where it is called; undefined for a URL that is none. */
export function addressOf({ clientConfig }: Hook): Address | undefined {
  const { service, url = "" } = clientConfig;
  if (service) {
    const { namespace, name, port = 443 } = service;
    return { kind: "service", namespace, name, port };
  }
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return { kind: "url", host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 443) };
}

/** The path at which it is called. */
export function pathOf({ clientConfig: { service, url = "" } }: Hook): string {
  if (service) return service.path ?? "/";
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** For messages: `service/namespace/name`, or `https://host:port`. */
export const describeAddress = (address: Address): string =>
  address.kind === "service"
    ? `service/${address.namespace}/${address.name}`
    : `https://${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;

/** The name that an API server wants to see in the certificate. */
export const serverNameOf = (address: Address): string =>
  address.kind === "service" ? `${address.name}.${address.namespace}.svc` : address.host;
