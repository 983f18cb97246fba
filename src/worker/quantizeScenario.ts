/** Quantization in one scenario: its samples and labels, the experiment, and the model that is written. */

import { performance } from 'node:perf_hooks';
import { ExpectedError } from '../core/common/errors.js';
import { compareAlternatives } from '../core/quantization/alternatives.js';
import type { SampleLabels } from '../core/quantization/calibrate.js';
import { quantizeExperiment } from '../core/quantization/experiment.js';
import type { ModelGraph } from '../core/model/graph.js';
import { KeptPlans } from '../core/quantization/keptPlans.js';
import type { Labels } from '../core/quantization/labels.js';
import { withFileInputs, withFileNames } from '../core/quantization/preprocess.js';
import type { ExperimentResult } from '../core/quantization/request.js';
import { saveModel } from '../core/quantization/save.js';
import type { StaticModel } from '../core/report/build.js';
import { staticScenario } from '../core/report/scenarios.js';
import { tool } from '../core/report/tool.js';
import { createLoadGauge } from '../core/runtime/gauge.js';
import { openInputSet } from '../core/runtime/inputs/inputs.js';
import type { InputSet } from '../core/runtime/inputs/types.js';
import type { Feeds, Runtime } from '../core/runtime/port.js';
import type { AlternativesSection, CalibrationSummary, QuantizationSection } from '../protocol/quantization.js';
import type { Scenario } from '../protocol/report.js';
import type { Message } from '../protocol/text.js';
import type { QuantizeRequest } from '../protocol/worker.js';
import type { JobControl } from './jobs.js';

export interface QuantizeScenario {
  runtime: Runtime;
  statics: StaticModel;
  scenario: StaticModel['scenarios'][number];
  labels: Labels | null;
  request: QuantizeRequest;
  control: JobControl;
}

/** Made up where no file feeds the model: enough for ranges, nothing for accuracy. */
const SYNTHETIC_SAMPLES = 8;

export async function quantizeScenario(
  job: QuantizeScenario,
): Promise<{ scenario: Scenario; section: QuantizationSection | null; alternatives: AlternativesSection | null }> {
  const { statics, scenario, request } = job;
  const { options, modelPath } = request;
  const startedMs = performance.now();
  const set = await openInputSet(statics.model, scenario.dimensions, options.inputs, options.seed);
  const base = staticScenario(statics.model, scenario, statics.parameters.weightBytes, modelPath, options);
  const section = request.settings.only === 'alternatives' ? null : await sectionOf(job, set);
  const trial = {
    measuredAt: new Date().toISOString(),
    seconds: (performance.now() - startedMs) / 1000,
    command: base.run.command,
    threads: options.threads,
    budgetSeconds: options.budgetSeconds,
    targetSqnrDb: request.settings.targetSqnrDb,
  };
  return {
    scenario: { ...base, inputs: set.summaries, warnings: [...base.warnings, ...set.warnings] },
    section: section && { ...section, trial },
    alternatives: await alternativesOf(job, set),
  };
}

async function sectionOf(job: QuantizeScenario, set: InputSet): Promise<QuantizationSection> {
  const { request } = job;
  const result = await experiment(job, set);
  if (request.settings.only !== undefined) return result.section;
  const explanation = [...result.section.explanation];
  if (result.splits.same && !set.synthetic) explanation.push({ code: 'quantization.note.sameSample', params: {} });
  if (request.output) explanation.push(await write(job, result));
  return { ...result.section, explanation };
}

/** Every sample judges: nothing is calibrated. null: none were asked for. */
async function alternativesOf(job: QuantizeScenario, set: InputSet): Promise<AlternativesSection | null> {
  const { runtime, scenario, request, control } = job;
  const { options, settings, modelPath } = request;
  const { alternatives } = settings;
  if (!alternatives || alternatives.length === 0 || control.stopRequested()) return null;
  const members = new Map<number, readonly string[]>();
  const labels = sampleLabels(job.labels, set, members);
  return compareAlternatives(runtime, {
    scenarioId: scenario.id,
    modelPath,
    alternatives,
    samples: {
      count: set.synthetic ? 1 : Math.min(set.count, settings.mostSamples),
      synthetic: set.synthetic,
      label: set.label,
      feeds: sampleReader(job, set, members),
      ...(labels ? { labels } : {}),
    },
    options: {
      threads: options.threads,
      optimization: options.optimization,
      budgetNs: options.budgetSeconds * 1e9,
      now: () => performance.now() * 1e6,
      stopRequested: () => control.stopRequested(),
      gauge: createLoadGauge(),
    },
    progress: (done, total) => {
      const state = done === total ? 'done' : 'running';
      control.progress({ phase: 'alternatives', state, done, total, unit: 'rounds', round: null, remainingMs: null });
    },
  });
}

