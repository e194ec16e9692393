import type { Request } from "../routes/explain.ts";
import type { Explanation, Miss, Part } from "./explanation.ts";
import { reasonWords } from "./print-explanation.ts";
import {
  type JsonError,
  type JsonNote,
  type JsonRoute,
  type JsonShare,
  jsonRoute,
  jsonShare,
} from "./print-json.ts";
import type { Ambassador, Served } from "./served.ts";

export interface JsonPart extends JsonShare {
  /** The path as it is sent on; null where a rule for rewriting cannot be followed here. */
  readonly path: string | null;
}

export interface JsonMiss {
  readonly route: JsonRoute;
  /** Empty: it matches, but nobody answers in it. */
  readonly reasons: readonly { readonly kind: string; readonly message: string }[];
}

/** What one Ambassador does with the request. */
export interface JsonAnswer {
  readonly id: string;
  readonly namespaces: readonly string[] | null;
  readonly answered: boolean;
  /** `percent` is that of all such requests. */
  readonly answers: readonly JsonPart[];
  readonly copies: readonly JsonPart[];
  /** Percent of such requests that get 404. */
  readonly lost: number;
  readonly routes: readonly JsonRoute[];
  readonly passed: readonly JsonMiss[];
  readonly nearest: readonly JsonMiss[];
}

/** The document that `routes --explain -o json` prints. Keys may be added, never renamed or removed. */
export interface JsonExplanation {
  readonly request: {
    readonly method: string;
    readonly host: string;
    readonly path: string;
    /** By name in lower case. */
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly answered: boolean;
  readonly ambassadors: readonly JsonAnswer[];
  readonly notes: readonly JsonNote[];
  readonly errors: readonly JsonError[];
}

export const jsonRequest = ({ method, host, path, headers }: Request): JsonExplanation["request"] => ({
  method,
  host,
  path,
  headers: Object.fromEntries(headers),
});

export function jsonAnswer(explanation: Explanation, served: Served): JsonAnswer {
  const { ambassador, answers, copies, lost, matched, passed, nearest } = explanation;
  return {
    id: ambassador.id,
    namespaces: ambassador.namespaces ?? null,
    answered: answers.length > 0,
    answers: answers.map((part) => jsonPart(part, served)),
    copies: copies.map((part) => jsonPart(part, served)),
    lost,
    routes: matched.map((route) => jsonRoute(route, ambassador, served)),
    passed: passed.map((miss) => jsonMiss(miss, ambassador, served)),
    nearest: nearest.map((miss) => jsonMiss(miss, ambassador, served)),
  };
}

const jsonPart = ({ path, ...share }: Part, served: Served): JsonPart => ({
  ...jsonShare(share, served),
  path: path ?? null,
});

const jsonMiss = ({ route, reasons }: Miss, ambassador: Ambassador, served: Served): JsonMiss => ({
  route: jsonRoute(route, ambassador, served),
  reasons: reasons.map((reason) => ({ kind: reason.kind, message: reasonWords(reason) })),
});
