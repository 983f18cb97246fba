/** Quantization of one model in its first scenario, tried and, where asked for, written. */

import { performance } from 'node:perf_hooks';
import { ExpectedError } from '../core/common/errors.js';
import { readModel } from '../core/model/read.js';
import { quantizeExperiment } from '../core/quantization/experiment.js';
import type { ExperimentResult } from '../core/quantization/request.js';
import { withFileInputs, withFileNames } from '../core/quantization/preprocess.js';
import { saveModel } from '../core/quantization/save.js';
import { analyzeStatically, buildReport, type StaticModel } from '../core/report/build.js';
import { staticScenario } from '../core/report/scenarios.js';
import { tool } from '../core/report/tool.js';
import { createLoadGauge } from '../core/runtime/gauge.js';
import { dimensionsFromInputs, openInputSet } from '../core/runtime/inputs/inputs.js';
import type { InputSet } from '../core/runtime/inputs/types.js';
import type { Feeds, Runtime } from '../core/runtime/port.js';
import type { CalibrationSummary, Report } from '../protocol/report.js';
import type { Message } from '../protocol/text.js';
import type { QuantizeRequest } from '../protocol/worker.js';
import type { JobControl } from './jobs.js';

/** Made up where no file feeds the model: enough for ranges, nothing for accuracy. */
const SYNTHETIC_SAMPLES = 8;

/** @throws ExpectedError: the file is wrong or cannot be rewritten, the runtime refuses it, the output is in the way. */
export async function quantizeModel(runtime: Runtime, request: QuantizeRequest, control: JobControl): Promise<Report> {
  const { modelPath, options } = request;
  if (options.provider !== 'cpu')
    throw new ExpectedError('input', 'quantization.error.provider', { provider: options.provider });
  const file = readModel(modelPath);
  if (file.format === 'ort') throw new ExpectedError('input', 'quantization.error.ortFormat');
  const asked = new Set(options.dimensions.filter(({ source }) => source === 'user').map(({ name }) => name));
  const fromFiles = (await dimensionsFromInputs(file, options.inputs)).filter(({ name }) => !asked.has(name));
  const statics = analyzeStatically(file, [...options.dimensions, ...fromFiles]);
  const [first] = statics.scenarios;
  if (!first) throw new Error('a model without a scenario');
  const set = await openInputSet(statics.model, first.dimensions, options.inputs, options.seed);
  const result = await experiment(runtime, statics, set, request, control);
  const explanation = [...result.section.explanation];
  if (result.splits.same && !set.synthetic) explanation.push({ code: 'quantization.note.sameSample', params: {} });
  if (request.output) explanation.push(await write(runtime, statics, result, request));
  const base = staticScenario(statics.model, first, statics.parameters.weightBytes, modelPath, options);
  const scenario = { ...base, inputs: set.summaries, warnings: [...base.warnings, ...set.warnings] };
  const status = control.stopRequested() ? 'partial' : 'complete';
  const parts = { status, modelPath, host: request.host, contentSha256: null } as const;
  const report = buildReport(statics, { ...parts, scenarios: [scenario], warnings: [] });
  return { ...report, quantization: [{ ...result.section, explanation }] };
}

async function experiment(
  runtime: Runtime,
  statics: StaticModel,
  set: InputSet,
  { options, settings, host }: QuantizeRequest,
  control: JobControl,
): Promise<ExperimentResult> {
  const scenario = statics.scenarios[0]!;
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
      readSample: sampleReader(statics, set, options.inputs, options.seed),
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
    },
  );
}

/** Synthetic samples differ by their seed. */
function sampleReader(
  statics: StaticModel,
  set: InputSet,
  inputs: QuantizeRequest['options']['inputs'],
  seed: number,
): (index: number) => Promise<Feeds> {
  if (!set.synthetic) return async (index) => (await set.sample(index)).feeds;
  const { dimensions } = statics.scenarios[0]!;
  return async (index) => {
    const other = await openInputSet(statics.model, dimensions, inputs, seed + index);
    return (await other.sample(0)).feeds;
  };
}

/** What was written, as a message. */
async function write(
  runtime: Runtime,
  statics: StaticModel,
  { best, preprocessed, section, splits }: ExperimentResult,
  request: QuantizeRequest,
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
  const code = section.recommended === plan.id ? 'quantization.note.wrote' : 'quantization.note.wroteUnproven';
  return { code, params: { file: target, method: plan.method } };
}

const calibrationText = ({ method, samples, synthetic, source }: CalibrationSummary): string =>
  `${method}, ${samples} samples, ${synthetic ? 'synthetic' : source}`;
