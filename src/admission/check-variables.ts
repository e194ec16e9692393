import type { Variables } from "../checks/program.ts";
import { celValue } from "../checks/values.ts";
import { NamespaceObject, Request, type Route, UserInfo, type VariableName } from "../checks/variables.ts";
import type { LabelsOf } from "../policy/labels.ts";
import type { AdmissionRequest } from "./types.ts";

/** Who is writing, and how. */
export type Writer = Pick<AdmissionRequest, "uid" | "userInfo" | "dryRun">;

/** An object as checks look at it. */
export interface CheckedObject {
  readonly namespace: string;
  /** Undefined where there is none yet, or none that can be read. */
  readonly name?: string | undefined;
  /** Raw; undefined where nothing but its routing fields is known. */
  readonly object: unknown;
  /** Raw; undefined where nothing is being changed. */
  readonly oldObject?: unknown;
  readonly operation: "CREATE" | "UPDATE";
  /** Absent, or without a username, where nobody is writing. */
  readonly writer?: Writer | undefined;
  readonly labelsOf: LabelsOf;
  /** Undefined for an object that cannot be read. */
  readonly routes: (() => readonly Route[]) | undefined;
}

/** Why a variable has no value: `unknown`, where more would be known if the object were written. */
export interface Missing {
  readonly failure: "failed" | "unknown";
  readonly reason: string;
}

type Found = { readonly value: unknown } | Missing;

/** The variables of the checks on one object, each worked out once, and only when a check reads it. */
export class CheckVariables {
  readonly #checked: CheckedObject;
  readonly #found = new Map<VariableName, Found>();

  constructor(checked: CheckedObject) {
    this.#checked = checked;
  }

  /** The variables of these names, or why one of them is not known. Throws NamespaceUnknown. */
  of(names: Iterable<VariableName>): { readonly values: Variables } | Missing {
    const values: { [Name in VariableName]?: unknown } = {};
    for (const name of names) {
      const found = this.#find(name);
      if (!("value" in found)) return found;
      values[name] = found.value;
    }
    return { values };
  }

  #find(name: VariableName): Found {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const found = this.#make(name);
    this.#found.set(name, found);
    return found;
  }

  #make(name: VariableName): Found {
    const { namespace, object, labelsOf } = this.#checked;
    switch (name) {
      case "object":
        return read(object);
      case "oldObject":
        return this.#oldObject();
      case "request":
        return { value: requestOf(this.#checked) };
      case "namespaceObject":
        return { value: new NamespaceObject(namespace, labelsOf(namespace)) };
      case "routes":
        return routesOf(this.#checked);
    }
  }

  /** Where nobody changes anything, the object is what it was. */
  #oldObject(): Found {
    const { operation, oldObject } = this.#checked;
    if (operation === "CREATE") return { value: null };
    return oldObject === undefined ? this.#find("object") : read(oldObject);
  }
}

function read(raw: unknown): Found {
  try {
    return { value: celValue(raw) };
  } catch (error) {
    return { failure: "failed", reason: `the object is ${(error as Error).message}` };
  }
}

function requestOf({ operation, namespace, name, writer }: CheckedObject): Request {
  const { username, groups } = writer?.userInfo ?? {};
  const user = username === undefined ? undefined : { username, groups: groups ?? [] };
  return new Request({
    operation,
    namespace,
    name: name ?? "",
    dryRun: writer?.dryRun === true,
    // A review of files has an id of its own.
    uid: user === undefined ? "" : (writer?.uid ?? ""),
    userInfo: new UserInfo(user),
  });
}

function routesOf({ routes, name }: CheckedObject): Found {
  if (routes === undefined)
    return {
      failure: "failed",
      reason: "it reads routes, and those of an object that cannot be read are not known",
    };
  if (name === undefined)
    return {
      failure: "unknown",
      reason: "it reads routes, which an object has none of before it has a name",
    };
  return { value: routes() };
}
