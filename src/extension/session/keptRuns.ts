import type { Report } from '../../protocol/report.js';
import type { Settings } from '../../protocol/settings.js';
import type { StoredReport } from '../../protocol/store.js';
import type { ReportStore } from '../../store/reportStore.js';

/** What is kept of one model's runs, as of the last look. */
export class KeptRuns {
  /** Newest first. */
  runs: readonly StoredReport[] = [];

  constructor(
    private readonly store: ReportStore,
    private readonly modelPath: string,
    private readonly changed: () => void,
  ) {}

  /** Another window or the command line may have measured. */
  async refresh(): Promise<void> {
    this.runs = await this.store.list(this.modelPath).catch(() => []);
    this.changed();
  }

  async keep(report: Report, runSeconds: number | null, settings: Settings): Promise<void> {
    await this.store.put(report, {
      modelPath: this.modelPath,
      runSeconds,
      historyLimit: settings.historyLimit,
      historyBytes: settings.historySizeMiB * 2 ** 20,
    });
    await this.refresh();
  }
}
