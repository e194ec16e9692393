import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { ConfigSources } from "../config/load.ts";
import { type FieldPath, formatFieldPath } from "../diagnostics/field-path.ts";
import { PolicyIndex } from "../policy/policy-index.ts";
import { maxPolicyBytes } from "./parse.ts";
import { problemLine, readPolicy } from "./read.ts";

/** A policy that can be worked with. */
export interface LoadedPolicy {
  readonly file: string;
  readonly index: PolicyIndex;
  /** The configuration together with the policy's settings. */
  readonly config: Config;
  /** Tells the bytes of this file from others. */
  readonly fingerprint: string;
}

/** The first bytes of a file, one more than a policy may have. Throws ConfigError. */
export function readBytes(file: string): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    const buffer = Buffer.alloc(maxPolicyBytes + 1);
    let length = 0;
    for (let count = 1; count > 0 && length < buffer.length; length += count)
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    return buffer.subarray(0, length);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([`${file}: cannot be read (${code === "ENOENT" ? "no such file" : code})`]);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

export const fingerprintOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** The text of a file's bytes. Throws ConfigError where they are none. */
export function textOf(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ConfigError([`${file}: not UTF-8 text`]);
  }
}

/** Makes of a file's bytes a policy to work with. Throws ConfigError with every problem and its place. */
export function policyFrom(file: string, bytes: Buffer, sources: ConfigSources): LoadedPolicy {
  const read = readPolicy(textOf(file, bytes));
  if (read.problems) throw new ConfigError(read.problems.map((problem) => problemLine(file, problem)));
  const { policy, settings } = read;
  const labelAt = (place: FieldPath): string => {
    const { line, column } = settings.placeOf(place);
    return `${file}:${line}:${column}: ${formatFieldPath(place)}`;
  };
  const operators = settings.operators.map((operator, index) => ({
    ...operator,
    label: (path: string) => labelAt(["operators", index, ...(path === "" ? [] : path.split("."))]),
  }));
  const label = (path: string): string => labelAt(path.split("."));
  const config = sources.combine({ values: settings.values, label }, operators);
  const index = new PolicyIndex(policy, config.engine.seldon.operatorVersion);
  return { file, index, config, fingerprint: fingerprintOf(bytes) };
}

/** Reads a policy file. Throws ConfigError with every problem and its place. */
export const loadPolicy = (file: string, sources: ConfigSources): LoadedPolicy =>
  policyFrom(file, readBytes(file), sources);
