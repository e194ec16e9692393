import { Scalar } from "yaml";
import { Unreadable } from "./unreadable.ts";

/** What a YAML scalar can become in JSON. */
export type Plain = string | number | boolean | null;

// kubectl reads YAML with sigs.k8s.io/yaml, whose resolver is go-yaml v2: YAML 1.1 without sexagesimals,
// plus 0o17. https://github.com/kubernetes-sigs/yaml/blob/v1.4.0/goyaml.v2/resolve.go
const words = new Map<string, boolean | null>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(
    (word) => [word, true] as const,
  ),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    (word) => [word, false] as const,
  ),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);
const notFinite = /^(\.(nan|NaN|NAN)|[-+]?\.(inf|Inf|INF))$/;
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;
const float = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const least = -(2n ** 63n);
const most = 2n ** 64n - 1n;

const parseInteger = (text: string): number | undefined => {
  const [, sign, digits] = integer.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const size = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === "-" ? -size : size;
  return value >= least && value <= most ? Number(value) : undefined;
};

const parseNumber = (text: string): number | undefined => {
  if (!/^[-+.\d]/.test(text)) return undefined;
  const digits = text.replaceAll("_", "");
  const value = parseInteger(digits) ?? (float.test(digits) ? Number(digits) : undefined);
  return Number.isFinite(value) ? value : undefined;
};

const isTyped = (tag: string, value: Plain): boolean => {
  if (tag === "int") return typeof value === "number" && Number.isInteger(value);
  if (tag === "float") return typeof value === "number";
  if (tag === "bool") return typeof value === "boolean";
  return tag !== "null" || value === null;
};

const standard = "tag:yaml.org,2002:";

function resolveTagged(tag: string, text: string, node: Scalar): Plain {
  if (tag === "binary") return Buffer.from(node.source ?? text, "base64").toString("utf8");
  if (!["int", "float", "bool", "null"].includes(tag)) return text;
  const value = resolvePlain(text, node);
  if (!isTyped(tag, value)) throw new Unreadable(`${JSON.stringify(text)} is not a !!${tag}`, startOf(node));
  return value;
}

function resolvePlain(text: string, node: Scalar): Plain {
  if (notFinite.test(text)) throw new Unreadable(`${text} has no JSON form`, startOf(node));
  const word = words.get(text);
  if (word !== undefined) return word;
  return parseNumber(text) ?? text;
}

const startOf = (node: Scalar): number => node.range?.[0] ?? 0;

/** The value of a scalar as kubectl reads it: YAML 1.1 booleans, nulls and numbers; the rest is text. */
export function resolveScalar(node: Scalar): Plain {
  const text = typeof node.value === "string" ? node.value : (node.source ?? "");
  const tag = node.tag ?? "";
  if (tag.startsWith(standard)) return resolveTagged(tag.slice(standard.length), text, node);
  // A quoted scalar is text, and so is one with any other tag.
  return tag === "" && node.type === Scalar.PLAIN ? resolvePlain(text, node) : text;
}
