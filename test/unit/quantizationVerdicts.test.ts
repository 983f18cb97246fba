import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cpuForInt8 } from '../../src/core/quantization/cpu.js';
import type { LayerFigures } from '../../src/core/quantization/search.js';
import type { Layer } from '../../src/core/quantization/types.js';
import { decisivePlan, explain, layerVerdict, recommend } from '../../src/core/quantization/verdicts.js';
import { createText } from '../../src/format/text/text.js';
import type { QuantizationLayer, QuantizationPlan } from '../../src/protocol/quantization.js';

const vnni = ['sse4_2', 'avx', 'avx2', 'avx512f', 'avx512_vnni'];
const withoutUnit = ['sse4_2', 'avx', 'avx2'];

interface Case {
  layer?: Partial<Layer>;
  floatNs: number;
  kernelNs: number;
  sqnrDb?: number;
  chosen?: boolean;
  simd?: string[];
  synthetic?: boolean;
}

function verdictOf({ layer, floatNs, kernelNs, sqnrDb = 40, chosen = false, simd = vnni, synthetic }: Case) {
  const node = { name: 'n', opType: 'Conv', domain: '', inputs: [], outputs: [], attributes: [] };
  const weight = { name: 'w', dataType: 1, dims: [8, 8, 3, 3], storage: { kind: 'none' } as const };
  const whole: Layer = {
    operatorId: 'n0',
    name: 'n',
    node,
    activation: null,
    input: 'x',
    output: 'y',
    weight,
    bias: null,
    channelAxis: 0,
    depthwise: false,
    imageChannels: null,
    ...layer,
  };
  const figures: LayerFigures = {
    layer: whole,
    floatNs,
    integer: { kernelNs, quantizeNs: 10, dequantizeNs: 10 },
    noise: new Map([['y', 10 ** (-sqnrDb / 10)]]),
  };
  return layerVerdict(
    { operatorId: 'n0', figures: new Map([['staticInt8', figures]]), sensitivities: new Map(), chosen },
    { cpu: cpuForInt8(simd), targetDb: 20, synthetic: synthetic ?? false, opset: 17, method: 'staticInt8' },
  );
}

const text = createText();
const words = (one: Case): string => {
  const { verdict, reason } = verdictOf(one);
  return `${verdict}: ${text.message(reason)}`;
};

describe('the verdict on a layer, in words', () => {
  const cases: readonly [string, Case, string][] = [
    [
      'faster and accurate',
      { floatNs: 100, kernelNs: 40, chosen: true },
      'quantize: 2.5 × faster, 40.0 dB when quantized alone',
    ],
    [
      'faster, accuracy unknown',
      { floatNs: 100, kernelNs: 40, chosen: true, synthetic: true },
      'quantize: 2.5 × faster in int8',
    ],
    ['as long', { layer: { depthwise: true }, floatNs: 600, kernelNs: 612 }, 'keepFloat: takes as long in int8'],
    [
      'as long alone, and chosen',
      { floatNs: 600, kernelNs: 612, chosen: true },
      'quantize: takes as long alone, but spares the conversions between its neighbours',
    ],
    [
      'depthwise',
      { layer: { depthwise: true }, floatNs: 60, kernelNs: 96 },
      'keepFloat: depthwise: 1.6 × slower in int8',
    ],
    [
      'first convolution of an image',
      { layer: { imageChannels: 3 }, floatNs: 30, kernelNs: 90 },
      'keepFloat: first convolution of 3 channels: 3 × slower in int8',
    ],
    [
      'no unit on this CPU',
      { floatNs: 50, kernelNs: 75, simd: withoutUnit },
      'keepFloat: no int8 dot products on this CPU: 1.5 × slower',
    ],
    ['sensitive', { floatNs: 100, kernelNs: 40, sqnrDb: 5.2 }, 'keepFloat: sensitive: 5.2 dB when quantized alone'],
    [
      'slow alone, good between others',
      { floatNs: 50, kernelNs: 60, chosen: true },
      'quantize: 1.2 × slower alone, but spares the conversions between its neighbours',
    ],
    [
      'conversions',
      { floatNs: 100, kernelNs: 95, synthetic: true },
      'keepFloat: converting from and to int8 takes what it saves',
    ],
  ];
  for (const [name, one, expected] of cases)
    it(name, () => {
      assert.equal(words(one), expected);
    });

  it('of an old operator set names the way out, and of a layer that was not reached says so', () => {
    const none = { operatorId: 'n0', figures: new Map(), sensitivities: new Map(), chosen: false };
    const of = (opset: number): string => {
      const context = { cpu: cpuForInt8(vnni), targetDb: 20, synthetic: false, opset, method: 'staticInt8' } as const;
      const { verdict, reason } = layerVerdict(none, context);
      return `${verdict}: ${text.message(reason)}`;
    };
    assert.equal(of(9), 'notSupported: operator set 9: convert to 13 or later first');
    assert.equal(of(17), 'keepFloat: not tried');
  });

  it('knows the units by the names of the instructions', () => {
    assert.deepEqual(
      [['avx512_vnni', 'avx2'], ['avx_vnni', 'avx2'], ['neon', 'dotprod'], ['neon'], ['avx2'], []].map(
        (simd) => cpuForInt8(simd).hasUnit,
      ),
      [true, true, true, false, false, true],
    );
    // Pairs of products overflow only where there is no unit, and only on x86.
    assert.deepEqual(
      [withoutUnit, vnni, ['neon']].map((simd) => cpuForInt8(simd).saturates),
      [true, false, false],
    );
  });
});

