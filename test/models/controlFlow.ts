import type { ModelGraph } from '../../src/core/model/graph.js';
import { attribute, float, GraphBuilder, localFunction } from './builder.js';

/** Bidirectional LSTM, GRU and RNN one after the other, sequence first. */
export function recurrent(): ModelGraph {
  const b = new GraphBuilder({ seed: 21 });
  const x = b.input('features', ['sequence', 'batch', 8]);
  b.prefix = '/lstm/';
  const lstm = b.addMany(
    'LSTM',
    [
      x,
      b.weight([2, 64, 8], { scale: 0.2 }),
      b.weight([2, 64, 16], { scale: 0.2 }),
      b.weight([2, 128], { scale: 0.02 }),
    ],
    {
      outputs: 3,
      attributes: { hidden_size: 16, direction: 'bidirectional' },
    },
  )[0]!;
  const joined = b.add('Transpose', [lstm], { attributes: { perm: [0, 2, 1, 3] } });
  const wide = b.add('Reshape', [joined, b.ints([0, 0, 32])]);
  b.prefix = '/gru/';
  const gru = b.add('GRU', [wide, b.weight([1, 48, 32], { scale: 0.2 }), b.weight([1, 48, 16], { scale: 0.2 })], {
    attributes: { hidden_size: 16, linear_before_reset: 1 },
  });
  b.prefix = '/rnn/';
  const squeezed = b.add('Squeeze', [gru, b.ints([1])]);
  const rnn = b.addMany('RNN', [squeezed, b.weight([1, 8, 16], { scale: 0.2 }), b.weight([1, 8, 8], { scale: 0.2 })], {
    outputs: ['', '/rnn/last'],
    attributes: { hidden_size: 8 },
  })[1]!;
  b.prefix = '/head/';
  const last = b.add('Squeeze', [rnn, b.ints([0])]);
  b.add('Gemm', [last, b.weight([4, 8]), b.weight([4], { scale: 0.02 })], {
    outputs: ['scores'],
    attributes: { transB: 1 },
  });
  b.output('scores', ['batch', 4]);
  return b.model();
}

/** If inside If, weights in the branches, names of outer tensors used inside, one node name in both branches. */
export function branches(): ModelGraph {
  const b = new GraphBuilder({ seed: 22 });
  const x = b.input('x', ['batch', 16]);
  const large = b.input('large', [], 'bool');
  const hidden = b.add('Relu', [b.add('MatMul', [x, b.weight([16, 16])])]);
  const inner = b.nested();
  const dense = (body: GraphBuilder, width: number, output: string): string => {
    const wide = body.add('Relu', [body.add('MatMul', [hidden, body.weight([16, width])], { name: 'dense' })]);
    return body.add('MatMul', [wide, body.weight([width, 4])], { name: 'project', outputs: [output] });
  };
  inner.output(dense(inner, 64, 'deep'), ['batch', 4]);
  const otherwise = b.nested();
  otherwise.output(dense(otherwise, 8, 'shallow'), ['batch', 4]);
  const then = b.nested();
  const sum = then.add('ReduceSum', [hidden], { attributes: { keepdims: 0 } });
  const positive = then.add('Greater', [sum, then.scalar(0)]);
  then.add('If', [positive], {
    name: 'inner',
    outputs: ['chosen'],
    attributes: { then_branch: { graph: inner.graph('then') }, else_branch: { graph: otherwise.graph('else') } },
  });
  then.output('chosen', ['batch', 4]);
  const small = b.nested();
  small.output(small.add('MatMul', [hidden, small.weight([16, 4])], { name: 'project', outputs: ['direct'] }), [
    'batch',
    4,
  ]);
  b.add('If', [large], {
    name: 'outer',
    outputs: ['y'],
    attributes: { then_branch: { graph: then.graph('then') }, else_branch: { graph: small.graph('else') } },
  });
  b.output('y', ['batch', 4]);
  return b.model();
}

