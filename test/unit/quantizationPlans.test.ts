import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileConstants } from '../../src/core/model/constants.js';
import { findCandidates } from '../../src/core/quantization/candidates.js';
import { GraphIndex } from '../../src/core/quantization/graphIndex.js';
import { proposePlans } from '../../src/core/quantization/plans.js';
import { type LayerFigures, searchPath } from '../../src/core/quantization/search.js';
import type { Layer, LayerMethod } from '../../src/core/quantization/types.js';
import { goldenModels } from './quantizationGoldenModels.js';

const model = goldenModels['convThenGemm']!.model();
const { layers } = findCandidates(model, ({ name }) => name);
const index = new GraphIndex(model.graph);
const readersOf = (tensor: string): string[] => index.consumers(tensor).map(({ name }) => name);

/** Twice as fast in integers, with conversions of a tenth. */
const figure = (layer: Layer, sqnrDb: number, kernelNs = 500): LayerFigures => ({
  layer,
  floatNs: 1000,
  integer: { kernelNs, quantizeNs: 50, dequantizeNs: 50 },
  noise: new Map([['y', 10 ** (-sqnrDb / 10)]]),
});

function proposed(figures: Map<LayerMethod, LayerFigures[]>) {
  const paths = new Map([...figures].map(([method, own]) => [method, searchPath(own, 2200, readersOf)]));
  const context = { model, constants: new FileConstants(model), ranges: new Map(), reducedRange: false };
  const common = { context, layers, wholeNs: 2200, readersOf, targetDb: 20, staticMethod: 'staticInt8' as const };
  return proposePlans({ ...common, figures, paths }, index);
}

describe('plans that are proposed', () => {
  const [conv, gemm] = layers as [Layer, Layer];
  const both = new Map<LayerMethod, LayerFigures[]>([
    ['staticInt8', [figure(conv, 40), figure(gemm, 12)]],
    ['dynamicInt8', [figure(gemm, 35)]],
  ]);

  it('leave a sensitive layer in float, and mix static convolutions with dynamic products', () => {
    const plans = proposed(both).map(({ method, layers: own }) => `${method}: ${own.map(({ name }) => name).join()}`);
    assert.ok(plans.includes('mixedInt8: conv'), plans.join('\n'));
    assert.ok(plans.includes('staticInt8: conv,gemm'), plans.join('\n'));
    assert.ok(plans.includes('mixedStaticDynamic: conv,gemm'), plans.join('\n'));
    assert.ok(plans.includes('float16: conv,gemm'), plans.join('\n'));
  });

  it('add noise powers and times', () => {
    const mixed = proposed(both).find(({ method }) => method === 'mixedStaticDynamic');
    // 40 dB and 35 dB together are 33.8 dB; each layer saves 500 less its conversions.
    assert.ok(Math.abs((mixed?.predictedDb ?? 0) - 33.8) < 0.01, String(mixed?.predictedDb));
    assert.equal(mixed?.predictedNs, 2200 - 2 * 400);
  });

  it('leave out what is slower in integers', () => {
    const slow = new Map<LayerMethod, LayerFigures[]>([['staticInt8', [figure(conv, 40, 1600), figure(gemm, 40)]]]);
    const [first] = proposed(slow);
    assert.deepEqual(
      first?.layers.map(({ name }) => name),
      ['gemm'],
    );
  });
});
