/** One kind of load. */
export interface Scenario {
  readonly name: string;
  readonly path: "/mutate" | "/validate";
  readonly bytes: number;
  readonly connections: number;
  readonly reconnect: boolean;
  readonly warmMs: number;
  readonly measuredMs: number;
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
  warmMs: 1000,
  measuredMs: 3000,
  ...rest,
});

const paths = ["/mutate", "/validate"] as const;

export const longWarmUp = paths.map((path) => scenario(path, "3 KB", 10, { measuredMs: 8000 }));

/** What the profile is taken under: long enough for some ten thousand samples. */
export const profiled = paths.map((path) => scenario(path, "3 KB", 10, { warmMs: 2000, measuredMs: 8000 }));

export const longScenarios: readonly Scenario[] = paths.flatMap((path) => [
  ...[1, 10, 100].map((connections) => scenario(path, "3 KB", connections)),
  ...(["30 KB", "300 KB", "1.4 MB"] as const).map((size) => scenario(path, size, 10)),
  scenario(path, "3 KB", 10, { reconnect: true }),
]);

export const shortScenarios: readonly Scenario[] = paths.flatMap((path) => [
  scenario(path, "3 KB", 10, { warmMs: 500, measuredMs: 1500 }),
  scenario(path, "3 KB", 2, { warmMs: 500, measuredMs: 1500, reconnect: true }),
]);
