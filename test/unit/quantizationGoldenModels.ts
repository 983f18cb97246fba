/** Small models for every operator that quantization rewrites, each with the methods that its golden file shows. */

import type { ModelGraph } from '../../src/core/model/graph.js';
import type { PlanMethod } from '../../src/core/quantization/types.js';
import { GraphBuilder } from '../models/builder.js';
import { convModel, gemmModel, matMulModel } from './quantizationGraph.js';

const scalarConv = (b: GraphBuilder, input: string, output: string, weight: number): string =>
  b.add('Conv', [input, b.values([weight], { dims: [1, 1, 1, 1], name: `${output}_w` })], {
    name: `${output}_conv`,
    outputs: [output],
  });

/** A Conv whose output `opType` takes; with two inputs the model's own input is the other one. */
function behindConv(
  opType: string,
  options: { attributes?: Record<string, number | number[]>; inputs?: 1 | 2 } = {},
): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 1, 2, 2]);
  scalarConv(b, 'x', 'c', 1);
  b.add(opType, options.inputs === 2 ? ['c', 'x'] : ['c'], {
    name: 'behind',
    outputs: ['h'],
    attributes: options.attributes ?? {},
  });
  b.add('Relu', ['h'], { name: 'relu', outputs: ['y'] });
  b.output('y', [1, null, null, null]);
  return b.model();
}

/** Pooling between two convolutions: all three share one scale. */
function pooled(): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 1, 2, 2]);
  scalarConv(b, 'x', 'c', 1);
  b.add('MaxPool', ['c'], { name: 'pool', outputs: ['m'], attributes: { kernel_shape: [2, 2] } });
  scalarConv(b, 'm', 'y', 2);
  b.output('y', [1, 1, 1, 1]);
  return b.model();
}

function clipped(): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 1, 2, 2]);
  scalarConv(b, 'x', 'c', 1);
  const limits = [0, 6].map((value) => b.values([value], { dims: [], name: `limit${value}` }));
  b.add('Clip', ['c', ...limits], { name: 'clip', outputs: ['y'] });
  b.output('y', [1, null, null, null]);
  return b.model();
}

/** Weights large enough for blocks and for halves; their bias is not. */
function product(): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 8]);
  const weights = Array.from({ length: 64 }, (_, index) => index / 64);
  b.add('MatMul', ['x', b.values(weights, { dims: [8, 8], name: 'w' })], { name: 'mul', outputs: ['h'] });
  b.add('Add', ['h', b.values([1, 2, 3, 4, 5, 6, 7, 8], { name: 'b' })], { name: 'add', outputs: ['y'] });
  b.output('y', [1, 8]);
  return b.model();
}

function convThenGemm(): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 2, 1, 1]);
  b.add('Conv', ['x', b.values([1, 0, 0, 1], { dims: [2, 2, 1, 1], name: 'w' })], { name: 'conv', outputs: ['c'] });
  b.add('Flatten', ['c'], { name: 'flat', outputs: ['f'] });
  const inputs = ['f', b.values([1, 2, 3, -4], { dims: [2, 2], name: 'v' }), b.values([1, 2], { name: 'b' })];
  b.add('Gemm', inputs, { name: 'gemm', outputs: ['y'] });
  b.output('y', [1, 2]);
  return b.model();
}

const STATIC: readonly PlanMethod[] = ['staticInt8', 'staticInt8PerTensor', 'staticInt8Signed', 'staticInt8Reduced'];
const BLOCKS: readonly PlanMethod[] = [
  'weightOnly8Block128',
  'weightOnly8Block32',
  'weightOnly4Block128',
  'weightOnly4Block32',
];

export const goldenModels: Readonly<Record<string, { model: () => ModelGraph; methods: readonly PlanMethod[] }>> = {
  conv: { model: () => convModel(), methods: [...STATIC, 'mixedInt8'] },
  convOpset11: { model: () => convModel(11), methods: STATIC },
  clip: { model: clipped, methods: ['staticInt8'] },
  matMul: { model: matMulModel, methods: [...STATIC, 'dynamicInt8'] },
  gemm: { model: gemmModel, methods: [...STATIC, 'dynamicInt8', 'weightOnly4Block32'] },
  product: { model: product, methods: [...BLOCKS, 'float16'] },
  convThenGemm: { model: convThenGemm, methods: ['mixedStaticDynamic', 'staticInt8Around'] },
  maxPool: { model: pooled, methods: ['staticInt8Around'] },
  add: { model: () => behindConv('Add', { inputs: 2 }), methods: ['staticInt8Around'] },
  mul: { model: () => behindConv('Mul', { inputs: 2 }), methods: ['staticInt8Around'] },
  concat: { model: () => behindConv('Concat', { inputs: 2, attributes: { axis: 1 } }), methods: ['staticInt8Around'] },
  averagePool: {
    model: () => behindConv('AveragePool', { attributes: { kernel_shape: [2, 2] } }),
    methods: ['staticInt8Around'],
  },
  globalAveragePool: { model: () => behindConv('GlobalAveragePool'), methods: ['staticInt8Around'] },
};
