/** The variables of expressions. */
export const variableNames = ["object", "oldObject", "request", "namespaceObject", "routes"] as const;

export type VariableName = (typeof variableNames)[number];

/** Somebody asks who is writing, and nobody is. */
export class NobodyWrites extends Error {
  override readonly name = "NobodyWrites";
}

/** Who is writing, as the API server authenticated them. */
export class UserInfo {
  readonly #user: { readonly username: string; readonly groups: readonly string[] } | undefined;

  /** Undefined where nobody is writing: any look at a field then throws NobodyWrites. */
  constructor(user: { readonly username: string; readonly groups: readonly string[] } | undefined) {
    this.#user = user;
  }

  get #known() {
    if (this.#user === undefined) throw new NobodyWrites("nobody is writing");
    return this.#user;
  }

  get username(): string {
    return this.#known.username;
  }

  get groups(): readonly string[] {
    return this.#known.groups;
  }
}

/** What is being done. */
export class Request {
  readonly operation: "CREATE" | "UPDATE";
  readonly userInfo: UserInfo;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly dryRun: boolean;

  constructor(fields: Request) {
    this.operation = fields.operation;
    this.userInfo = fields.userInfo;
    this.namespace = fields.namespace;
    this.name = fields.name;
    this.uid = fields.uid;
    this.dryRun = fields.dryRun;
  }
}

export class NamespaceMetadata {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;

  constructor(name: string, labels: ReadonlyMap<string, string>) {
    this.name = name;
    this.labels = labels;
  }
}

/** The namespace of the object: only what is known of it. */
export class NamespaceObject {
  readonly metadata: NamespaceMetadata;

  constructor(name: string, labels: ReadonlyMap<string, string>) {
    this.metadata = new NamespaceMetadata(name, labels);
  }
}

/** One Mapping that Ambassador serves for the object; every field is there in each. */
export class Route {
  readonly kind!: "rest" | "grpc";
  readonly ambassadorId!: string;
  readonly host!: string;
  readonly method!: string;
  readonly prefix!: string;
  readonly regex!: boolean;
  readonly headers!: ReadonlyMap<string, string>;
  readonly service!: string;
  readonly predictor!: string;
  readonly weight!: bigint;
  readonly shadow!: boolean;
  readonly custom!: boolean;
  readonly timeoutMs!: bigint;
  readonly retries!: bigint;

  constructor(fields: Readonly<Record<RouteField, unknown>>) {
    Object.assign(this, fields);
  }
}

type Fields<T> = Readonly<Record<keyof T, { readonly type: string; readonly meaning: string }>>;
type RouteField = keyof Route;

/** What checks may read of `request`. */
export const requestFields: Fields<Request> = {
  operation: { type: "string", meaning: "`CREATE` or `UPDATE`" },
  userInfo: { type: "UserInfo", meaning: "`username` and `groups` of whoever is writing" },
  namespace: { type: "string", meaning: "the namespace of the object" },
  name: { type: "string", meaning: "its name; empty while the API server has made none" },
  uid: { type: "string", meaning: "of the request; empty where nobody is writing" },
  dryRun: { type: "bool", meaning: "whether nothing is going to be stored" },
};

/** What checks may read of each of `routes`. */
export const routeFields: Fields<Route> = {
  kind: { type: "string", meaning: "`rest` or `grpc`" },
  ambassadorId: { type: "string", meaning: "the Ambassador that serves it; a Mapping for two is two routes" },
  host: { type: "string", meaning: "`*`: any" },
  method: { type: "string", meaning: "empty: any" },
  prefix: { type: "string", meaning: "the path, or an expression for it" },
  regex: { type: "bool", meaning: "whether `prefix` is an expression for the whole path" },
  headers: {
    type: "map<string, string>",
    meaning: "what the request's headers must be, expressions included; empty: present",
  },
  service: { type: "string", meaning: "as the Mapping says it, such as `iris-main.models:8000`" },
  predictor: {
    type: "string",
    meaning: "the predictor that the service belongs to; empty: none of the object's",
  },
  weight: {
    type: "int",
    meaning: "percent of the requests, rounded; of a shadow, of the copies that it gets",
  },
  shadow: { type: "bool", meaning: "whether it gets copies of requests only" },
  custom: { type: "bool", meaning: "whether the author wrote it; else it is generated" },
  timeoutMs: { type: "int", meaning: "in milliseconds; Ambassador's 3000 where the Mapping has none" },
  retries: { type: "int", meaning: "`retry_policy.num_retries`, or 0" },
};

const typesOf = (fields: Readonly<Record<string, { readonly type: string }>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, type]));

/** A class whose instances expressions read, field by field. */
export interface MessageType {
  readonly name: string;
  readonly ctor: new (...args: never[]) => object;
  readonly fields: Readonly<Record<string, string>>;
}

/** The types of expressions besides CEL's own, each before those that use it. */
export const messageTypes: readonly MessageType[] = [
  { name: "UserInfo", ctor: UserInfo, fields: { username: "string", groups: "list<string>" } },
  { name: "Request", ctor: Request, fields: typesOf(requestFields) },
  {
    name: "NamespaceMetadata",
    ctor: NamespaceMetadata,
    fields: { name: "string", labels: "map<string, string>" },
  },
  { name: "Namespace", ctor: NamespaceObject, fields: { metadata: "NamespaceMetadata" } },
  { name: "Route", ctor: Route, fields: typesOf(routeFields) },
];

/** Objects are raw, so that nothing is known of their fields. */
export const variableTypes: Readonly<Record<VariableName, string>> = {
  object: "dyn",
  oldObject: "dyn",
  request: "Request",
  namespaceObject: "Namespace",
  routes: "list<Route>",
};
