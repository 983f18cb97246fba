import type { StoredReport } from '../protocol/store.js';
import { hasChangedSince } from './changedSince.js';
import type { ReportStore } from './reportStore.js';

export interface LastMeasured {
  stored: StoredReport;
  /** The file is another one than was profiled. */
  changed: boolean;
}

/** The newest report of a model that holds a latency measured here; null when it was never measured. */
export async function lastMeasured(store: ReportStore, modelPath: string): Promise<LastMeasured | null> {
  const stored = (await store.list(modelPath)).find(({ medianNs, foreign }) => medianNs !== null && !foreign);
  if (!stored) return null;
  return { stored, changed: await hasChangedSince(stored, modelPath).catch(() => false) };
}
