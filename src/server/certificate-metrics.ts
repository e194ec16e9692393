import { Counter, Gauge, type Registry } from "prom-client";
import type { CertificateSource } from "../tls/source.ts";

const prefix = "seldon_ambassador_webhook_certificate_";

/** Adds what is known of the certificate that is served; read from its source whenever the page is. */
export function addCertificateMetrics(registry: Registry, certificates: CertificateSource): void {
  const registers = [registry];
  new Gauge({
    name: `${prefix}expiry_timestamp_seconds`,
    help: "When the certificate that is served (leaf) and the CA that signs (ca) expire; absent where unknown.",
    labelNames: ["certificate"],
    registers,
    collect() {
      this.reset();
      for (const [certificate, at] of Object.entries(certificates.expiry()))
        if (at !== undefined) this.set({ certificate }, at / 1000);
    },
  });
  new Counter({
    name: `${prefix}renewals_total`,
    help: "Attempts to renew the leaf, the CA or a caBundle, by reason and outcome; lost: another replica was first.",
    labelNames: ["certificate", "reason", "outcome"],
    registers,
    collect() {
      this.reset();
      for (const { of, reason, outcome, count } of certificates.tally.entries())
        this.inc({ certificate: of, reason, outcome }, count);
    },
  });
}
