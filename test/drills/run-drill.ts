import { setTimeout as sleep } from "node:timers/promises";
import type { Course, Drill, Pace } from "./drill.ts";
import { type Count, Load, type Miss } from "./load.ts";
import type { Stage } from "./stage.ts";
import { CallCounter, type WebhookCalls } from "./webhook-calls.ts";

/** One line of the table. */
export interface Row {
  readonly drill: string;
  /** Calls of webhooks, as the API server counts them. */
  readonly calls: number;
  readonly failed: number;
  /** Of those that failed, how many nobody could prevent, and why. */
  readonly excused: number;
  readonly why: string | undefined;
  /** Writes that went the wrong way, or were not answered although the API server was up. */
  readonly wrong: number;
  readonly writes: number;
  /** Writes while the API server was down. */
  readonly unanswered: number;
  readonly seconds: number;
  readonly note: string;
  readonly ok: boolean;
  /** The first of what went wrong, as the API server said it. */
  readonly messages: readonly string[];
}

/** Before and after it, so that the load is seen to be judged on both sides. */
const marginMs = 1000;
const shownMessages = 10;

/** Plays a drill on replicas of its own. Rejects when it did not take place. */
export async function runDrill(stage: Stage, drill: Drill, pace: Pace): Promise<Row> {
  await stage.open(await drill.cast(pace, stage));
  const load = await Load.start(stage.plane);
  const startedAt = Date.now();
  const counter = await CallCounter.start(stage.client);
  let course: Course;
  let count: Count;
  let calls: WebhookCalls;
  try {
    await sleep(marginMs);
    course = await drill.run(stage, pace, load);
    await stage.allServe();
    await sleep(marginMs);
  } finally {
    count = await load.stop();
    calls = await counter.stop();
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  await stage.close();
  return { ...judge(drill, course, count, calls), seconds };
}

const line = ({ sentAt, verdict, message }: Miss): string =>
  `${new Date(sentAt).toISOString()} ${verdict}: ${message}`;

function judge(
  drill: Drill,
  { note, excuse }: Course,
  count: Count,
  calls: WebhookCalls,
): Omit<Row, "seconds"> {
  const of = (verdict: Miss["verdict"]): readonly Miss[] =>
    count.misses.filter((miss) => miss.verdict === verdict);
  const [failures, unanswered] = [of("failed"), of("unanswered")];
  const failed = Math.max(failures.length, calls.failed);
  const isAllowed = excuse !== undefined && failures.every(excuse.isExcused) && failed <= excuse.most;
  const wrong = of("wrong").length + (drill.stopsApiServer ? 0 : unanswered.length);
  return {
    drill: drill.name,
    calls: calls.made,
    failed,
    excused: isAllowed ? failed : 0,
    why: excuse?.why,
    wrong,
    writes: count.writes,
    unanswered: unanswered.length,
    note,
    ok: (failed === 0 || isAllowed) && wrong === 0 && count.judged > 0 && calls.made > 0,
    messages: count.misses
      .filter(({ verdict }) => !(drill.stopsApiServer && verdict === "unanswered"))
      .slice(0, shownMessages)
      .map(line),
  };
}
