/** Graphs that an optimiser rewrites in ways that the generated models of test/models do not show. */

import type { ModelGraph } from '../../src/core/model/graph.js';
import { GraphBuilder } from '../models/builder.js';
import { batchNormalization, conv } from '../models/convolutional.js';

/** Two branches that compute the same, one operator that leads nowhere, and pass-through operators. */
export function redundant(): ModelGraph {
  const b = new GraphBuilder({ seed: 41 });
  const x = b.input('x', ['batch', 8]);
  const weight = b.weight([8, 8]);
  const first = b.add('Relu', [b.add('MatMul', [x, weight], { name: 'first' })], { name: 'firstRelu' });
  const again = b.add('Relu', [b.add('MatMul', [x, weight], { name: 'again' })], { name: 'againRelu' });
  // Equal small constants under different names: equal all the same.
  const slice = (name: string): string => b.add('Slice', [x, b.ints([0]), b.ints([4]), b.ints([1])], { name });
  const halves = b.add('Concat', [slice('sliceOne'), slice('sliceTwo')], { attributes: { axis: 1 } });
  b.add('Exp', [x], { name: 'unused' });
  const kept = b.add('Dropout', [b.add('Identity', [again], { name: 'identity' })], { name: 'dropout' });
  const sum = b.add('Add', [b.add('Mul', [first, kept], { name: 'product' }), halves], { name: 'sum' });
  const turned = b.add('Transpose', [weight], { name: 'weightTranspose', attributes: { perm: [1, 0] } });
  b.add('MatMul', [sum, turned], { name: 'tied', outputs: ['y'] });
  b.output('y', ['batch', 8]);
  return b.model();
}

/** An If whose condition is a weight: the branch is known when the model is loaded. */
export function constantCondition(): ModelGraph {
  const b = new GraphBuilder({ seed: 42 });
  const x = b.input('x', ['batch', 8]);
  const hidden = b.add('Relu', [b.add('MatMul', [x, b.weight([8, 8])], { name: 'before' })]);
  const branch = (name: string, width: number): GraphBuilder => {
    const body = b.nested();
    const wide = body.add('MatMul', [hidden, body.weight([8, width])], { name: `${name}Wide` });
    const active = body.add('Relu', [wide], { name: `${name}Relu` });
    body.add('MatMul', [active, body.weight([width, 8])], { name: `${name}Project`, outputs: [`${name}Out`] });
    body.output(`${name}Out`, ['batch', 8]);
    return body;
  };
  const chosen = b.add('If', [b.values([1], { dims: [], dataType: 'bool' })], {
    name: 'fixedIf',
    attributes: {
      then_branch: { graph: branch('then', 16).graph('then') },
      else_branch: { graph: branch('else', 4).graph('else') },
    },
  });
  b.add('Add', [chosen, x], { name: 'after', outputs: ['y'] });
  b.output('y', ['batch', 8]);
  return b.model();
}

/** Convolutions after pre-activation (DenseNet), residual sums, and layouts turned back and forth. */
export function denselyConnected(): ModelGraph {
  const b = new GraphBuilder({ seed: 43 });
  const x = b.input('x', ['batch', 16, 16, 16]);
  let features = conv(b, x, 16, 16, { kernel: 3 });
  for (let layer = 0; layer < 2; layer += 1) {
    const ready = b.add('Relu', [batchNormalization(b, features, 16 * (layer + 1))]);
    const grown = conv(b, ready, 16 * (layer + 1), 16, { kernel: 3 });
    features = b.add('Concat', [features, grown], { attributes: { axis: 1 } });
  }
  const reduced = conv(b, b.add('Relu', [batchNormalization(b, features, 48)]), 48, 16, { kernel: 1 });
  const residual = b.add('Relu', [b.add('Add', [reduced, conv(b, reduced, 16, 16, { kernel: 3 })])]);
  const normal = b.add('Relu', [batchNormalization(b, residual, 16)]);
  const last = b.add(
    'Transpose',
    [b.add('Sigmoid', [b.add('Transpose', [normal], { attributes: { perm: [0, 2, 3, 1] } })])],
    {
      attributes: { perm: [0, 3, 1, 2] },
    },
  );
  b.add('GlobalAveragePool', [b.add('Mul', [last, residual])], { outputs: ['y'] });
  b.output('y', ['batch', 16, 1, 1]);
  return b.model();
}

/** Operators that ONNX defines as functions and the runtime may expand into several nodes. */
export function expanded(): ModelGraph {
  const b = new GraphBuilder({ seed: 44 });
  const x = b.input('x', ['batch', 8]);
  const celu = b.add('Celu', [b.add('MatMul', [x, b.weight([8, 8])])], { name: 'celu' });
  const swish = b.add('HardSwish', [celu], { name: 'hardSwish' });
  const normalized = b.add('MeanVarianceNormalization', [swish], { name: 'normalize', attributes: { axes: [1] } });
  const losses = b.add('SoftmaxCrossEntropyLoss', [normalized, b.input('labels', ['batch'], 'int64')], {
    name: 'loss',
    outputs: ['y'],
  });
  b.output(losses, []);
  return b.model();
}

/** An operator that is expanded although both of its outputs are read: each has a node of its own. */
export function expandedWithTwoOutputs(): ModelGraph {
  const b = new GraphBuilder({ seed: 47 });
  const scores = b.add('MatMul', [b.input('x', ['batch', 8]), b.weight([8, 8])]);
  b.add('SoftmaxCrossEntropyLoss', [scores, b.input('labels', ['batch'], 'int64')], {
    name: 'loss',
    outputs: ['y', 'logProbabilities'],
  });
  b.output('y', []);
  b.output('logProbabilities', ['batch', 8]);
  return b.model();
}

/** Fusions and constant folding inside the body of a Loop inside a branch of an If. */
export function nestedFusion(): ModelGraph {
  const b = new GraphBuilder({ seed: 45 });
  const x = b.input('x', [1, 8, 8, 8]);
  const flag = b.input('flag', [], 'bool');
  const body = b.nested();
  body.input('i', [], 'int64');
  body.input('on', [], 'bool');
  body.input('state', [1, 8, 8, 8]);
  const convolved = body.add('Relu', [batchNormalization(body, conv(body, 'state', 8, 8, { kernel: 3 }), 8)]);
  body.add('Add', [convolved, x], { name: 'residual', outputs: ['next'] });
  body.add('Identity', ['on'], { outputs: ['stillOn'] });
  body.output('stillOn', [], 'bool');
  body.output('next', [1, 8, 8, 8]);
  const then = b.nested();
  then.addMany('Loop', [then.scalar(3, 'int64'), '', x], {
    name: 'loop',
    outputs: ['looped'],
    attributes: { body: { graph: body.graph('body') } },
  });
  then.output('looped', [1, 8, 8, 8]);
  const otherwise = b.nested();
  otherwise.add('Relu', [conv(otherwise, x, 8, 8, { kernel: 1 })], { outputs: ['single'] });
  otherwise.output('single', [1, 8, 8, 8]);
  b.add('If', [flag], {
    name: 'if',
    outputs: ['y'],
    attributes: { then_branch: { graph: then.graph('then') }, else_branch: { graph: otherwise.graph('else') } },
  });
  b.output('y', [1, 8, 8, 8]);
  return b.model();
}
