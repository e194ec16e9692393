import type { ApiClient } from "./live-client.ts";
import { LiveFailure } from "./live-failure.ts";

/** What is written of an Event of events.k8s.io/v1; an API server fills in the rest. */
export interface KubernetesEvent {
  readonly apiVersion: "events.k8s.io/v1";
  readonly kind: "Event";
  readonly metadata: { readonly namespace: string; readonly name: string };
  /** When it happened, to the microsecond. */
  readonly eventTime: string;
  readonly type: "Normal" | "Warning";
  /** UpperCamelCase, at most 128 characters. */
  readonly reason: string;
  readonly action: string;
  /** At most 1,024 bytes. */
  readonly note: string;
  readonly reportingController: string;
  /** At most 128 characters. */
  readonly reportingInstance: string;
  readonly regarding: ObjectReference;
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface EventCalls {
  /** Resolves with whether it was there already, under this very name. Rejects with LiveFailure. */
  create(event: KubernetesEvent, signal: AbortSignal): Promise<"created" | "existing">;
}

/** Events wait for nobody. */
const callMs = 10_000;

/** Writes events; `create` on `events` of the group `events.k8s.io` is all that it takes. */
export const eventCalls = (client: ApiClient): EventCalls => ({
  async create(event, signal) {
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(event.metadata.namespace)}/events`;
    const within = AbortSignal.any([signal, AbortSignal.timeout(callMs)]);
    try {
      await client.json(path, { method: "POST", body: event, signal: within });
      return "created";
    } catch (error) {
      if (error instanceof LiveFailure && error.code === 409) return "existing";
      throw error;
    }
  },
});