async function experiment(job: QuantizeScenario, set: InputSet): Promise<ExperimentResult> {
  const { runtime, statics, scenario, request, control } = job;
  const { options, settings, host, plansFolder } = request;
  const members = new Map<number, readonly string[]>();
  const kept = plansFolder == null ? null : new KeptPlans(plansFolder);
  return quantizeExperiment(
    runtime,
    {
      model: statics.model,
      // External weights are not in the file.
      fileBytes: Math.max(statics.file.fileBytes, statics.parameters.weightBytes),
      scenarioId: scenario.id,
      settings,
      conditions: { threads: options.threads, optimization: options.optimization },
      budgetSeconds: options.budgetSeconds,
      simd: host.environment.simd,
      inputs: set,
      sampleCount: set.synthetic ? SYNTHETIC_SAMPLES : Math.min(set.count, settings.mostSamples),
      readSample: sampleReader(job, set, members),
      labels: sampleLabels(job.labels, set, members),
    },
    {
      now: () => performance.now() * 1e6,
      stopRequested: () => control.stopRequested(),
      gauge: createLoadGauge(),
      progress: (progress) => {
        control.progress(progress);
      },
      warn: (text) => {
        control.log.warn(text);
      },
      ...(kept
        ? {
            keep: (planId: string, model: ModelGraph) => {
              kept.keep(scenario.id, planId, model);
            },
          }
        : {}),
    },
  );
}

/** Synthetic samples differ by their seed. `members`: which files a sample was read from. */
function sampleReader(
  { statics, scenario, request }: QuantizeScenario,
  set: InputSet,
  members: Map<number, readonly string[]>,
): (index: number) => Promise<Feeds> {
  const { inputs, seed } = request.options;
  if (!set.synthetic)
    return async (index) => {
      const sample = await set.sample(index);
      if (sample.members) members.set(index, sample.members);
      return sample.feeds;
    };
  return async (index) => {
    const other = await openInputSet(statics.model, scenario.dimensions, inputs, seed + index);
    return (await other.sample(0)).feeds;
  };
}

/** @throws ExpectedError: nothing that a label could be of. */
function sampleLabels(
  labels: Labels | null,
  set: InputSet,
  members: ReadonlyMap<number, readonly string[]>,
): SampleLabels | null {
  if (!labels) return null;
  if (set.synthetic) throw new ExpectedError('input', 'quantization.labels.synthetic');
  return {
    source: labels.source,
    of: (index, rows) => {
      labels.checkCount(set.count, rows);
      return labels.of(index, rows, members.get(index));
    },
  };
}

/** What was written, as a message. */
async function write(
  { runtime, statics, request }: QuantizeScenario,
  { best, preprocessed, section, splits }: ExperimentResult,
): Promise<Message> {
  const { path: target, overwrite } = request.output!;
  if (!best) throw new ExpectedError('input', 'quantization.error.nothing', { file: target });
  const { plan } = best;
  await saveModel(runtime, {
    model: withFileNames(best.model, preprocessed, statics.model),
    original: request.modelPath,
    target,
    overwrite,
    metadata: {
      'inference-profiler.version': tool.version,
      'inference-profiler.quantization.method': plan.method,
      'inference-profiler.quantization.layers': String(plan.assignments.length),
      'inference-profiler.quantization.calibration': calibrationText(section.calibration),
      ...(plan.measured?.sqnrDb == null
        ? {}
        : { 'inference-profiler.quantization.sqnrDb': plan.measured.sqnrDb.toFixed(1) }),
    },
    sampleCount: splits.judgement.count,
    readSample: async (index) => withFileInputs(await splits.judgement.feeds(index), preprocessed.safe),
    threads: request.options.threads,
    expectedDb: plan.measured?.sqnrDb ?? null,
  });
  const isProven = section.recommended === plan.id || request.settings.plan !== null;
  const code = isProven ? 'quantization.note.wrote' : 'quantization.note.wroteUnproven';
  return { code, params: { file: target, method: plan.method } };
}

const calibrationText = ({ method, samples, synthetic, source }: CalibrationSummary): string =>
  `${method}, ${samples} samples, ${synthetic ? 'synthetic' : source}`;
