/** Profiled models as hints want them: which there are, and the newest measured report of each, kept while it is the newest. */

import type { StoredReport } from '../protocol/store.js';
import type { Report } from '../protocol/report.js';
import { hasChangedSince } from './changedSince.js';
import { readReport, type ReportStore } from './reportStore.js';

const MOST_REPORTS = 32;

/** Paths with `/`, as configs write them. */
export interface HintModel {
  path: string;
  report: Report;
  stale: boolean;
}

const slashed = (file: string): string => file.replaceAll('\\', '/');

export class HintModels {
  #newest = new Map<string, StoredReport>();
  readonly #reports = new Map<string, Report>();

  constructor(private readonly store: ReportStore) {}

  /** Every model that was measured once; asks the store again. */
  async known(): Promise<{ path: string; profiled: true }[]> {
    const newest = new Map<string, StoredReport>();
    for (const stored of await this.store.list()) {
      const path = slashed(stored.modelPath);
      if (stored.medianNs !== null && !newest.has(path)) newest.set(path, stored);
    }
    this.#newest = newest;
    return [...newest.keys()].map((path) => ({ path, profiled: true }));
  }

  /** Of those that `known` named; one that cannot be read is left out. */
  async profiles(paths: readonly string[]): Promise<Map<string, HintModel>> {
    const profiles = new Map<string, HintModel>();
    for (const path of paths) {
      const stored = this.#newest.get(path);
      const report = stored && (await this.#read(stored));
      if (report)
        profiles.set(path, {
          path,
          report,
          stale: await hasChangedSince(stored, stored.modelPath).catch(() => false),
        });
    }
    return profiles;
  }

  async #read(stored: StoredReport): Promise<Report | null> {
    const known = this.#reports.get(stored.file);
    if (known) return known;
    const report = await readReport(stored.file).catch(() => null);
    if (!report) return null;
    this.#reports.set(stored.file, report);
    const [oldest] = this.#reports.keys();
    if (this.#reports.size > MOST_REPORTS && oldest !== undefined) this.#reports.delete(oldest);
    return report;
  }
}
