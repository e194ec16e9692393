import { Counter, Gauge, type Registry } from "prom-client";
import type { Clients } from "./clients.ts";

const prefix = "seldon_ambassador_webhook_client_ca_";

/** Adds what is known of --client-ca-file; read from it whenever the page is. */
export function addClientMetrics(registry: Registry, clients: Clients): void {
  const registers = [registry];
  new Counter({
    name: `${prefix}reloads_total`,
    help: "Changes of --client-ca-file, by what came of them.",
    labelNames: ["result"],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(clients.reloads)) this.inc({ result }, count);
    },
  });
  new Gauge({
    name: `${prefix}refused`,
    help: "1 while --client-ca-file cannot be used and an earlier one is in force.",
    registers,
    collect() {
      this.set(Number(clients.problem !== undefined));
    },
  });
  new Gauge({
    name: `${prefix}expiry_timestamp_seconds`,
    help: "When the last CA of --client-ca-file expires.",
    registers,
    collect() {
      this.set(clients.trusted.notAfter / 1000);
    },
  });
}
