/** One kind of load. */
export interface Scenario {
  readonly name: string;
  readonly path: "/mutate" | "/validate";
  readonly bytes: number;
  readonly connections: number;
  readonly reconnect: boolean;
  readonly warmMs: number;
  readonly measuredMs: number;
  /** How often it is measured. */
  readonly rounds: number;
  /** Where the deployment that is written lives; undefined: where nothing else does. */
  readonly namespace?: string;
}

const sizes = { "3 KB": 3_000, "30 KB": 30_000, "300 KB": 300_000, "1.4 MB": 1_400_000 } as const;

const scenario = (
  path: Scenario["path"],
  size: keyof typeof sizes,
  connections: number,
  rest: Partial<Scenario> = {},
): Scenario => ({
  name: `${path}, ${size}, ${rest.reconnect ? "a connection each" : `${connections} connections`}`,
  path,
  bytes: sizes[size],
  connections,
  reconnect: false,
  warmMs: 500,
  measuredMs: 1500,
  rounds: 3,
  ...rest,
});

const paths = ["/mutate", "/validate"] as const;

// What the goals are about is measured longer and oftener.
const ofGoals = { warmMs: 500, measuredMs: 3000, rounds: 5 };

/** The names of the loads that the goals are about. */
export const goalNames = {
  mutate: "/mutate, 3 KB, 10 connections",
  validate: "/validate, 3 KB, 10 connections",
};

export const longWarmUp = paths.map((path) => scenario(path, "3 KB", 10, { measuredMs: 6000 }));

/** What the profile is taken under: long enough for some ten thousand samples. */
export const profiled = paths.map((path) => scenario(path, "3 KB", 10, { warmMs: 2000, measuredMs: 8000 }));

export const longScenarios: readonly Scenario[] = paths.flatMap((path) => [
  scenario(path, "3 KB", 10, ofGoals),
  ...[1, 100].map((connections) => scenario(path, "3 KB", connections)),
  ...(["30 KB", "300 KB", "1.4 MB"] as const).map((size) => scenario(path, size, 10)),
  scenario(path, "3 KB", 10, { reconnect: true }),
]);

const quick = { warmMs: 200, measuredMs: 600, rounds: 1 };

export const shortScenarios: readonly Scenario[] = paths.flatMap((path) => [
  scenario(path, "3 KB", 10, quick),
  scenario(path, "3 KB", 2, { ...quick, reconnect: true }),
]);

/** What is asked of views of different sizes: in a namespace of its own, and in one with a hundred others. */
export const scalingScenarios = (short: boolean): readonly Scenario[] =>
  paths.flatMap((path) =>
    ([undefined, "team-0"] as const).map((namespace) => {
      const one = scenario(path, "3 KB", 10, short ? quick : { ...ofGoals, measuredMs: 1500 });
      return namespace === undefined
        ? one
        : { ...one, namespace, name: `${one.name}, beside 100`, rounds: short ? 1 : 2 };
    }),
  );
