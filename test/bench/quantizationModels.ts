/** What the quantization benchmarks try: three models, their samples, and one whole experiment. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quantizeExperiment } from '../../src/core/quantization/experiment.js';
import type { ExperimentResult } from '../../src/core/quantization/request.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { readModel } from '../../src/core/model/read.js';
import { writeModel } from '../../src/core/model/write.js';
import { withFileNames } from '../../src/core/quantization/preprocess.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { createLoadGauge } from '../../src/core/runtime/gauge.js';
import { openInputSet } from '../../src/core/runtime/inputs/inputs.js';
import type { Feeds } from '../../src/core/runtime/port.js';
import { simdOfCpuInfo } from '../../src/runner/simd.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { GraphBuilder } from '../models/builder.js';
import { Random } from '../models/random.js';
import { textPage } from './textPage.js';

export interface Trial {
  section: ExperimentResult['section'];
  /** From the first to the last run of the sweep of the static method. */
  sweepMs: number;
}

/** Of both halves: those that calibrate stand at even places. */
export const SAMPLES = 16;

export type ReadBenchSample = (model: ModelGraph, index: number) => Promise<Feeds>;

const simd = process.platform === 'linux' ? simdOfCpuInfo(readFileSync('/proc/cpuinfo', 'utf8')) : [];

export async function quantize(
  file: string,
  dimensions: Record<string, number>,
  sample: ReadBenchSample,
  options: { method?: string; saveTo?: string } = {},
): Promise<Trial> {
  const requests = Object.entries(dimensions).map(([name, value]) => ({
    name,
    values: [value],
    source: 'flag' as const,
  }));
  const { model, file: read, scenarios } = analyzeStatically(readModel(file), requests);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const sweep = { from: Infinity, to: -Infinity };
  try {
    const { section, best, preprocessed } = await quantizeExperiment(
      createRuntime(folder),
      {
        model,
        fileBytes: read.fileBytes,
        scenarioId: scenarios[0]!.id,
        settings: {
          calibration: 'minMax',
          targetSqnrDb: 17,
          method: options.method ?? null,
          plan: null,
          mostSamples: SAMPLES,
        },
        conditions: { threads: 1, optimization: 'all' },
        budgetSeconds: 8,
        simd,
        inputs: { label: 'generated', synthetic: false },
        sampleCount: SAMPLES,
        labels: null,
        readSample: (index) => sample(model, index),
      },
      {
        now: () => performance.now() * 1e6,
        stopRequested: () => false,
        gauge: createLoadGauge(),
        progress: ({ phase, state }) => {
          if (phase !== 'sensitivity' || state !== 'running') return;
          sweep.from = Math.min(sweep.from, performance.now());
          sweep.to = performance.now();
        },
        warn: (text) => {
          console.error(text);
        },
      },
    );
    if (options.saveTo !== undefined && best)
      writeFileSync(options.saveTo, writeModel(withFileNames(best.model, preprocessed, model), { weights: 'inline' }));
    return { section, sweepMs: sweep.to - sweep.from };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const seeded =
  (dimensions: { name: string; value: number }[]) =>
  async (model: ModelGraph, index: number): Promise<Feeds> => {
    const bound = dimensions.map((dimension) => ({ ...dimension, source: 'flag' as const }));
    return (await (await openInputSet(model, bound, [], index + 1)).sample(0)).feeds;
  };

const SIZE = 320;
export const detSize = { 'p2o.DynamicDimension.0': 1, 'p2o.DynamicDimension.1': SIZE, 'p2o.DynamicDimension.2': SIZE };
const CHANNELS = [
  { mean: 0.485, deviation: 0.229 },
  { mean: 0.456, deviation: 0.224 },
  { mean: 0.406, deviation: 0.225 },
];

/** Printed words, dark on light, normalised as the detector's preprocessing does. */
export function page(index: number): Feeds {
  const paper = 0.75 + new Random(100 + index).integer(25) / 100;
  const ink = textPage(SIZE, 100 + index);
  const data = new Float32Array(3 * SIZE * SIZE);
  for (const [channel, { mean, deviation }] of CHANNELS.entries())
    for (const [place, share] of ink.entries())
      data[channel * ink.length + place] = (paper + (0.1 - paper) * share - mean) / deviation;
  return { x: { dataType: 'float32', dims: [1, 3, SIZE, SIZE], data } };
}

/** ResNet-18 at its full width and 224 pixels: the fixture of that name is a quarter as wide, all of it overhead. */
export function resNet18(): ModelGraph {
  const b = new GraphBuilder({ seed: 18 });
  const convolved = (input: string, from: number, to: number, kernel: number, stride: number): string => {
    const pad = Math.floor(kernel / 2);
    return b.add('Conv', [input, b.weight([to, from, kernel, kernel]), b.weight([to], { scale: 0.05 })], {
      attributes: { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad], strides: [stride, stride] },
    });
  };
  let x = b.add('Relu', [convolved(b.input('input', [1, 3, 224, 224]), 3, 64, 7, 2)]);
  x = b.add('MaxPool', [x], { attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] } });
  let channels = 64;
  for (const [stage, width] of [64, 128, 256, 512].entries())
    for (let block = 0; block < 2; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const second = convolved(b.add('Relu', [convolved(x, channels, width, 3, stride)]), width, width, 3, 1);
      const shortcut = stride === 1 && channels === width ? x : convolved(x, channels, width, 1, stride);
      x = b.add('Relu', [b.add('Add', [second, shortcut])]);
      channels = width;
    }
  const pooled = b.add('Flatten', [b.add('GlobalAveragePool', [x])]);
  b.add('Gemm', [pooled, b.weight([1000, 512]), b.weight([1000])], { outputs: ['logits'], attributes: { transB: 1 } });
  b.output('logits', [1, 1000]);
  return b.model();
}
