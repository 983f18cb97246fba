/**
 * The machine's ceilings for a report whose hotspots are out: from an earlier run on this machine, else measured within
 * a share of the budget; and the report's kernels placed under them.
 */

import { createHash } from 'node:crypto';
import { freemem } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { classifyKernels } from '../core/analysis/classify.js';
import { disturbedAbove } from '../core/analysis/clock.js';
import { parseRoofline, rooflineExperiment, type RooflineRun } from '../core/analysis/roofline.js';
import { createLoadGauge, type LoadGauge } from '../core/runtime/gauge.js';
import type { Runtime } from '../core/runtime/port.js';
import type { Report, Roofline } from '../protocol/report.js';
import type { PhaseProgress, ProfileRequest } from '../protocol/worker.js';
import { remember, remembered } from './cacheFile.js';
import type { JobControl } from './jobs.js';

/** Only these ceilings are measured: those of a device are not seen through its kernels' times. */
const PROVIDER = 'cpu';
const BUDGET_SHARE = 0.4;
const LONGEST_SECONDS = 6;
/** One pass of each ceiling takes about this long. */
const LEAST_SECONDS = 1.5;

function cacheFile(runtime: Runtime, { cacheFolder, host, options }: ProfileRequest): string | null {
  if (cacheFolder === null) return null;
  const key = [host.machineId, host.environment.cpuModel, runtime.name, runtime.version, PROVIDER, options.threads];
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
  return path.join(cacheFolder, `roofline-${name}.json`);
}

const report = (control: JobControl, state: PhaseProgress['state'], counts: Partial<PhaseProgress> = {}): void => {
  const none = { done: null, total: null, unit: null, round: null, remainingMs: null };
  control.progress({ phase: 'roofline', state, ...none, ...counts });
};

async function measure(runtime: Runtime, request: ProfileRequest, control: JobControl): Promise<RooflineRun> {
  const { budgetSeconds, memoryLimitBytes, threads } = request.options;
  const endsMs = performance.now() + 1000 * Math.min(LONGEST_SECONDS, BUDGET_SHARE * budgetSeconds);
  const limitBytes = memoryLimitBytes === null ? Infinity : memoryLimitBytes - process.memoryUsage.rss();
  const freeBytes = Math.max(0, Math.min(freemem(), limitBytes));
  const measuring = rooflineExperiment(
    runtime,
    { provider: PROVIDER, threads, freeBytes, measuredAt: new Date().toISOString() },
    {
      now: () => performance.now() * 1e6,
      stopRequested: () => control.stopRequested() || performance.now() > endsMs,
      logger: control.log,
    },
  );
  for (;;) {
    const step = await measuring.next();
    if (step.done) return step.value;
    const { done, total } = step.value;
    report(control, 'running', { done, total, unit: 'rounds', remainingMs: Math.max(0, endsMs - performance.now()) });
  }
}

/** Measured while nothing else ran, all passes: worth keeping for the next time. */
async function measuredRoofline(
  runtime: Runtime,
  request: ProfileRequest,
  control: JobControl,
  file: string | null,
  gauge: LoadGauge,
): Promise<Roofline | null> {
  const endLoad = gauge.begin();
  const { roofline, complete } = await measure(runtime, request, control);
  const isQuiet = endLoad() <= disturbedAbove(gauge.logicalCores);
  if (file !== null && roofline !== null && complete && isQuiet) await remember(file, JSON.stringify(roofline));
  return roofline;
}

/** The report with its roofline, and what bounds each kernel that ran on the CPU; as it is where there is none. */
export async function withRoofline(
  runtime: Runtime,
  request: ProfileRequest,
  control: JobControl,
  measured: Report,
  gauge: LoadGauge = createLoadGauge(),
): Promise<Report> {
  const isPlaced = measured.scenarios.some(({ run, kernels }) => run.provider === PROVIDER && kernels.length > 0);
  if (!isPlaced || !runtime.providers().includes(PROVIDER)) return measured;
  const file = cacheFile(runtime, request);
  let roofline = file === null ? null : parseRoofline(await remembered(file));
  const allowed = BUDGET_SHARE * request.options.budgetSeconds >= LEAST_SECONDS && !control.stopRequested();
  if (roofline === null && allowed) {
    report(control, 'running');
    roofline = await measuredRoofline(runtime, request, control, file, gauge);
  }
  report(control, roofline === null ? 'skipped' : 'done');
  if (roofline === null) {
    // After a stop the report says so itself.
    if (control.stopRequested()) return measured;
    const warning = { code: 'measure.warning.noRoofline', params: {} };
    return { ...measured, warnings: [...measured.warnings, warning] };
  }
  const ceilings = roofline;
  const scenarios = measured.scenarios.map((scenario) =>
    scenario.run.provider === PROVIDER
      ? { ...scenario, kernels: classifyKernels(scenario.kernels, ceilings) }
      : scenario,
  );
  return { ...measured, scenarios, roofline };
}
