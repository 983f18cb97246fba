import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeModel } from '../../src/core/model/write.js';
import type { QuantizationPlan } from '../../src/protocol/report.js';
import { fixture, realModels } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { detSize, page, quantize, resNet18, seeded, type Trial } from './quantizationModels.js';

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
    const det = await quantize(realModels.det, detSize, (_, index) => Promise.resolve(page(index)));
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
