import { isIP } from "node:net";
import { join } from "node:path";
import { Command } from "commander";
import { defaultDays, localFolder, localPair } from "../tls/local-pair.ts";
import { type Io, UsageError } from "./io.ts";

interface Flags {
  readonly dir: string;
  readonly host: readonly string[];
  readonly days: string;
  readonly force?: true;
}

// A DNS name of RFC 1123, as it stands in a certificate.
const dnsName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

function checkHosts(hosts: readonly string[]): void {
  const wrong = hosts.find((host) => isIP(host) === 0 && !dnsName.test(host));
  if (wrong !== undefined)
    throw new UsageError(
      `--host: Invalid value: ${JSON.stringify(wrong)}: must be a DNS name or an IP address`,
    );
}

function daysOf(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > 3650)
    throw new UsageError(
      `--days: Invalid value: ${JSON.stringify(text)}: must be a number of days, 1 to 3650`,
    );
  return days;
}

async function run({ dir, host, days, force }: Flags, io: Io): Promise<void> {
  checkHosts(host);
  const options = { hosts: host, days: daysOf(days), force: force ?? false, now: new Date() };
  const { outcome, reason } = await localPair(dir, options);
  if (outcome === "foreign")
    throw new UsageError(`${dir}: tls.crt was not made by this program and is kept; --force replaces it`);
  const files = ["ca.crt", "tls.crt", "tls.key"].map((name) => join(dir, name)).join(", ");
  io.stdout.write(outcome === "made" ? `made ${files} (${reason})\n` : `kept ${files}: the pair is sound\n`);
}

/** `certs`: makes the local certificate pair. */
export const certsCommand = (io: Io): Command =>
  new Command("certs")
    .description("make the local certificate pair")
    .option("--dir <path>", "folder of the pair", localFolder)
    .option("--host <name...>", "DNS names or IP addresses besides localhost", [])
    .option("--days <number>", "how long it holds", String(defaultDays))
    .option("--force", "replace whatever is there, certificates of others included")
    .action((flags: Flags) => run(flags, io));