/** A Loop whose body multiplies; `trips` null takes the count from an input. */
export function loop(trips: number | null): ModelGraph {
  const b = new GraphBuilder({ seed: 23 });
  const x = b.input('x', ['batch', 16]);
  const count = trips === null ? b.input('steps', [], 'int64') : b.scalar(trips, 'int64');
  const body = b.nested();
  body.input('iteration', [], 'int64');
  body.input('go_on', [], 'bool');
  body.input('state', ['batch', 16]);
  const product = body.add('MatMul', ['state', body.weight([16, 16], { scale: 0.2 })], { name: 'step/MatMul' });
  body.add('Tanh', [product], { name: 'step/Tanh', outputs: ['next'] });
  body.add('ReduceMean', ['next'], { name: 'step/ReduceMean', outputs: ['mean'], attributes: { keepdims: 0 } });
  body.add('Identity', ['go_on'], { outputs: ['go_on_out'] });
  body.output('go_on_out', [], 'bool');
  body.output('next', ['batch', 16]);
  body.output('mean', []);
  b.addMany('Loop', [count, b.values([1], { dims: [], dataType: 'bool' }), x], {
    name: 'loop',
    outputs: ['last', 'means'],
    attributes: { body: { graph: body.graph('body') } },
  });
  b.output('last', ['batch', 16]);
  b.output('means', [null]);
  return b.model();
}

/** A Scan over the first axis that carries a state. */
export function scan(): ModelGraph {
  const b = new GraphBuilder({ seed: 24 });
  const x = b.input('x', ['sequence', 8]);
  const body = b.nested();
  body.input('state', [8]);
  body.input('row', [8]);
  const mixed = body.add('Add', [body.add('MatMul', ['state', body.weight([8, 8], { scale: 0.3 })]), 'row']);
  body.add('Tanh', [mixed], { outputs: ['next'] });
  body.add('Identity', ['next'], { outputs: ['row_out'] });
  body.output('next', [8]);
  body.output('row_out', [8]);
  b.addMany('Scan', [b.filled([8], 0), x], {
    name: 'scan',
    outputs: ['last', 'rows'],
    attributes: { body: { graph: body.graph('body') }, num_scan_inputs: 1 },
  });
  b.output('last', [8]);
  b.output('rows', ['sequence', 8]);
  return b.model();
}

/**
 * Local functions: one calls another, attributes by reference with and without default, inner names that the main
 * graph has too, an If in a body, a call with an omitted input.
 */
export function functions(): ModelGraph {
  const domain = 'example.functions';
  const scaled = localFunction(
    domain,
    'ScaledRelu',
    { inputs: ['x'], outputs: ['y'], attributeDefaults: [attribute('slope', float(0.1))] },
    (body) => {
      body.add('LeakyRelu', ['x'], {
        name: 'activation',
        outputs: ['hidden'],
        attributes: { alpha: { reference: 'slope', type: 'float' } },
      });
      body.add('Constant', [], {
        name: 'two',
        outputs: ['factor'],
        attributes: { value_float: float(2) },
      });
      body.add('Mul', ['hidden', 'factor'], { name: 'scale', outputs: ['y'] });
    },
  );
  const dense = localFunction(
    domain,
    'Dense',
    {
      inputs: ['x', 'w', 'b'],
      outputs: ['y'],
      attributeNames: ['slope'],
      opsets: [
        { domain: '', version: 17 },
        { domain, version: 1 },
      ],
    },
    (body) => {
      body.add('MatMul', ['x', 'w'], { name: 'matmul', outputs: ['hidden'] });
      body.add('Add', ['hidden', 'b'], { name: 'bias', outputs: ['sum'] });
      body.add('ScaledRelu', ['sum'], {
        name: 'activate',
        domain,
        outputs: ['y'],
        attributes: { slope: { reference: 'slope', type: 'float' } },
      });
    },
  );
  const b = new GraphBuilder({ seed: 25 });
  const x = b.input('x', ['batch', 16]);
  const layer = (input: string, output: string, attributes: Record<string, { float: number }>): string =>
    b.add('Dense', [input, b.weight([16, 16]), b.weight([16], { scale: 0.02 })], {
      name: output === 'y' ? 'last' : 'first',
      domain,
      outputs: [output],
      attributes,
    });
  const hidden = layer(x, 'hidden', { slope: float(0.3) });
  layer(b.add('Relu', [hidden], { name: 'first/matmul', outputs: ['sum'] }), 'y', { slope: float(0.05) });
  b.output('y', ['batch', 16]);
  return b.model({ opsets: [{ domain, version: 1 }], functions: [scaled, dense] });
}
