import { setImmediate as nextTurn } from "node:timers/promises";
import type { EngineContext } from "../admission/engine.ts";
import { ViewUnavailable } from "../cluster/guarded.ts";
import { type Clock, pause, systemClock } from "../cluster/live-clock.ts";
import type { ProjectedDeployment } from "../cluster/projection.ts";
import { NamespaceUnknown } from "../policy/labels.ts";
import type { EventPublisher, EventResult } from "./event-publisher.ts";
import { auditProjected } from "./projected.ts";
import { type Count, Tally } from "./tally.ts";

/** A cluster that is being followed, as far as an audit reads it. The context's view is the same cluster's. */
export interface AuditedCluster {
  readonly whenSynced: Promise<void>;
  deployments(): Iterable<ProjectedDeployment>;
}

/** What one run found. */
export interface AuditResult {
  readonly counts: readonly Count[];
  readonly errors: number;
  readonly warnings: number;
  readonly deployments: number;
  readonly ms: number;
  /** When it ended, in milliseconds since 1970. */
  readonly endedAt: number;
}

export interface PeriodicOptions {
  readonly cluster: AuditedCluster;
  readonly context: EngineContext;
  readonly intervalMs: number;
  readonly observer: {
    /** A run came to its end. */
    ended(result: AuditResult): void;
    /** A run was ended by a bug. The webhook goes on, and so do later runs. */
    failed(error: unknown): void;
  };
  /** Writes events about what is found. */
  readonly events?: EventPublisher | undefined;
  readonly clock?: Clock;
}

/** How a run ended: with a result, without one because the view could not be relied on, or by a bug. */
export const auditEnds = ["completed", "abandoned", "failed"] as const;

export type AuditEnd = (typeof auditEnds)[number];

export interface PeriodicAudit {
  /** Of the last run that came to its end. */
  readonly latest: AuditResult | undefined;
  /** Runs since the start, by how they ended; one that was stopped is none. */
  readonly runs: ReadonlyMap<AuditEnd, number>;
  /** What came of the events about it; undefined where none are written. */
  readonly events: ReadonlyMap<EventResult, number> | undefined;
  stop(): Promise<void>;
}

/** Calls wait no longer than this for a run, give or take one deployment. */
const sliceMs = 5;

/** Audits a followed cluster once it has been read, and again and again. */
export function auditPeriodically(options: PeriodicOptions): PeriodicAudit {
  const { cluster, intervalMs, observer, events, clock = systemClock } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let latest: AuditResult | undefined;
  const ends = new Map<AuditEnd, number>(auditEnds.map((end) => [end, 0]));
  const count = (end: AuditEnd): unknown => ends.set(end, (ends.get(end) ?? 0) + 1);
  const run = async (): Promise<void> => {
    try {
      const result = await auditOnce(options, signal);
      if (result === undefined) {
        if (!signal.aborted) count("abandoned");
        return;
      }
      latest = result;
      count("completed");
      observer.ended(result);
      await events?.publish(signal);
    } catch (error) {
      count("failed");
      observer.failed(error);
    }
  };
  const runs = async (): Promise<void> => {
    await cluster.whenSynced;
    while (!signal.aborted) {
      await run();
      // Replicas that were started together are not to work together.
      await pause(intervalMs * (0.9 + 0.2 * clock.random()), signal, clock);
    }
  };
  const ended = runs();
  return {
    get latest() {
      return latest;
    },
    runs: ends,
    events: events?.results,
    stop() {
      stopping.abort();
      return ended;
    },
  };
}

/** One run; undefined when it was called off, or when the view can no longer be relied on. */
export async function auditOnce(
  {
    cluster,
    context: present,
    events,
    clock = systemClock,
  }: Omit<PeriodicOptions, "intervalMs" | "observer">,
  signal: AbortSignal,
): Promise<AuditResult | undefined> {
  // A policy that is renewed meanwhile is for the next run.
  const context = { ...present };
  const began = clock.now();
  const tally = new Tally();
  events?.begin();
  let deployments = 0;
  let sliceBegan = began;
  try {
    // What is put into a map while it is walked through would come up again.
    for (const { namespace, name } of [...cluster.deployments()]) {
      if (clock.now() - sliceBegan >= sliceMs) {
        await nextTurn();
        sliceBegan = clock.now();
      }
      if (signal.aborted) return undefined;
      const found = name === undefined ? undefined : context.cluster.find(namespace, name);
      if (found === undefined) continue;
      const reports = auditProjected(found, context);
      tally.add(reports);
      // A followed cluster's view holds projections and nothing else.
      events?.judged(found as ProjectedDeployment, reports);
      deployments++;
    }
  } catch (error) {
    if (error instanceof ViewUnavailable || error instanceof NamespaceUnknown) return undefined;
    throw error;
  }
  const [errors, warnings] = [tally.total("error"), tally.total("warning")];
  const ms = Math.round(clock.now() - began);
  return { counts: tally.counts, errors, warnings, deployments, ms, endedAt: Date.now() };
}
