import { once } from "node:events";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { canary, rejectedCanary } from "../support/reviews.ts";

/** Calls without a pause, that can be held up for a moment. */
export interface Load {
  readonly made: number;
  /** What was not as it had to be, the first few. */
  readonly failures: readonly string[];
  /** Waits for the calls under way, and makes no other before `resume`. */
  pause(): Promise<void>;
  resume(): void;
  /** Makes no other call. */
  stop(): void;
}

interface Kind {
  readonly path: string;
  readonly body: string;
  /** What the answer has to be. */
  readonly answer: RegExp;
  readonly code: number;
}

const annotated = (config: string): string => {
  const review = canary();
  review.request.object.metadata.annotations = { "seldon.io/ambassador-config": config };
  return JSON.stringify(review);
};

/** Accepted, denied and refused, in turn. */
const kinds: readonly Kind[] = [
  { path: "/mutate", body: JSON.stringify(canary()), code: 200, answer: /"patch":/ },
  { path: "/validate", body: JSON.stringify(canary()), code: 200, answer: /\[mapping-injected\]/ },
  { path: "/validate", body: JSON.stringify(rejectedCanary()), code: 200, answer: /predictor-traffic-sum/ },
  { path: "/validate", body: annotated("a: [*b"), code: 200, answer: /\[custom-config-yaml\]/ },
  { path: "/mutate", body: annotated("a: &a [*a]"), code: 200, answer: /"allowed":true/ },
  { path: "/validate", body: '{"kind":', code: 400, answer: /it is not JSON/ },
  { path: "/nope", body: "{}", code: 404, answer: /nothing at this path/ },
];

/** Every so many calls one is made on a connection of its own, and one is given up in its middle. */
const [fresh, givenUp] = [25, 40];

const maxFailures = 20;

/** Begins with so many callers, each on a connection that it keeps. */
export function startLoad(port: number, ca: readonly string[], callers: number): Load {
  const options = { host: "localhost", port, method: "POST", ca: [...ca] };
  const failures: string[] = [];
  let made = 0;
  let gate: Promise<void> | undefined;
  let open = (): void => {};
  let stopped = false;
  const underWay = new Set<Promise<void>>();

  async function call({ path, body, code, answer }: Kind, agent: Agent | false): Promise<void> {
    const sent = request({ ...options, path, agent });
    sent.setHeader("Content-Type", "application/json");
    sent.end(body);
    const [response] = await once(sent, "response");
    const received = await text(response);
    if (response.statusCode !== code || !answer.test(received))
      throw new Error(`${path} was answered ${response.statusCode}: ${received.slice(0, 200)}`);
  }
  async function giveUp(): Promise<void> {
    const sent = request({ ...options, path: "/mutate", agent: false });
    sent.setHeader("Content-Length", 1000);
    sent.on("error", () => {});
    sent.write("{");
    const [socket] = await once(sent, "socket");
    await once(socket, "secureConnect");
    sent.destroy();
    await new Promise((resolve) => sent.once("close", resolve));
  }
  async function next(agent: Agent): Promise<void> {
    const number = made++;
    try {
      if (number % givenUp === 0) await giveUp();
      else await call(kinds[number % kinds.length] as Kind, number % fresh === 0 ? false : agent);
    } catch (error) {
      if (failures.length < maxFailures) failures.push(`call ${number}: ${(error as Error).message}`);
    }
  }
  async function caller(agent: Agent): Promise<void> {
    while (!stopped) {
      await gate;
      if (stopped) break;
      const one = next(agent);
      underWay.add(one);
      await one;
      underWay.delete(one);
    }
  }
  const agents = Array.from(
    { length: callers },
    () => new Agent({ keepAlive: true, maxSockets: 1, ca: [...ca] }),
  );
  for (const agent of agents) void caller(agent);
  return {
    get made() {
      return made;
    },
    failures,
    async pause() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
      await Promise.all(underWay);
    },
    resume() {
      gate = undefined;
      open();
    },
    stop() {
      stopped = true;
      open();
      for (const agent of agents) agent.destroy();
    },
  };
}
