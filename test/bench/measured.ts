/** Real figures for benchmarks: a profile of a file, and the latency of a file, both as the product takes them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ClockOptions, measureLatency } from '../../src/core/analysis/clock.js';
import { latencyOf } from '../../src/core/analysis/clockVerdict.js';
import { profileExperiment } from '../../src/core/analysis/profile.js';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { readModel } from '../../src/core/model/read.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { createLoadGauge } from '../../src/core/runtime/gauge.js';
import { createHandoffGauge } from '../../src/core/runtime/handoff.js';
import { prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import type { Scenario } from '../../src/protocol/report.js';
import type { RunOptions } from '../../src/protocol/worker.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';

export const runOptions = (more: Partial<RunOptions> = {}): RunOptions => ({
  dimensions: [],
  inputs: [],
  seed: 1,
  provider: 'cpu',
  threads: 0,
  optimization: 'all',
  budgetSeconds: 10,
  memoryLimitBytes: null,
  command: '',
  ...more,
});

/** One gauge for all of a run: what it knows of the machine at its best is then the same for all. */
const gauge = createLoadGauge(undefined, createHandoffGauge());
export const now = (): number => performance.now() * 1e6;

export async function profiled(
  file: string,
  options: RunOptions,
): Promise<{ firstDraftMs: number; scenario: Scenario }> {
  const { model, modules, scenarios } = analyzeStatically(readModel(file), options.dimensions);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const { id, ...rest } = scenarios[0]!;
  const request = { ...rest, scenarioId: id, model, modules, modelPath: file, options, inputs: [] };
  const context = { gauge, now, stopRequested: () => false, readModel };
  const start = performance.now();
  let firstDraftMs = Infinity;
  try {
    const generator = profileExperiment(createRuntime(folder), request, context);
    for (;;) {
      const step = await generator.next();
      if (step.done) return { firstDraftMs, scenario: step.value };
      if (step.value.type === 'scenario') firstDraftMs = Math.min(firstDraftMs, performance.now() - start);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An open session of a model, unprofiled. */
export interface TimedCall {
  /** One call; nanoseconds. */
  time: () => Promise<number>;
  close: () => Promise<void>;
}

/** The file is not read again: it may go while the session lives. */
export async function timedCall(file: string, threads: number): Promise<TimedCall> {
  const options = runOptions({ threads });
  const { model, scenarios } = analyzeStatically(readModel(file), []);
  const { feeds } = await prepareInputs(model, scenarios[0]!.dimensions, [], options.seed);
  const session = await createRuntime('').open({ kind: 'file', path: file }, sessionOptions(options));
  return { time: () => session.time(feeds), close: () => session.close() };
}

/** The median of unprofiled runs, in nanoseconds. */
export async function medianNs(file: string, options: RunOptions): Promise<number> {
  const { time, close } = await timedCall(file, options.threads);
  const clock: ClockOptions = { budgetNs: options.budgetSeconds * 1e9, now, stopRequested: () => false, gauge };
  try {
    const measuring = measureLatency(time, clock);
    for (;;) {
      const step = await measuring.next();
      if (!step.done) continue;
      const { rounds } = step.value;
      return latencyOf(rounds, { sessionCreateNs: 0, firstRunNs: 0 })?.medianNs ?? NaN;
    }
  } finally {
    await close();
  }
}
