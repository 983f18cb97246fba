import type { Text } from '../../format/text/text.js';
import { runSettingsText } from '../../format/views/runSettings.js';
import type { Report } from '../../protocol/report.js';
import type { StoredReport } from '../../protocol/store.js';
import type { HistoryRun } from '../../protocol/webview.js';
import { entryOf, settingsKey } from '../../store/entry.js';

const MOST_RUNS = 500;

/** Kept runs as the page shows them beside the report that it shows. */
export function historyRuns(stored: readonly StoredReport[], report: Report | null, text: Text): HistoryRun[] {
  const key = report && settingsKey(entryOf(report, '', null));
  return stored.slice(0, MOST_RUNS).map((one) => ({
    reportId: one.reportId,
    createdAt: one.createdAt,
    name: one.name,
    medianNs: one.medianNs,
    confidenceNs: one.confidenceNs,
    commit: one.git?.commit ?? null,
    dirty: one.git?.dirty ?? false,
    settings: runSettingsText(one.settings, text),
    machine: one.cpuModel,
    pinned: one.pinned,
    foreign: one.foreign,
    comparable: settingsKey(one) === key && one.machineId === report?.machineId,
    shown: one.reportId === report?.reportId,
  }));
}
