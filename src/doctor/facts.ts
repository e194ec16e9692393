import type { OperatorMode } from "../config/settings.ts";
import type { Fetched } from "./fetched.ts";
import type { Address, Hook, MutatingConfigurations, ValidatingConfigurations } from "./hooks.ts";
import type {
  CustomResourceDefinition,
  Deployment,
  EndpointSlice,
  Pod,
  PodDisruptionBudget,
  Service,
} from "./kubernetes.ts";
import type { Right, Tasks } from "./rights.ts";
import type { Ruling } from "./ruling.ts";

/** What a TLS handshake with the webhook showed. */
export interface Served {
  /** PEM, the leaf first, as sent. */
  readonly chain: readonly string[];
  /** How it was reached, for messages: `through a port-forward to pod x`. */
  readonly way: string;
}

/** The settings and the policy that a webhook decides by, and where they were found. */
export interface SettingsFound extends Ruling {
  readonly source: "deployment" | "flags";
  /** What could not be seen of those of the Deployment, as clauses. */
  readonly unseen: readonly string[];
  /** As far as can be seen. */
  readonly tasks: Tasks;
}

/** The program behind a Service. */
export interface Behind {
  readonly service: Fetched<Service>;
  readonly slices: Fetched<readonly EndpointSlice[]>;
  /** Those whose pods the Service selects. */
  readonly deployments: Fetched<readonly Deployment[]>;
  readonly pods: Fetched<readonly Pod[]>;
  /** Those that select these pods. */
  readonly budgets: Fetched<readonly PodDisruptionBudget[]>;
  /** What its service account may do of what it needs. */
  readonly rights: Fetched<readonly (Right & { readonly allowed: boolean })[]>;
}

/** One webhook that runs somewhere, with everything that calls it. */
export interface Installation {
  readonly address: Address;
  readonly hooks: readonly Hook[];
  /** Undefined where it is called by URL: then nothing is known of how it runs. */
  readonly behind: Behind | undefined;
  readonly settings: SettingsFound;
  /** One for each that was asked: replicas need not serve the same certificate. */
  readonly served: readonly Fetched<Served>[];
}

/** A controller of Seldon Core; undefined is what its environment does not show. */
export interface Operator {
  /** `deployment/seldon-system/seldon-controller-manager` */
  readonly object: string;
  /** `major.minor.patch` of its image's tag. */
  readonly version: string | undefined;
  readonly mode: OperatorMode | undefined;
  readonly singleNamespace: boolean | undefined;
  readonly httpPort: number | undefined;
  readonly grpcPort: number | undefined;
  /** Empty: it takes the objects that bear no id. */
  readonly controllerId: string | undefined;
  /** The only namespace that it watches; empty: it watches all. */
  readonly watches: string | undefined;
}

/** An Ambassador; undefined is what its pod template does not show. */
export interface Ambassador {
  readonly object: string;
  readonly version: string | undefined;
  readonly id: string | undefined;
}

/** Everything in the cluster that runs and matters. */
export interface Workloads {
  readonly operators: readonly Operator[];
  readonly ambassadors: readonly Ambassador[];
}

/** A Mapping object that Seldon's operator made. */
export interface OwnedMapping {
  /** `mappings.getambassador.io`: what kubectl calls its kind. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** Whether it bears the operator's label, by which it can be deleted. */
  readonly labelled: boolean;
}

/** Objects that share a trait: how many, and the first names. */
export interface Group {
  readonly count: number;
  readonly first: readonly string[];
}

/** What is stored, seen through the rules. */
export interface Inventory {
  readonly count: number;
  /** Rights did not reach further than this namespace; undefined: all were seen. */
  readonly only: string | undefined;
  /** Those that lack what belongs on them, and that `adopt` can bring it to. */
  readonly unadopted: Group;
  /** Of these, those that were never mutated or whose text is wrong. */
  readonly wrong: Group;
  /** Those that the rules condemn for something else. */
  readonly condemned: Group;
  /** By the id of the Ambassador that is to serve them. */
  readonly byAmbassadorId: ReadonlyMap<string, Group>;
}

/** What the API server made of a dry run. */
export type Trial =
  | {
      readonly outcome: "created";
      readonly object: unknown;
      /** Whether the webhook would have nothing to add. */
      readonly isComplete: boolean;
      /** Whether the webhook had to accept what was sent: by its settings, or because the policy lets it pass. */
      readonly isAcceptable: boolean;
    }
  /** `message` is the API server's. */
  | { readonly outcome: "refused"; readonly message: string };

/** A right and a wrong object, tried where one installation must see them; absent where it selects no namespace. */
export interface Trials {
  /** Where, for messages: `default`, or with labels that a selector asks for. */
  readonly place: string;
  readonly right: Fetched<Trial>;
  readonly wrong: Fetched<Trial>;
}

/** All that was fetched; the checks judge it without another look at the cluster. */
export interface Facts {
  readonly now: Date;
  readonly crd: Fetched<CustomResourceDefinition>;
  readonly mutating: MutatingConfigurations;
  readonly validating: ValidatingConfigurations;
  readonly installations: readonly Installation[];
  readonly workloads: Fetched<Workloads>;
  readonly mappings: Fetched<readonly OwnedMapping[]>;
  readonly inventory: Fetched<Inventory>;
  readonly trials: Fetched<readonly Trials[]>;
}