function planOf(speedup: number, sqnrDb: number | null): QuantizationPlan {
  const agreement = sqnrDb === null ? null : 0.97;
  const answers = sqnrDb === null ? null : { same: 97, items: 100 };
  const speedupInterval: [number, number] = [speedup - 0.05, speedup + 0.05];
  const measured = {
    medianNs: 1e6,
    speedup,
    speedupInterval,
    sqnrDb,
    cosine: sqnrDb,
    agreement,
    answers,
    fileBytes: 25,
  };
  return { id: 'p0', method: 'staticInt8', assignments: [], predicted: { speedup, sqnrDb }, measured };
}

const depthwiseLayers: QuantizationLayer[] = [0, 1].map((index) => ({
  ...verdictOf({ layer: { depthwise: true }, floatNs: 60, kernelNs: 96 }),
  operatorId: `n${index}`,
}));

interface Changes {
  synthetic?: boolean;
  simd?: string[];
  opset?: number;
  layers?: QuantizationLayer[];
}

function sentences(plans: QuantizationPlan[], changes: Changes = {}) {
  const { synthetic = false, simd = vnni, opset = 17, layers = depthwiseLayers } = changes;
  const recommended = recommend(plans, 20, synthetic);
  const parts = { plans, recommended, layers, targetDb: 20, synthetic, opset, fileBytes: 100, silent: ['mask'] };
  return explain({ ...parts, cpu: cpuForInt8(simd) }).map((message) => text.message(message));
}

describe('the sentence for the model', () => {
  it('recommends with interval, answers, error and size', () => {
    assert.equal(
      sentences([planOf(1.5, 30), planOf(2, 12)])[0],
      'Quantize: 1.5 × faster (1.45 to 1.55), same top answer on 97 of 100, 30.0 dB, 25 % of the size. These are measured.',
    );
  });

  it('takes the most accurate of those that cannot be told apart in speed from the quickest, and says so', () => {
    const named = (id: string, speedup: number, sqnrDb: number): QuantizationPlan => ({
      ...planOf(speedup, sqnrDb),
      id,
    });
    const quickest = named('quickest', 2, 20.9);
    const overlapping = named('overlapping', 1.92, 30.3);
    const between = named('between', 1.95, 24);
    const slower = named('slower', 1.85, 45);
    const tooLow = named('tooLow', 2.04, 12);
    const chosen = (...plans: QuantizationPlan[]): string | undefined => recommend(plans, 20, false)?.id;
    assert.equal(chosen(quickest, between, overlapping, slower, tooLow), 'overlapping');
    assert.equal(chosen(quickest, slower), 'quickest');
    assert.equal(chosen(quickest, named('hardlyBetter', 1.95, 21.8)), 'quickest');
    // Overlapping is with the quickest one, not with one another: from step to step it would lead anywhere.
    assert.equal(chosen(quickest, named('least', 1.905, 30), slower), 'least');
    assert.deepEqual(sentences([quickest, overlapping]).slice(0, 2), [
      'Quantize: 1.92 × faster (1.87 to 1.97), same top answer on 97 of 100, 30.3 dB, 25 % of the size. These are measured.',
      'The quickest plan that keeps the target (2 ×) cannot be told apart from it in speed, and leaves 20.9 dB instead of 30.3 dB.',
    ]);
    assert.ok(!sentences([quickest, slower]).some((one) => one.includes('told apart')));
  });

  it('judges layers by the fastest plan on synthetic inputs, unless that is hardly faster', () => {
    const [worthIt, hardly] = [planOf(1.5, null), planOf(1.04, null)];
    assert.equal(decisivePlan([hardly, worthIt], null, true), worthIt);
    assert.equal(decisivePlan([hardly], null, true), null);
    assert.equal(decisivePlan([worthIt], null, false), null);
    assert.equal(decisivePlan([worthIt, hardly], hardly, false), hardly);
  });

  it('says why not', () => {
    assert.match(sentences([planOf(1.01, 30)])[0]!, /^Do not quantize: the fastest plan is 1\.01 × as fast/);
    assert.match(sentences([planOf(2, 12)])[0]!, /^Do not quantize: the fastest plan \(2 ×\) leaves 12\.0 dB/);
    assert.match(sentences([planOf(2, null)], { synthetic: true })[0]!, /^Up to 2 × faster; what it does .* unknown/);
  });

  it('says that no layer can be, unless that is for want of a newer operator set', () => {
    const unsupported = (code: string): QuantizationLayer => ({
      operatorId: 'n0',
      trials: [],
      verdict: 'notSupported',
      reason: { code: `quantization.reason.${code}`, params: { opset: 9 } },
    });
    const firstOf = (...layers: QuantizationLayer[]): string | undefined => sentences([], { layers })[0];
    const never = 'Do not quantize: no layer of this model can be.';
    assert.equal(firstOf(), never);
    assert.equal(firstOf(unsupported('nested'), unsupported('dynamicWeights')), never);
    assert.equal(firstOf(unsupported('nested'), unsupported('opset')), 'No plan could be measured.');
    assert.equal(firstOf(unsupported('nested'), ...depthwiseLayers), 'No plan could be measured.');
  });

  it('tells of depthwise layers, silent outputs, a CPU without units, and an old operator set with the way out', () => {
    const all = sentences([planOf(1, 30)], { simd: withoutUnit, opset: 9 });
    assert.ok(all.includes('2 depthwise convolutions are slower in int8 than in float.'), all.join('\n'));
    assert.ok(all.some((one) => one.startsWith('This CPU has no int8 dot products')));
    assert.ok(all.some((one) => /^Operator set 9 .* Convert the model to operator set 13 or later first/.test(one)));
    assert.ok(all.includes('Output mask is nearly zero on these samples: no ratio to it was taken.'));
  });
});
