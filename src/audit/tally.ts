import type { Report, Severity } from "../diagnostics/finding.ts";

/** How often a rule found something. */
export interface Count {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
}

/** Counts findings by rule and severity. */
export class Tally {
  readonly #counts = new Map<string, Count>();

  add(reports: readonly Report[]): void {
    for (const { rule, severity } of reports) {
      const key = `${rule} ${severity}`;
      const count = (this.#counts.get(key)?.count ?? 0) + 1;
      this.#counts.set(key, { rule, severity, count });
    }
  }

  get counts(): readonly Count[] {
    return [...this.#counts.values()];
  }

  total(wanted: Severity): number {
    return this.counts.reduce((sum, { severity, count }) => sum + (severity === wanted ? count : 0), 0);
  }
}
