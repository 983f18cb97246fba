/** What a word of the command line names: a report's file, a run that was kept, or a model that was profiled. */

import { stat } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../core/common/errors.js';
import type { Report } from '../protocol/report.js';
import type { StoredReport } from '../protocol/store.js';
import { readReport, ReportStore } from '../store/reportStore.js';

const LEAST_OF_AN_ID = 4;

/** @throws ExpectedError (input) when it names nothing, or several runs. */
export async function reportOf(reference: string, storeFolder: string): Promise<Report> {
  const found = await stat(reference).catch(() => null);
  const store = new ReportStore(storeFolder);
  if (found?.isFile() && !isModel(reference)) return readReport(reference);
  if (isModel(reference)) {
    const [last] = await measuredRuns(store, reference);
    if (last) return readReport(last.file);
    throw new ExpectedError('input', found ? 'compare.error.notMeasured' : 'compare.error.noReport', {
      model: reference,
      reference,
    });
  }
  return readReport((await byId(store, reference)).file);
}

/** The last run of a model and the one before it. */
export async function lastTwoRuns(modelPath: string, storeFolder: string): Promise<[base: Report, next: Report]> {
  const [last, before] = await measuredRuns(new ReportStore(storeFolder), modelPath);
  if (!last) throw new ExpectedError('input', 'compare.error.notMeasured', { model: modelPath });
  if (!before) throw new ExpectedError('input', 'compare.error.oneRun', { model: modelPath });
  return [await readReport(before.file), await readReport(last.file)];
}

const isModel = (reference: string): boolean => /\.(onnx|ort)$/i.test(reference);

const measuredRuns = async (store: ReportStore, modelPath: string): Promise<StoredReport[]> =>
  (await store.list(path.resolve(modelPath))).filter(({ medianNs }) => medianNs !== null);

async function byId(store: ReportStore, reference: string): Promise<StoredReport> {
  const all = reference.length < LEAST_OF_AN_ID ? [] : await store.list();
  const exact = all.find(({ reportId }) => reportId === reference);
  const matching = exact ? [exact] : all.filter(({ reportId }) => reportId.startsWith(reference));
  const [first, second] = matching;
  if (!first) throw new ExpectedError('input', 'compare.error.noReport', { reference });
  if (second) throw new ExpectedError('input', 'compare.error.ambiguous', { reference });
  return first;
}
