/** A trial of quantization for tests, from a few numbers: nothing here was measured. */

import type { QuantizationLayer, QuantizationPlan, QuantizationSection } from '../../src/protocol/quantization.js';
import type { Report } from '../../src/protocol/report.js';
import { buildReport } from './reportFixture.js';

export interface QuantizedOptions {
  kernels?: number;
  synthetic?: boolean;
  /** Nothing is faster for certain. */
  slow?: boolean;
  firstName?: string;
}

interface PlanFigures {
  id: string;
  method: string;
  layers: number;
  speedup: number;
  half: number;
  sqnrDb: number;
  fileBytes: number;
}

const PLANS: readonly PlanFigures[] = [
  { id: 'p0', method: 'mixedInt8', layers: 9, speedup: 1.31, half: 0.04, sqnrDb: 22.4, fileBytes: 2_300_000 },
  { id: 'p1', method: 'mixedInt8', layers: 10, speedup: 1.29, half: 0.04, sqnrDb: 21.8, fileBytes: 1_600_000 },
  { id: 'p2', method: 'mixedInt8', layers: 6, speedup: 1.11, half: 0.03, sqnrDb: 30.5, fileBytes: 2_700_000 },
  { id: 'p3', method: 'staticInt8', layers: 15, speedup: 1.24, half: 0.04, sqnrDb: 5.5, fileBytes: 1_400_000 },
  { id: 'p4', method: 'float16', layers: 15, speedup: 1.01, half: 0.03, sqnrDb: 47.7, fileBytes: 2_300_000 },
];

const REASONS = [
  { code: 'quantization.reason.fasterAccurate', params: { ratio: 2.5, db: 27.4 } },
  { code: 'quantization.reason.sensitive', params: { db: 5.2 } },
  { code: 'quantization.reason.depthwise', params: { times: 1.5 } },
] as const;

/** Every fourth layer is sensitive, every fifth depthwise and slower; the rest gain. */
function layerOf(operatorId: string, position: number, synthetic: boolean): QuantizationLayer {
  const kind = position % 5 === 4 ? 2 : position % 4 === 3 ? 1 : 0;
  const floatNs = Math.round(1_310_000 / (1 + position));
  const kernelNs = Math.round(floatNs * (kind === 2 ? 1.5 : 0.4));
  const sqnrDb = synthetic ? null : kind === 1 ? 5.2 : 27.4 + position;
  return {
    operatorId,
    trials: [
      {
        method: 'staticInt8',
        floatNs,
        candidateNs: kernelNs + 20_000,
        kernelNs,
        sqnrDb,
        cosine: synthetic ? null : 0.99,
      },
    ],
    verdict: kind === 0 ? 'quantize' : 'keepFloat',
    reason: REASONS[kind],
  };
}

function planOf(
  figures: PlanFigures,
  layers: readonly QuantizationLayer[],
  options: QuantizedOptions,
): QuantizationPlan {
  const order = [...layers].sort((a, b) => Number(b.verdict === 'quantize') - Number(a.verdict === 'quantize'));
  const factor = options.slow === true ? 0.7 : 1;
  const { id, method, speedup, half, sqnrDb, fileBytes } = figures;
  const synthetic = options.synthetic === true;
  return {
    id,
    method,
    assignments: order.slice(0, figures.layers).map(({ operatorId }) => ({ operatorId, method: 'staticInt8' })),
    predicted: { speedup, sqnrDb: null },
    measured: {
      medianNs: 14_200_000 / (speedup * factor),
      floatNs: 14_200_000,
      speedup: speedup * factor,
      speedupInterval: [(speedup - half) * factor, (speedup + half) * factor],
      sqnrDb: synthetic ? null : sqnrDb,
      cosine: synthetic ? null : 0.99,
      agreement: null,
      fileBytes,
    },
  };
}

/** A profile of convolutions, and what a trial of them found. */
export function buildQuantized(options: QuantizedOptions = {}): Report {
  const report = buildReport({
    kernels: options.kernels ?? 40,
    ...(options.firstName === undefined ? {} : { firstName: options.firstName }),
  });
  const convolutions = report.operators.filter(({ opType }) => opType === 'Conv');
  for (const [position, operator] of convolutions.entries()) {
    operator.inputs = [...operator.inputs.slice(0, 1), `w${position}`];
    const depthwise = position % 5 === 4;
    operator.attributes = { group: depthwise ? 96 : 1 };
    report.tensors.push({
      id: `w${position}`,
      name: `weights.${position}`,
      dataType: 'float32',
      shape: depthwise ? [96, 1, 3, 3] : [24, 96, 3, 3],
      bytes: 4,
    });
  }
  const synthetic = options.synthetic === true;
  const layers = convolutions.map(({ id }, position) => layerOf(id, position, synthetic));
  const transposed = report.operators.filter(({ opType }) => opType === 'ConvTranspose').slice(0, 1);
  const refused = transposed.map(({ id, opType }): QuantizationLayer => ({
    operatorId: id,
    trials: [],
    verdict: 'notSupported',
    reason: { code: 'quantization.reason.noKernel', params: { opType } },
  }));
  const section: QuantizationSection = {
    scenarioId: 's1',
    trial: {
      measuredAt: '2026-11-22T03:20:00.000Z',
      seconds: 18.4,
      command: 'inference-profiler quantize det.onnx --dim x:2=640 --threads 2 --input-dir pages',
      threads: 2,
      budgetSeconds: 10,
      targetSqnrDb: 20,
    },
    calibration: {
      method: 'minMax',
      samples: 8,
      judgementSamples: 8,
      source: synthetic ? 'synthetic' : 'pages',
      synthetic,
    },
    layers: [...layers, ...refused],
    plans: PLANS.map((figures) => planOf(figures, layers, options)),
    recommended: synthetic || options.slow === true ? null : 'p0',
    explanation: [
      { code: 'quantization.verdict.quantize', params: {} },
      { code: 'quantization.note.sensitive', params: { count: 4 } },
    ],
  };
  return { ...report, quantization: [section] };
}
