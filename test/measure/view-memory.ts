import { LiveStore } from "../../src/cluster/live-store.ts";
import { storedDeployment } from "../support/stored-deployments.ts";

/**
 * What a process needs for a view of so many deployments: `node --import tsx test/measure/view-memory.ts 50000`
 * prints its resident memory before and after as JSON, in MB.
 */

const count = Number(process.argv[2] ?? 50_000);
const perPage = 500;

const residentMb = (): number => Math.round(process.memoryUsage.rss() / 1e6);

const pageText = (start: number): string =>
  JSON.stringify(
    Array.from({ length: Math.min(perPage, count - start) }, (_, offset) => storedDeployment(start + offset)),
  );

const before = residentMb();
const store = new LiveStore();
const sweep = store.sweep();
let receivedMb = 0;
for (let start = 0; start < count; start += perPage) {
  const text = pageText(start);
  receivedMb += text.length / 1e6;
  for (const raw of JSON.parse(text) as unknown[]) sweep.see(raw);
}
sweep.apply();
const after = residentMb();
process.stdout.write(
  `${JSON.stringify({ deployments: store.size, receivedMb: Math.round(receivedMb), before, after })}\n`,
);
