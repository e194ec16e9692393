import type { EventCalls } from "../cluster/event-calls.ts";
import { type Clock, pause, systemClock } from "../cluster/live-clock.ts";
import { asFailure, type LiveFailure } from "../cluster/live-failure.ts";
import type { ProjectedDeployment } from "../cluster/projection.ts";
import type { Report } from "../diagnostics/finding.ts";
import { eventName, eventOf } from "./event.ts";

/** What came of an event that was to be written; postponed: the next audit tries again. */
export const eventResults = ["created", "existing", "failed", "postponed"] as const;

export type EventResult = (typeof eventResults)[number];

export interface PublisherOptions {
  readonly calls: EventCalls;
  /** This process among the replicas. */
  readonly instance: string;
  readonly observer: {
    /** Writing failed, or fails for another reason than before. */
    failing(failure: LiveFailure): void;
    recovered(): void;
  };
  readonly clock?: Clock;
}

/** API servers forget events after an hour (`--event-ttl`); before that there is no need to say it again. */
const forgottenMs = 3_600_000;

/** After an audit that finds everything wrong, API servers and people are not to be flooded. */
const mostPerAudit = 300;

/** client-go's default of 5 writes per second is one process's; here there may be several. */
const gapMs = 200;

/** So many failures in succession are not about the objects. */
const mostFailures = 3;

interface Pending {
  readonly deployment: ProjectedDeployment;
  readonly reports: readonly Report[];
  readonly name: string;
}

/**
 * Tells authors of what the audit found, by events on their objects. All replicas name an event alike, so only the
 * first one writes it; what is fixed is not mentioned again.
 */
export class EventPublisher {
  /** How often what came of an event. */
  readonly results = new Map<EventResult, number>(eventResults.map((result) => [result, 0]));
  readonly #options: Required<PublisherOptions>;
  /** When this process last tried an event, by namespace and name. */
  #told = new Map<string, number>();
  #seen = new Map<string, number>();
  #pending: Pending[] = [];
  #failing: LiveFailure["reason"] | undefined;

  constructor(options: PublisherOptions) {
    this.#options = { clock: systemClock, ...options };
  }

  /** An audit begins. */
  begin(): void {
    this.#seen = new Map();
    this.#pending = [];
  }

  /** The audit judged a deployment. */
  judged(deployment: ProjectedDeployment, reports: readonly Report[]): void {
    if (reports.length === 0) return;
    const name = eventName(deployment, reports);
    const told = this.#told.get(keyOf(deployment, name));
    if (told !== undefined) this.#seen.set(keyOf(deployment, name), told);
    if (told !== undefined && this.#options.clock.now() - told < forgottenMs) return;
    if (this.#pending.length < mostPerAudit) this.#pending.push({ deployment, reports, name });
    else this.#count("postponed");
  }

  /** The audit came to its end: writes what there is to say. Never rejects. */
  async publish(signal: AbortSignal): Promise<void> {
    this.#told = this.#seen;
    const pending = this.#pending;
    this.#pending = [];
    let failures = 0;
    for (const [index, each] of pending.entries()) {
      if (failures === mostFailures) this.#count("postponed");
      else {
        if (index > 0) await pause(gapMs, signal, this.#options.clock);
        if (signal.aborted) return;
        failures = (await this.#write(each, signal)) ? 0 : failures + 1;
      }
    }
  }

  async #write({ deployment, reports, name }: Pending, signal: AbortSignal): Promise<boolean> {
    const { calls, instance, clock, observer } = this.#options;
    try {
      const event = eventOf(deployment, reports, { instance, now: new Date() });
      this.#count(await calls.create(event, signal));
      this.#told.set(keyOf(deployment, name), clock.now());
      if (this.#failing !== undefined) observer.recovered();
      this.#failing = undefined;
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const failure = asFailure(error);
      this.#count("failed");
      if (this.#failing !== failure.reason) observer.failing(failure);
      this.#failing = failure.reason;
      return false;
    }
  }

  #count(result: EventResult): void {
    this.results.set(result, (this.results.get(result) ?? 0) + 1);
  }
}

const keyOf = ({ namespace }: ProjectedDeployment, event: string): string => `${namespace}/${event}`;
