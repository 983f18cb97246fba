/** A pipeline's models as they were measured last: a request is priced from stored reports, without running anything. */

import path from 'node:path';

import type { Report } from '../protocol/report.js';
import type { CostStep } from '../protocol/cost.js';
import type { PipelineSettings } from '../protocol/settings.js';
import { hasChangedSince, profiledOf } from './changedSince.js';
import { readReport, type ReportStore } from './reportStore.js';

/** With the report of its model. */
export interface StoredStep extends CostStep {
  report: Report;
}

/** The steps in their order, or the first model that nothing is stored of, as the file names it. */
export type StoredSteps = { steps: StoredStep[]; missing: null } | { steps: null; missing: string };

/** `known`: the report at hand, and every path that its model may go by. */
export async function storedSteps(
  { steps }: PipelineSettings,
  folder: string,
  known: { places: readonly string[]; report: Report },
  store: ReportStore,
): Promise<StoredSteps> {
  const reports = new Map<string, Report>(known.places.map((place) => [place, known.report]));
  const found: StoredStep[] = [];
  for (const { model, callsPerRequest = 1 } of steps) {
    const file = path.resolve(folder, model);
    const report = reports.get(file) ?? (await newestMeasured(file, store));
    if (!report) return { steps: null, missing: model };
    reports.set(file, report);
    const stale = await hasChangedSince(profiledOf(report), file).catch(() => false);
    const own = report === known.report;
    found.push({ model, callsPerRequest, measuredAt: report.createdAt, stale, own, report });
  }
  return { steps: found, missing: null };
}

async function newestMeasured(file: string, store: ReportStore): Promise<Report | null> {
  const stored = (await store.list(file)).find(({ medianNs }) => medianNs !== null);
  return stored ? readReport(stored.file).catch(() => null) : null;
}

/** The only pipeline with the model among its steps; null where none or several name it. */
export function onlyPipelineOf(
  places: readonly string[],
  pipelines: readonly PipelineSettings[],
  folder: string,
): PipelineSettings | null {
  const using = pipelines.filter(({ steps }) =>
    steps.some(({ model }) => places.includes(path.resolve(folder, model))),
  );
  return using.length === 1 ? (using[0] ?? null) : null;
}
