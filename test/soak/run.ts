import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { mint } from "../../src/tls/mint.ts";
import { writePair } from "../../src/tls/pair-files.ts";
import { makeWorkplace } from "../bench/workplace.ts";
import { policyText } from "../support/policies.ts";
import { startChangingCluster } from "./cluster.ts";
import { startLoad } from "./load.ts";
import { type SoakedWebhook, startSoaked } from "./process.ts";
import { type Sample, type Verdict, verdictOf } from "./verdict.ts";

export interface SoakOptions {
  readonly seconds: number;
  readonly callers: number;
  /** So many looks are taken; a trend takes six of them. */
  readonly looks: number;
  /** Whether the webhook leaks on purpose, to see that it is found. */
  readonly plant: boolean;
  /** Told of every sample. */
  readonly onSample?: (sample: Sample) => void;
}

export interface SoakResult extends Verdict {
  readonly samples: readonly Sample[];
  readonly calls: number;
  /** By what came of them, as the webhook counts. */
  readonly policyReloads: number;
  readonly renewals: number;
  readonly watchesBegunAnew: number;
  readonly problems: readonly string[];
}

/** How many changes of each kind there are in a second, on average: many more than in any cluster. */
const [policyEveryMs, pairEveryMs, changeEveryMs] = [700, 1500, 50];

const deployments = 300;

/** One policy after the other, and one in four that is of no use. */
const policies = [
  policyText("metadata: { name: first }\ndefaults: [{ restTimeout: 1000 }]\n"),
  policyText("metadata: { name: second }\ndefaults: [{ restTimeout: 2000, grpcTimeout: 2000 }]\n"),
  policyText("metadata: { name: third }\nrules: [{ severity: { new-predictor-traffic: error } }]\n"),
  "kind: Polic\n",
];

async function counters({ metricsPort }: SoakedWebhook) {
  const [response] = await once(
    get({ host: "localhost", port: metricsPort, path: "/metrics", agent: false }),
    "response",
  );
  const page = await text(response);
  const sum = (name: string, label = ""): number =>
    [...page.matchAll(new RegExp(`^seldon_ambassador_webhook_${name}(\\{.*${label}.*\\})? (\\d+)$`, "gm"))]
      .map(([, , count]) => Number(count))
      .reduce((total, count) => total + count, 0);
  return {
    policyReloads: sum("policy_reloads_total"),
    renewals: sum("certificate_renewals_total", 'outcome="renewed"'),
    watchesBegunAnew: sum("cluster_restarts_total"),
    panics: sum("panics_total"),
  };
}

/** Calls the webhook for so long while everything around it changes, and looks whether anything grows. */
export async function soak({
  seconds,
  callers,
  looks,
  plant,
  onSample = () => {},
}: SoakOptions): Promise<SoakResult> {
  const place = await makeWorkplace();
  const policyFile = join(place.folder, "policy.yaml");
  writeFileSync(policyFile, policies[0] ?? "");
  const pairs = [place.pair, await mint({ days: 1, now: new Date() })] as const;
  const cluster = await startChangingCluster(place.pair, deployments);
  const flags = [
    ...["--host=localhost", "--port=0", "--metrics-port=0", "--log-level=silent", "--drain-seconds=0"],
    ...[
      `--kubeconfig=${place.kubeconfig(cluster.port)}`,
      `--cert-dir=${place.certDir}`,
      "--tls-source=files",
    ],
    ...[`--policy=${policyFile}`, "--policy-poll-seconds=1", "--cluster-relist-seconds=30"],
    "--audit-interval-seconds=5",
  ];
  const webhook = await startSoaked(flags, plant);
  const turns = { policy: 0, pair: 0 };
  const timers = [
    setInterval(
      () => writeFileSync(policyFile, policies[++turns.policy % policies.length] ?? ""),
      policyEveryMs,
    ),
    setInterval(() => writePair(place.certDir, pairs[++turns.pair % 2] as (typeof pairs)[0]), pairEveryMs),
    setInterval(() => cluster.change(), changeEveryMs),
  ];
  const trusted = pairs.map(({ ca }) => ca);
  const load = startLoad(webhook.port, trusted, callers);
  try {
    const samples: Sample[] = [];
    const began = performance.now();
    while (samples.length < looks) {
      await Promise.race([sleep((seconds * 1000) / looks), webhook.ended]);
      await load.pause();
      const sample = {
        at: (performance.now() - began) / 1000,
        calls: load.made,
        ...(await webhook.measure()),
      };
      samples.push(sample);
      onSample(sample);
      load.resume();
    }
    await load.pause();
    const { panics, ...counted } = await counters(webhook);
    const verdict = verdictOf(samples);
    const problems = [
      ...verdict.problems,
      ...load.failures,
      ...(panics === 0 ? [] : [`${panics} calls failed by a bug`]),
      // Nothing can be said of what did not happen.
      ...Object.entries(counted).flatMap(([what, count]) => (count > 0 ? [] : [`there were no ${what}`])),
      ...(webhook.said() === "" ? [] : [`the webhook said: ${webhook.said().slice(0, 500)}`]),
    ];
    return { ...verdict, ...counted, samples, calls: load.made, problems };
  } finally {
    for (const timer of timers) clearInterval(timer);
    load.stop();
    webhook.stop();
    await webhook.ended;
    cluster.stop();
    place.remove();
  }
}
