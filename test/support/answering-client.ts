import assert from "node:assert/strict";
import { patchOf } from "../../src/adopt/plan.ts";
import type { ApiCall, ApiClient } from "../../src/cluster/live-client.ts";
import { failureOf } from "../../src/cluster/live-failure.ts";
import { type Change, LiveStore } from "../../src/cluster/live-store.ts";
import { defaultEngineSettings, type EngineSettings } from "../../src/config/settings.ts";
import type { PolicyContext } from "../../src/policy/policy-index.ts";
import { applyPatch } from "../../src/review/patch.ts";
import type { Json } from "./deployment.ts";

export type Call = "get" | "try" | "write";

/** An API server with one webhook, as far as a no-op update needs one; what it stores is seen by a view at once. */
export class AnsweringClient implements ApiClient {
  /** What was asked about deployments: `try copy`. */
  readonly asked: string[] = [];
  readonly store = new LiveStore();
  /** What the webhook is set to; there is none where undefined. */
  installed: Partial<EngineSettings> | undefined = {};
  /** The policy that it was started with. */
  policy: PolicyContext | undefined;
  /** What happens before a call is answered. */
  meanwhile: (call: Call, name: string) => void = () => {};
  readonly #stored = new Map<string, Json>();
  #version = 0;
  #listener: (change: Change) => void = () => {};

  tell(listener: (change: Change) => void): void {
    this.#listener = listener;
  }

  /** Stores it past the webhook. */
  put(raw: Json): void {
    const next = { ...raw, metadata: { ...raw.metadata, resourceVersion: String(++this.#version) } };
    this.#stored.set(raw.metadata.name, next);
    this.#tell(this.store.put(next));
  }

  /** Stores it as the webhook makes it. */
  apply(raw: Json): void {
    this.put(this.#answered(raw));
  }

  delete(name: string): void {
    this.#tell(this.store.remove(this.stored(name)));
    this.#stored.delete(name);
  }

  stored(name: string): Json {
    const raw = this.#stored.get(name);
    if (raw === undefined) throw failureOf(404, "not found");
    return raw;
  }

  open(): never {
    assert.fail("not asked");
  }

  async json(path: string, { method = "GET", body, signal }: ApiCall): Promise<unknown> {
    signal.throwIfAborted();
    const [, name] = /\/seldondeployments\/([^?]+)/.exec(path) ?? [];
    if (name === undefined) return { versions: [{ version: "v1" }], preferredVersion: { version: "v1" } };
    const call = method === "GET" ? "get" : path.includes("dryRun=All") ? "try" : "write";
    this.asked.push(`${call} ${name}`);
    this.meanwhile(call, name);
    const raw = this.stored(name);
    if (call === "get") return raw;
    const { resourceVersion } = (body as Json).metadata;
    if (raw.metadata.resourceVersion !== resourceVersion)
      throw failureOf(409, "the object has been modified");
    const answered = this.#answered(raw);
    if (call === "write") this.put(answered);
    return call === "try" ? answered : this.stored(name);
  }

  #answered(raw: Json): Json {
    if (this.installed === undefined) return raw;
    const settings = { ...defaultEngineSettings, ...this.installed };
    const context = { settings, policy: this.policy, cluster: this.store.view };
    return applyPatch(raw, patchOf(raw, raw.metadata.namespace, context)) as Json;
  }

  #tell(change: Change | undefined): void {
    if (change !== undefined) this.#listener(change);
  }
}
