import { X509Certificate } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority, makeLeaf } from "../../src/tls/authority.ts";
import { localHosts } from "../../src/tls/mint.ts";
import { until } from "../support/seldon-cluster.ts";
import type { Drill } from "./drill.ts";
import { FreshConnections } from "./fresh-connections.ts";
import type { Stage } from "./stage.ts";

const dayMs = 86_400_000;
const patienceMs = 120_000;

const folderOf = (stage: Stage): string => join(stage.folder, "mounted-pair");

type Pair = { readonly cert: string; readonly key: string; readonly ca: string };

/** As cert-manager issues them: all are signed by one CA. */
class Issuer {
  readonly #ca = makeAuthority(Date.now(), dayMs);

  async issue(): Promise<Pair> {
    const ca = await this.#ca;
    const leaf = await makeLeaf(ca, { hosts: localHosts, now: Date.now(), lifeMs: dayMs });
    return { cert: leaf.cert.pem, key: leaf.key, ca: ca.cert.pem };
  }
}

function write(stage: Stage, { cert, key, ca }: Pair): void {
  const folder = folderOf(stage);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({ "tls.crt": cert, "tls.key": key, "ca.crt": ca }))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
}

/** What goes wrong with mounted files. */
const breakages: readonly ((stage: Stage, next: Pair) => void)[] = [
  (stage) => writeFileSync(join(folderOf(stage), "tls.crt"), "not a certificate"),
  (stage, next) => writeFileSync(join(folderOf(stage), "tls.key"), next.key),
  (stage) => rmSync(join(folderOf(stage), "tls.crt")),
  (stage) => rmSync(folderOf(stage), { recursive: true }),
];

/** How often replicas have said that the folder is of no use. */
const complaints = ({ replicas }: Stage): readonly number[] =>
  replicas.map((replica) => replica.log().split("certificate cannot be renewed").length);

async function breakAndMend(
  stage: Stage,
  harm: (stage: Stage, next: Pair) => void,
  next: Pair,
): Promise<void> {
  const before = complaints(stage);
  harm(stage, next);
  await until(
    "every replica has said so",
    () => complaints(stage).every((count, index) => count > (before[index] ?? 0)),
    patienceMs,
  );
  write(stage, next);
  const serial = new X509Certificate(next.cert).serialNumber;
  await until(
    "every replica serves the new pair",
    async () =>
      (await Promise.all(stage.replicas.map((each) => each.leaf()))).every(
        (leaf) => leaf.serialNumber === serial,
      ),
    patienceMs,
  );
}

/** The drill, with an issuer of its own. */
export function certificateFiles(): Drill {
  const issuer = new Issuer();
  return {
    name: "certificate-files",
    what: "the files of --cert-dir are damaged, do not belong together or vanish, and are mended with another pair",
    async cast({ drainSeconds }, stage) {
      const pair = await issuer.issue();
      write(stage, pair);
      const flags = ["--tls-source=files", `--cert-dir=${folderOf(stage)}`];
      return { drainSeconds, flags, caBundle: pair.ca };
    },
    run: (stage, { rounds }) =>
      FreshConnections.during(stage, async () => {
        for (let round = 0; round < rounds; round++)
          for (const harm of breakages) await breakAndMend(stage, harm, await issuer.issue());
        return { note: `broken and mended ${rounds * breakages.length} times` };
      }),
  };
}
