import { RE2JS } from "re2js";
import { type Cost, costOfRunes, type Runes } from "./characters.js";

/** One instruction of a program; `out` and `other` are places in it. */
export type Step =
  | { readonly kind: "fork"; readonly out: number; readonly other: number }
  | { readonly kind: "match" | "fail" }
  | { readonly kind: "skip"; readonly out: number }
  | { readonly kind: "take"; readonly out: number; readonly cost: Cost };
