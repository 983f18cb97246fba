/** What `cost` measures: the model's profile, its capacity, that of a pipeline's other models, and a load test. */

import path from 'node:path';

import type { CapacitySample, Report } from '../protocol/report.js';
import type { PipelineSettings } from '../protocol/settings.js';
import type { RunOptions } from '../protocol/worker.js';
import type { ProfileHandlers, ProfileRun, Runner } from '../runner/runner.js';
import type { CostFlags } from './costFlags.js';
import { runOptions } from './runOptions.js';

/** A pipeline's steps with absolute paths. */
export interface MeasuredPipeline {
  settings: PipelineSettings;
  /** In the steps' order. */
  steps: { modelPath: string; callsPerRequest: number; capacity: CapacitySample[]; scenarioId: string }[];
}

export interface CostMeasurement {
  report: Report;
  pipeline: MeasuredPipeline | null;
}

export interface MeasureContext {
  runner: Runner;
  handlers: ProfileHandlers;
  /** Waits for a run that Ctrl+C stops. */
  wait: (run: ProfileRun) => Promise<Report>;
}

/** Of the budget: the profile tells where the time goes, which projections and savings need. */
const PROFILE_SHARE = 0.4;
/** Below it the machine's ceilings are not measured, and no other machine's speed can be projected from them. */
const CEILINGS_SECONDS = 4;
const MOST_PROFILE_SHARE = 0.7;

export async function measureModel(
  modelPath: string,
  flags: CostFlags,
  pipeline: PipelineSettings | null,
  folder: string,
  { runner, handlers, wait }: MeasureContext,
): Promise<CostMeasurement> {
  const options = { ...(await runOptions(modelPath, flags)), command: 'inference-profiler profile' };
  const file = path.resolve(modelPath);
  const others = pipeline ? otherModels(pipeline, folder, file) : [];
  const budget = options.budgetSeconds;
  const profileBudget = Math.max(budget * PROFILE_SHARE, Math.min(CEILINGS_SECONDS, budget * MOST_PROFILE_SHARE));
  const capacityBudget = (budget - profileBudget) / (1 + others.length);
  const profiled = await wait(
    runner.profile({ modelPath: file, options: withBudget(options, profileBudget) }, handlers),
  );
  if (profiled.status === 'partial') return { report: profiled, pipeline: null };
  const carried = await wait(
    runner.capacity({ modelPath: file, options: withBudget(options, capacityBudget) }, handlers),
  );
  const report = withCapacity(profiled, carried);
  if (!pipeline || carried.status === 'partial') return { report, pipeline: null };
  const known = new Map<string, Report>([[file, carried]]);
  for (const other of others) {
    const own = await runOptions(other, { ...flags, dim: [], input: [] });
    const found = await wait(runner.capacity({ modelPath: other, options: withBudget(own, capacityBudget) }, handlers));
    known.set(other, found);
    if (found.status === 'partial') return { report: { ...report, status: 'partial' }, pipeline: null };
  }
  const steps = pipeline.steps.map(({ model, callsPerRequest = 1 }) => {
    const stepPath = path.resolve(folder, model);
    const found = known.get(stepPath);
    const scenarioId = found?.scenarios[0]?.id ?? 's0';
    return { modelPath: stepPath, callsPerRequest, capacity: found?.capacity ?? [], scenarioId };
  });
  return { report, pipeline: { settings: pipeline, steps } };
}

const otherModels = ({ steps }: PipelineSettings, folder: string, file: string): string[] => [
  ...new Set(steps.map(({ model }) => path.resolve(folder, model)).filter((each) => each !== file)),
];

const withBudget = (options: RunOptions, budgetSeconds: number): RunOptions => ({ ...options, budgetSeconds });

const withCapacity = (report: Report, { capacity, capacityNotes, status }: Report): Report => ({
  ...report,
  capacity,
  ...(capacityNotes ? { capacityNotes } : {}),
  status: status === 'partial' ? 'partial' : report.status,
});

/** The report with its load test; the sessions are those that carry most. */
export async function testLoad(
  report: Report,
  modelPath: string,
  ratePerSecond: number,
  target: { percentile: number; targetMs: number | null },
  flags: CostFlags,
  { runner, handlers, wait }: MeasureContext,
): Promise<Report> {
  const options = await runOptions(modelPath, flags);
  const settings = { ratePerSecond, seconds: flags.duration, ...target, threads: 0, sessions: 0 };
  const request = { modelPath: path.resolve(modelPath), options, settings, capacity: report.capacity };
  const tested = await wait(runner.loadTest(request, handlers));
  return {
    ...report,
    status: tested.status === 'partial' ? 'partial' : report.status,
    capacity: report.capacity.length > 0 ? report.capacity : tested.capacity,
    ...(tested.loadTests ? { loadTests: tested.loadTests } : {}),
  };
}
