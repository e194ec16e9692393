import type { Load, Miss } from "./load.ts";
import type { Cast, Stage } from "./stage.ts";

/** How long a drill takes. */
export interface Pace {
  /** How often that is done which is drilled. */
  readonly rounds: number;
  /** Lives of certificates that are to expire; a third of a leaf's is what a busy machine may be late by. */
  readonly leafSeconds: number;
  readonly caSeconds: number;
  readonly drainSeconds: number;
}

/** Failures that nobody can prevent, and how many. */
export interface Excuse {
  readonly why: string;
  readonly isExcused: (miss: Miss) => boolean;
  readonly most: number;
}

/** What came of it besides the calls. */
export interface Course {
  /** What really happened: what expired, and how often. */
  readonly note: string;
  readonly excuse?: Excuse;
}

/** Something that happens to the webhook while it is called. */
export interface Drill {
  /** For `--only`. */
  readonly name: string;
  /** In a sentence. */
  readonly what: string;
  cast(pace: Pace, stage: Stage): Promise<Cast> | Cast;
  /** Whether writes may find no API server. */
  readonly stopsApiServer?: boolean;
  /** Does it. Rejects when it did not happen. */
  run(stage: Stage, pace: Pace, load: Load): Promise<Course>;
}
