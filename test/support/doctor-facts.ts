import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { defaultEngineSettings } from "../../src/config/settings.ts";
import type { Ambassador, Behind, Facts, Installation, Operator } from "../../src/doctor/facts.ts";
import { read } from "../../src/doctor/fetched.ts";
import { addressOf, allHooks, type Hook } from "../../src/doctor/hooks.ts";
import { serveRights } from "../../src/doctor/rights.ts";
import type { Pair } from "../../src/tls/mint.ts";
import { deploymentOf, type Json } from "./deployment.ts";

const base = new URL("../../manifests/base/", import.meta.url);

const fileOf = (file: string): Json => parse(readFileSync(new URL(file, base), "utf8"));

/** What may be changed of an installation that has nothing wrong, before it is looked at. */
export interface Cluster {
  readonly now: Date;
  readonly chain: string[];
  readonly crd: Json;
  readonly mutating: Json[];
  readonly validating: Json[];
  readonly behind: { -readonly [key in keyof Behind]: Json };
  readonly operators: Operator[];
  readonly ambassadors: Ambassador[];
  /** Anything else of the facts, as it is to be. */
  facts: Partial<Facts>;
  engine: Installation["settings"]["engine"];
}

const host = "seldon-ambassador-webhook.seldon-ambassador-webhook.svc";

/** The name that the pair of a sound cluster must have. */
export const serviceHost = host;

export const operator: Operator = {
  object: "deployment/seldon-system/seldon-controller-manager",
  version: "1.18.2",
  mode: "v1",
  singleNamespace: false,
  httpPort: 8000,
  grpcPort: 5001,
  controllerId: "",
  watches: "",
};

const ambassador: Ambassador = {
  object: "deployment/ambassador/ambassador",
  version: "3.9.1",
  id: "default",
};

const withBundle = (configuration: Json, ca: string): Json => ({
  ...configuration,
  webhooks: configuration.webhooks.map((hook: Json) => ({
    ...hook,
    clientConfig: { ...hook.clientConfig, caBundle: Buffer.from(ca).toString("base64") },
  })),
});

const name = "seldon-ambassador-webhook";
const tasks = {
  ownCertificates: { namespace: name, secret: `${name}-ca`, configuration: name },
  writesEvents: false,
  readsNamespaces: false,
};

function behindOf(): Cluster["behind"] {
  const deployment = fileOf("deployment.yaml");
  const pod = {
    metadata: { name: "pod-1", labels: deployment.spec.template.metadata.labels },
    spec: deployment.spec.template.spec,
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
  const endpoints = [{ conditions: { ready: true } }, { conditions: { ready: true } }];
  return {
    service: read(fileOf("service.yaml")),
    slices: read([{ endpoints }]),
    deployments: read([{ ...deployment, status: { availableReplicas: 2 } }]),
    pods: read([pod]),
    budgets: read([{}]),
    rights: read(serveRights(tasks).map((right) => ({ ...right, allowed: true }))),
  };
}

/** An installation of manifests/base with nothing wrong, to be broken. */
export function soundCluster({ ca, cert }: Pair): Cluster {
  const versions = ["v1alpha2", "v1alpha3", "v1"].map((name) => ({
    name,
    served: true,
    schema: { openAPIV3Schema: {} },
  }));
  return {
    now: new Date(),
    chain: [cert],
    crd: { spec: { versions } },
    mutating: [withBundle(fileOf("mutating-webhook.yaml"), ca)],
    validating: [withBundle(fileOf("validating-webhook.yaml"), ca)],
    behind: behindOf(),
    operators: [operator],
    ambassadors: [ambassador],
    facts: {},
    engine: defaultEngineSettings,
  };
}

const nobody = { count: 0, first: [] };

const trials: Facts["trials"] = read([
  {
    place: "default",
    right: read({ outcome: "created", object: deploymentOf(), isComplete: true, isAcceptable: true }),
    wrong: read({ outcome: "refused", message: "denied the request: … [ambassador-id-form]" }),
  },
]);

/** The one that the first of these webhooks is part of. */
function installationsOf(all: readonly Hook[], { chain, behind, engine }: Cluster): readonly Installation[] {
  const [first] = all;
  const address = first && addressOf(first);
  if (address === undefined) return [];
  const hooks = all.filter((hook) => isDeepStrictEqual(addressOf(hook), address));
  return [
    {
      address,
      hooks,
      behind: address.kind === "service" ? (behind as unknown as Behind) : undefined,
      served: [read({ chain, way: "by hand" })],
      settings: { engine, source: "deployment", unseen: [], tasks },
    },
  ];
}

/** What would be fetched of it. */
export function factsOf(cluster: Cluster): Facts {
  const mutating = read(cluster.mutating) as unknown as Facts["mutating"];
  const validating = read(cluster.validating) as unknown as Facts["validating"];
  const hooks = allHooks(mutating, validating).filter(({ name }) => name.includes("seldon-ambassador"));
  return {
    now: cluster.now,
    crd: read(cluster.crd) as unknown as Facts["crd"],
    mutating,
    validating,
    installations: installationsOf(hooks, cluster),
    workloads: read({ operators: cluster.operators, ambassadors: cluster.ambassadors }),
    mappings: read([]),
    inventory: read({
      count: 3,
      only: undefined,
      unadopted: nobody,
      wrong: nobody,
      condemned: nobody,
      byAmbassadorId: new Map(),
    }),
    trials,
    ...cluster.facts,
  };
}
