import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileConstants } from '../../src/core/model/constants.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { findCandidates } from '../../src/core/quantization/candidates.js';
import { GraphIndex } from '../../src/core/quantization/graphIndex.js';
import { removability, withoutChannels } from '../../src/core/quantization/pruning/smaller.js';
import { weakestQuarter, weightStatistics } from '../../src/core/quantization/pruning/statistics.js';
import { GraphBuilder } from '../models/builder.js';

const constantsOf = (model: ModelGraph): FileConstants => new FileConstants(model);

/** Four channels of two weights. */
function oneLayer(values: number[], transposed: boolean): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 2]);
  const dims = transposed ? [4, 2] : [2, 4];
  const inputs = ['x', b.values(values, { dims, name: 'w' }), b.values([1, 2, 3, 4], { name: 'b' })];
  b.add('Gemm', inputs, { name: 'first', outputs: ['h'], attributes: { transB: transposed ? 1 : 0 } });
  b.add('Relu', ['h'], { name: 'relu', outputs: ['r'] });
  b.add('MatMul', ['r', b.weight([4, 3])], { name: 'second', outputs: ['y'] });
  b.output('y', [1, 3]);
  return b.model();
}

const layersOf = (model: ModelGraph) => findCandidates(model, ({ name }) => name).layers;

describe('weight statistics', () => {
  it('count zeros, what is nearly zero, and the norm of each channel, wherever the channels lie', () => {
    for (const [values, transposed] of [
      [[3, 4, 0, 0, 1e-4, 0, 0, 5], true],
      [[3, 0, 1e-4, 0, 4, 0, 0, 5], false],
    ] as const) {
      const model = oneLayer([...values], transposed);
      const [layer] = layersOf(model);
      const found = weightStatistics(layer!.weight, layer!.channelAxis, constantsOf(model));
      assert.ok(found);
      assert.deepEqual([found.elements, found.zeros, found.nearZeros], [8, 4, 5]);
      assert.deepEqual(
        [...found.norms].map((norm) => Number(norm.toFixed(3))),
        [5, 0, 0, 5],
      );
    }
  });

  it('name the weakest quarter, in order', () => {
    assert.deepEqual(weakestQuarter(Float64Array.of(5, 1, 4, 0.5, 3, 2, 9, 7)), [1, 3]);
    assert.deepEqual(weakestQuarter(Float64Array.of(1, 2, 3)), []);
  });
});

describe('a layer without its weakest channels', () => {
  it('loses them in weights and bias, and stays what it was', () => {
    const model = oneLayer([3, 4, 0, 0, 1, 2, 0, 5], true);
    const [layer] = layersOf(model);
    const smaller = withoutChannels(model, layer!, [1], constantsOf(model));
    assert.ok(smaller);
    const numbers = (name: 'weight' | 'bias'): number[] =>
      constantsOf(smaller.model).readNumbers(smaller.layer[name]!, 100) ?? [];
    assert.deepEqual(
      [smaller.layer.weight.dims, numbers('weight')],
      [
        [3, 2],
        [3, 4, 1, 2, 0, 5],
      ],
    );
    assert.deepEqual([smaller.layer.bias?.dims, numbers('bias')], [[3], [1, 3, 4]]);
    assert.equal(smaller.model.graph.initializers.find(({ name }) => name === 'w')?.dims[0], 3);
  });
});

describe('whether channels can go', () => {
  const of = (write: (b: GraphBuilder) => void, channels = 8): Map<string, [boolean, string | null]> => {
    const b = new GraphBuilder();
    b.input('x', [1, 8, 4, 4]);
    b.add('Conv', ['x', b.weight([channels, 8, 1, 1])], { name: 'conv', outputs: ['c'] });
    write(b);
    const model = b.model();
    const index = new GraphIndex(model.graph);
    return new Map(
      layersOf(model).map((layer) => {
        const { possible, reason } = removability(layer, index);
        return [layer.name, [possible, reason?.code.split('.').at(-1) ?? null]];
      }),
    );
  };
  const next = (b: GraphBuilder, input: string, to = 4): void => {
    b.add('Conv', [input, b.weight([to, 8, 1, 1])], { name: 'next', outputs: ['y'] });
    b.output('y', [1, to, 4, 4]);
  };

  it('from one layer to the next, through what looks at single channels', () => {
    const found = of((b) => {
      b.add('Relu', ['c'], { outputs: ['r'] });
      b.add('MaxPool', ['r'], { outputs: ['p'], attributes: { kernel_shape: [1, 1] } });
      next(b, 'p');
    });
    assert.deepEqual(found.get('conv'), [true, null]);
    assert.deepEqual(found.get('next'), [false, 'output']);
  });

  it('with what it is added to', () => {
    const found = of((b) => {
      b.add('Add', ['c', 'x'], { outputs: ['s'] });
      next(b, 's');
    });
    assert.deepEqual(found.get('conv'), [true, 'joined']);
  });

  it('not where the number of channels is fixed, or too small', () => {
    const found = of((b) => {
      b.add('Transpose', ['c'], { outputs: ['t'], attributes: { perm: [0, 1, 3, 2] } });
      next(b, 't');
    });
    assert.deepEqual(found.get('conv'), [false, 'fixed']);
    const few = of((b) => {
      b.add('Relu', ['c'], { outputs: ['y'] });
      b.output('y', [1, 3, 4, 4]);
    }, 3);
    assert.deepEqual(few.get('conv'), [false, 'fewChannels']);
  });
});
