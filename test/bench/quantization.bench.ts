import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quantizeExperiment } from '../../src/core/quantization/experiment.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { readModel } from '../../src/core/model/read.js';
import { writeModel } from '../../src/core/model/write.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { createLoadGauge } from '../../src/core/runtime/gauge.js';
import { openInputSet } from '../../src/core/runtime/inputs/inputs.js';
import type { Feeds } from '../../src/core/runtime/port.js';
import type { QuantizationPlan, QuantizationSection } from '../../src/protocol/report.js';
import { simdOfCpuInfo } from '../../src/runner/simd.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { fixture, realModels } from '../models/index.js';
import { GraphBuilder } from '../models/builder.js';
import { Random } from '../models/random.js';
import type { Benchmark, Figure } from './bench.js';

interface Trial {
  section: QuantizationSection;
  /** From the first to the last run of the sweep of the static method. */
  sweepMs: number;
}

const simd = process.platform === 'linux' ? simdOfCpuInfo(readFileSync('/proc/cpuinfo', 'utf8')) : [];

async function quantize(
  file: string,
  dimensions: Record<string, number>,
  sample: (model: ModelGraph, index: number) => Promise<Feeds>,
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
    const { section } = await quantizeExperiment(
      createRuntime(folder),
      {
        model,
        fileBytes: read.fileBytes,
        scenarioId: scenarios[0]!.id,
        settings: { calibration: 'minMax', targetSqnrDb: 17, method: null, plan: null, mostSamples: 16 },
        conditions: { threads: 1, optimization: 'all' },
        budgetSeconds: 8,
        simd,
        inputs: { label: 'generated', synthetic: false },
        sampleCount: 16,
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
    return { section, sweepMs: sweep.to - sweep.from };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seeded =
  (dimensions: { name: string; value: number }[]) =>
  async (model: ModelGraph, index: number): Promise<Feeds> => {
    const bound = dimensions.map((dimension) => ({ ...dimension, source: 'flag' as const }));
    return (await (await openInputSet(model, bound, [], index + 1)).sample(0)).feeds;
  };

const SIZE = 320;
const CHANNELS = [
  { mean: 0.485, deviation: 0.229 },
  { mean: 0.456, deviation: 0.224 },
  { mean: 0.406, deviation: 0.225 },
];

/** A page of lines of glyph-like strokes, dark on light, normalised as the detector's preprocessing does. */
function page(index: number): Feeds {
  const random = new Random(100 + index);
  const paper = 0.75 + random.integer(25) / 100;
  const pixels = new Float32Array(SIZE * SIZE).fill(paper);
  for (let top = 12; top < SIZE - 24;) {
    const height = 8 + random.integer(14);
    let left = 10 + random.integer(40);
    const right = SIZE - 10 - random.integer(120);
    while (left < right && top + height < SIZE) {
      glyph(pixels, random, left, top, Math.max(4, Math.round(height * 0.6)), height);
      left += Math.round(height * 0.75) + (random.integer(6) === 0 ? height : 0);
    }
    top += height + 6 + random.integer(14);
  }
  const data = new Float32Array(3 * SIZE * SIZE);
  for (const [channel, { mean, deviation }] of CHANNELS.entries())
    for (let place = 0; place < pixels.length; place++)
      data[channel * pixels.length + place] = (pixels[place]! - mean) / deviation;
  return { x: { dataType: 'float32', dims: [1, 3, SIZE, SIZE], data } };
}

/** Two to four strokes in a box. */
function glyph(pixels: Float32Array, random: Random, left: number, top: number, width: number, height: number): void {
  const fill = (x0: number, y0: number, x1: number, y1: number): void => {
    for (let y = y0; y < Math.min(SIZE, y1); y++)
      for (let x = x0; x < Math.min(SIZE, x1); x++) pixels[y * SIZE + x] = 0.1;
  };
  const pen = Math.max(1, Math.round(height / 8));
  for (let stroke = 0; stroke < 2 + random.integer(3); stroke++) {
    if (random.integer(2) === 0) {
      const x = left + random.integer(Math.max(1, width - pen));
      fill(x, top, x + pen, top + height);
    } else {
      const y = top + random.integer(Math.max(1, height - pen));
      fill(left, y, left + width, y + pen);
    }
  }
}

function show(name: string, { section }: Trial): void {
  for (const { id, method, assignments, predicted, measured } of section.plans) {
    const found = measured
      ? `${measured.speedup.toFixed(2)}x (${measured.speedupInterval.map((end) => end.toFixed(2)).join('-')}) ${measured.sqnrDb?.toFixed(1)} dB`
      : 'not measured';
    const promised = `${predicted.speedup.toFixed(2)}x ${predicted.sqnrDb?.toFixed(1) ?? '-'} dB`;
    console.log(
      `  ${name} ${id === section.recommended ? '->' : '  '} ${method} ${assignments.length}: ${found}, predicted ${promised}`,
    );
  }
}

/** ResNet-18 at its full width and 224 pixels: the fixture of that name is a quarter as wide, all of it overhead. */
function resNet18(): ModelGraph {
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

const planOf = ({ section }: Trial, methods: readonly string[]): QuantizationPlan | undefined =>
  section.plans.find(({ method }) => methods.includes(method));
const recommendedOf = ({ section }: Trial): QuantizationPlan | undefined =>
  section.plans.find(({ id }) => id === section.recommended);

function predictionFigures(name: string, { section }: Trial): Figure[] {
  const mixed = section.plans.filter(({ method, measured }) => measured && method === 'mixedInt8');
  return mixed.flatMap(({ predicted, measured }) => [
    {
      what: `${name}: predicted less measured SQNR`,
      value: Math.abs((predicted.sqnrDb ?? NaN) - (measured?.sqnrDb ?? NaN)),
      unit: 'dB',
      bar: { atMost: 4 },
    },
    {
      what: `${name}: predicted time, error`,
      value: Math.abs((measured?.speedup ?? NaN) / predicted.speedup - 1),
      unit: '',
      bar: { atMost: 0.25 },
    },
  ]);
}

const benchmark: Benchmark = {
  name: 'quantization: speed-ups and accuracy of what is recommended, the sweep, the predictions',
  run: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    const file = path.join(folder, 'resnet18.onnx');
    writeFileSync(file, writeModel(resNet18(), { weights: 'inline' }));
    const cnn = await quantize(file, {}, seeded([]));
    rmSync(folder, { recursive: true });
    show('ResNet-18', cnn);
    const encoder = await quantize(
      fixture('mediumEncoder'),
      { batch: 1, sequence: 128 },
      seeded([
        { name: 'batch', value: 1 },
        { name: 'sequence', value: 128 },
      ]),
    );
    show('encoder', encoder);
    const size = { 'p2o.DynamicDimension.0': 1, 'p2o.DynamicDimension.1': SIZE, 'p2o.DynamicDimension.2': SIZE };
    const det = await quantize(realModels.det, size, (_, index) => Promise.resolve(page(index)));
    show('det', det);
    const [int8, dynamic, best] = [planOf(cnn, ['staticInt8']), planOf(encoder, ['dynamicInt8']), recommendedOf(det)];
    return [
      { what: 'ResNet-18: static int8', value: int8?.measured?.speedup ?? NaN, unit: 'x', bar: { atLeast: 2 } },
      { what: 'ResNet-18: static int8', value: int8?.measured?.sqnrDb ?? NaN, unit: 'dB', bar: { atLeast: 30 } },
      { what: 'encoder: dynamic int8', value: dynamic?.measured?.speedup ?? NaN, unit: 'x', bar: { atLeast: 2 } },
      { what: 'det: recommended', value: best?.measured?.speedup ?? NaN, unit: 'x', bar: { atLeast: 1 } },
      { what: 'det: recommended', value: best?.measured?.sqnrDb ?? NaN, unit: 'dB', bar: { atLeast: 17 } },
      { what: 'det: sweep', value: det.sweepMs / 1000, unit: 's', bar: { atMost: 8 } },
      ...predictionFigures('det', det),
    ];
  },
};

export default benchmark;
