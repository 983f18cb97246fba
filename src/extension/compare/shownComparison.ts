import type { Compared } from '../../core/report/html.js';
import { provenanceOnly } from '../../core/report/provenanceOnly.js';
import type { Comparison } from '../../protocol/compare.js';
import type { Report } from '../../protocol/report.js';

/** The comparison that a session shows, as long as it shows the report that was compared. */
export class ShownComparison {
  #value: Compared | null = null;
  #at = 0;

  constructor(private readonly changed: { fire(change: 'state'): void }) {}

  /** When it was last asked for, in milliseconds of the epoch; 0 for never. */
  get at(): number {
    return this.#at;
  }

  show(comparison: Comparison, base: Report): void {
    this.#value = { comparison, base: provenanceOnly(base) };
    this.#at = Date.now();
    this.changed.fire('state');
  }

  of(report: Report | null): Compared | null {
    return this.#value?.comparison.new.reportId === report?.reportId ? this.#value : null;
  }
}
