import { skipped, type Verdict } from "./verdict.ts";

/** What came of an attempt to read something. */
export type Fetched<T> =
  | { readonly state: "read"; readonly value: T }
  /** There is none. */
  | { readonly state: "absent" }
  /** Nobody knows: `reason` follows "cannot read". */
  | { readonly state: "unread"; readonly reason: string };

export const read = <T>(value: T): Fetched<T> => ({ state: "read", value });

export const unread = (reason: string): Fetched<never> => ({ state: "unread", reason });

/** The value; undefined where there is none, or where it is not known. */
export const valueIn = <T>(fetched: Fetched<T> | undefined): T | undefined =>
  fetched?.state === "read" ? fetched.value : undefined;

/** What is said in place of judging what could not be read. */
export const unreadVerdict = ({ reason }: { readonly reason: string }, object?: string): Verdict =>
  skipped(`cannot read ${reason}`, object);
