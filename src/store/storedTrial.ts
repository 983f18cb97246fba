/** Trials of quantization and profiles of the same content: each is a run of its own, and the two belong together. */

import { keepQuantization, withQuantization } from '../core/report/mergeQuantization.js';
import type { Report } from '../protocol/report.js';
import type { StoredReport } from '../protocol/store.js';
import { hasChangedSince } from './changedSince.js';
import { readReport, type ReportStore } from './reportStore.js';

/** How the report at hand was run. */
export interface RunConditions {
  /** Absolute path of the model. */
  modelPath: string;
  /** It ran with as many threads as the runtime takes by itself, which a trial alone calls 0. */
  defaultThreads: boolean;
}

/** Reports that are opened in search of a trial. */
const MOST_OPENED = 12;

/** The report with the newest stored trial of the same content under the same conditions; as it is without one. */
export async function withStoredTrial(report: Report, run: RunConditions, store: ReportStore): Promise<Report> {
  if (report.quantization.length > 0) return report;
  const known = (await entriesLike(report, run, store)).slice(0, MOST_OPENED);
  for (const { file } of known) {
    const trial = await readReport(file).catch(() => null);
    const found = trial && keepQuantization(trial, report);
    if (found && found.quantization.length > 0) return found;
  }
  return report;
}

/** A trial that was made alone, with the newest stored profile of the same content; null without one. */
export async function withStoredProfile(trial: Report, run: RunConditions, store: ReportStore): Promise<Report | null> {
  const known = (await entriesLike(trial, run, store)).filter(({ medianNs }) => medianNs !== null);
  for (const { file } of known.slice(0, MOST_OPENED)) {
    const profile = await readReport(file).catch(() => null);
    const found = profile && keepQuantization(trial, { ...profile, quantization: [] });
    if (found && found.quantization.length > 0) return withQuantization(profile, trial);
  }
  return null;
}

/** Newest first: of this machine and this content, run by the same provider with the same optimization and threads. */
async function entriesLike(report: Report, run: RunConditions, store: ReportStore): Promise<StoredReport[]> {
  const like = (await store.list()).filter((each) => isLike(each, report, run));
  const same = await Promise.all(like.map((each) => isSameContent(each, report, run)));
  return like.filter((_, index) => same[index]);
}

function isLike(stored: StoredReport, report: Report, { defaultThreads }: RunConditions): boolean {
  const [scenario] = report.scenarios;
  if (!scenario || !stored.settings || stored.reportId === report.reportId) return false;
  const { provider, threads, optimization } = scenario.run;
  const { settings } = stored;
  return (
    stored.machineId === report.machineId &&
    !stored.foreign &&
    stored.fileBytes === report.model.fileBytes &&
    settings.provider === provider &&
    settings.optimization === optimization &&
    (settings.threads === threads || (defaultThreads && (settings.threads === 0 || threads === 0)))
  );
}

/** By hash where both have one; a trial alone has none, and holds as long as its file has not changed since. */
async function isSameContent(stored: StoredReport, { model }: Report, { modelPath }: RunConditions): Promise<boolean> {
  if (stored.contentSha256 !== null && model.contentSha256 !== null)
    return stored.contentSha256 === model.contentSha256;
  if (stored.modelPath !== modelPath) return false;
  return !(await hasChangedSince(stored, modelPath).catch(() => true));
}
