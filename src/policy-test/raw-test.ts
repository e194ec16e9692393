/** A path, or the object itself. */
export type RawObjectRef = string | { readonly [key: string]: unknown };

export interface RawSurroundings {
  readonly cluster?: readonly RawObjectRef[];
  readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly now?: string;
}

export interface RawExpectation {
  readonly allowed: boolean;
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[];
  readonly atLeast?: boolean;
  readonly messages?: readonly string[];
  readonly exemption?: string;
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly patched?: RawObjectRef;
}

export interface RawCase extends RawSurroundings {
  readonly name: string;
  readonly object: RawObjectRef;
  readonly merge?: { readonly [key: string]: unknown };
  readonly oldObject?: RawObjectRef;
  readonly operation?: "CREATE" | "UPDATE" | "DELETE";
  readonly namespace?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly dryRun?: boolean;
  readonly expect: RawExpectation;
}

/** A policy test as it is written, once the form has found it sound. */
export interface RawTest extends RawSurroundings {
  readonly metadata?: { readonly name?: string };
  readonly policy: string;
  readonly cases: readonly RawCase[];
}
