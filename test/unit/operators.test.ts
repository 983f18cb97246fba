import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileConstants } from '../../src/core/model/constants.js';
import { bindingsOf, resolveDimensions } from '../../src/core/model/dimensions.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { inlineFunctions } from '../../src/core/model/inline.js';
import { analyzeModel, costFromShapes } from '../../src/core/operators/analyze.js';
import type { OperatorCost, StaticAnalysis } from '../../src/core/operators/types.js';
import { type AttributeLiteral, attribute, type DataTypeName, GraphBuilder } from '../models/builder.js';
import { generate } from '../models/index.js';

function analyze(model: ModelGraph, bindings: ReadonlyMap<string, number> = new Map()): StaticAnalysis {
  return analyzeModel(model, { bindings, constants: new FileConstants(model) });
}

/** Under the dimensions that a profile would choose, or those given. */
function analyzeFixture(name: Parameters<typeof generate>[0], sizes: Record<string, number> = {}): StaticAnalysis {
  const model = inlineFunctions(generate(name));
  const requests = Object.entries(sizes).map(([symbol, value]) => ({
    name: symbol,
    values: [value],
    source: 'flag' as const,
  }));
  return analyze(model, bindingsOf(resolveDimensions(model, requests).scenarios[0] ?? []));
}

interface Setup {
  attributes?: Record<string, AttributeLiteral>;
  domain?: string;
  opset?: number;
  outputs?: number;
  types?: (DataTypeName | undefined)[];
  /** Inputs whose values the model holds. */
  values?: Record<number, number[]>;
}

/** Cost of one node on inputs of these shapes; null is an omitted input. */
function cost(op: string, shapes: (number[] | null)[], setup: Setup = {}): OperatorCost {
  const b = new GraphBuilder();
  const names = shapes.map((shape, index) => {
    if (shape === null) return '';
    const dataType = setup.types?.[index] ?? 'float32';
    const held = setup.values?.[index];
    return held ? b.values(held, { dims: shape, dataType }) : b.input(`x${index}`, shape, dataType);
  });
  b.addMany(op, names, { attributes: setup.attributes, domain: setup.domain, outputs: setup.outputs });
  const known = analyze(b.model({ opset: setup.opset ?? 17, opsets: [{ domain: 'com.microsoft', version: 1 }] }));
  const node = known.nodes[0]!;
  assert.ok(node.cost, `${op} has a rule`);
  return node.cost;
}

const macs = (op: string, shapes: (number[] | null)[], setup: Setup = {}): number | null =>
  cost(op, shapes, setup).macs;
const microsoft = (attributes: Record<string, AttributeLiteral> = {}, rest: Setup = {}): Setup => ({
  attributes,
  domain: 'com.microsoft',
  ...rest,
});

describe('MACs of known models', () => {
  const known: [Parameters<typeof generate>[0], number, Record<string, number>][] = [
    ['resnet50', 4_089_184_256, {}],
    ['mobilenetV2', 300_774_272, {}],
    ['bertBase', 11_174_215_680, { sequence: 128, batch: 1 }],
  ];
  for (const [name, expected, sizes] of known) {
    it(name, () => {
      const symbols = new Set(
        generate(name).graph.inputs.flatMap(({ type }) => (type.kind === 'tensor' ? (type.shape ?? []) : [])),
      );
      const asked: Record<string, number> = {};
      for (const symbol of symbols) {
        if (typeof symbol === 'string') asked[symbol] = symbol.startsWith('seq') ? sizes.sequence! : 1;
      }
      assert.equal(analyzeFixture(name, asked).totals.macs, expected);
    });
  }
});

describe('MACs of a convolution', () => {
  const image = [1, 4, 9, 11];
  it('with asymmetric padding, stride and dilation', () => {
    // rows (9+0+2-3)/2+1 = 5, columns (11+1+3-5)/1+1 = 11
    const attributes = { pads: [0, 1, 2, 3], strides: [2, 1], dilations: [1, 2] };
    assert.equal(macs('Conv', [image, [8, 4, 3, 3]], { attributes }), 8 * 5 * 11 * 4 * 9);
  });
  it('in groups', () => {
    assert.equal(macs('Conv', [image, [8, 2, 3, 3]], { attributes: { group: 2 } }), 8 * 7 * 9 * 2 * 9);
  });
  it('depthwise', () => {
    assert.equal(macs('Conv', [image, [4, 1, 3, 3]], { attributes: { group: 4 } }), 4 * 7 * 9 * 9);
  });
  it('with automatic padding', () => {
    const attributes = { auto_pad: 'SAME_UPPER', strides: [2, 3] };
    assert.equal(macs('Conv', [image, [8, 4, 3, 3]], { attributes }), 8 * 5 * 4 * 4 * 9);
  });
  it('does not count its bias, which is one elementwise operation per output', () => {
    const plain = cost('Conv', [image, [8, 4, 1, 1]]);
    const biased = cost('Conv', [image, [8, 4, 1, 1], [8]]);
    assert.equal(biased.macs, plain.macs);
    assert.deepEqual([plain.elementwiseOps, biased.elementwiseOps], [0, 8 * 9 * 11]);
  });
  it('transposed: by its input elements', () => {
    const attributes = { strides: [2, 2], group: 2 };
    assert.equal(macs('ConvTranspose', [image, [4, 3, 2, 2]], { attributes }), 4 * 9 * 11 * 3 * 4);
  });
  it('quantized, with weights third', () => {
    const inputs = [image, [], [], [8, 4, 3, 3], [], [], [], []];
    assert.equal(macs('QLinearConv', inputs), 8 * 7 * 9 * 4 * 9);
  });
  it('blocked for vectors: on the padded channels that it runs on', () => {
    const node = { opType: 'Conv', domain: 'com.microsoft.nchwc', attributes: [] };
    const info = (shape: number[]) => ({ dataType: 1, shape });
    const found = costFromShapes(node, 1, [info([1, 16, 8, 8]), info([32, 16, 1, 1])], [info([1, 32, 8, 8])]);
    assert.equal(found?.macs, 32 * 64 * 16);
  });
});

describe('MACs of a matrix product', () => {
  it('with broadcast batches', () => {
    assert.equal(
      macs('MatMul', [
        [3, 1, 4, 5],
        [2, 5, 6],
      ]),
      3 * 2 * 4 * 6 * 5,
    );
  });
  it('of vectors', () => {
    assert.equal(macs('MatMul', [[5], [5]]), 5);
    assert.equal(macs('MatMul', [[2, 4, 5], [5]]), 2 * 4 * 5);
  });
  it('of Gemm with its transposes', () => {
    const attributes = { transA: 1, transB: 1 };
    assert.equal(macs('Gemm', [[5, 4], [6, 5], [6]], { attributes }), 4 * 6 * 5);
  });
  it('packed in blocks of 4 bits', () => {
    const setup = microsoft({ K: 64, N: 8, bits: 4, block_size: 32 }, { types: [undefined, 'uint8'] });
    assert.equal(macs('MatMulNBits', [[2, 3, 64], [8, 2, 16], [16]], setup), 6 * 64 * 8);
  });
  it('fused with transposes', () => {
    assert.equal(
      macs(
        'FusedMatMul',
        [
          [2, 5, 4],
          [2, 6, 5],
        ],
        microsoft({ transA: 1, transB: 1 }),
      ),
      2 * 4 * 6 * 5,
    );
  });
  const equations: [string, number[][], number, number][] = [
    [
      'bhid,bhjd->bhij',
      [
        [2, 3, 4, 8],
        [2, 3, 5, 8],
      ],
      2 * 3 * 4 * 5 * 8,
      0,
    ],
    [
      '...ij,jk->...ik',
      [
        [7, 2, 3, 4],
        [4, 5],
      ],
      7 * 2 * 3 * 4 * 5,
      0,
    ],
    [
      'ij,jk,kl->il',
      [
        [2, 3],
        [3, 4],
        [4, 5],
      ],
      2 * 3 * 4 + 2 * 4 * 5,
      0,
    ],
    // k stands in one operand alone and is summed before: 3 × 4 sums.
    [
      'ij,jk->ij',
      [
        [2, 3],
        [3, 4],
      ],
      2 * 3,
      3 * 4,
    ],
    ['ii->i', [[3, 3]], 0, 0],
    ['ij->i', [[2, 3]], 0, 2 * 3],
    [
      'ij,ij',
      [
        [2, 3],
        [2, 3],
      ],
      2 * 3,
      0,
    ],
  ];
  for (const [equation, shapes, products, sums] of equations) {
    it(`of Einsum ${equation}`, () => {
      const found = cost('Einsum', shapes, { attributes: { equation } });
      assert.deepEqual([found.macs, found.elementwiseOps], [products, sums]);
    });
  }
});

describe('MACs of recurrent operators', () => {
  const bidirectional = { hidden_size: 4, direction: 'bidirectional' };
  const weights = [
    [2, 16, 3],
    [2, 16, 4],
  ];
  it('in two directions', () => {
    assert.equal(
      macs('LSTM', [[5, 2, 3], ...weights], { attributes: bidirectional, outputs: 3 }),
      10 * 2 * 16 * (3 + 4),
    );
  });
  it('by the lengths of sequences, where they are known', () => {
    const setup: Setup = { attributes: bidirectional, types: [], values: { 4: [5, 3] }, outputs: 3 };
    setup.types![4] = 'int32';
    assert.equal(macs('LSTM', [[5, 2, 3], ...weights, null, [2]], setup), 8 * 2 * 16 * 7);
  });
  it('GRU and RNN by their own number of gates', () => {
    assert.equal(
      macs(
        'GRU',
        [
          [5, 2, 3],
          [1, 12, 3],
          [1, 12, 4],
        ],
        { outputs: 2 },
      ),
      10 * 12 * 7,
    );
    assert.equal(
      macs(
        'RNN',
        [
          [5, 2, 3],
          [1, 4, 3],
          [1, 4, 4],
        ],
        { outputs: 2 },
      ),
      10 * 4 * 7,
    );
  });
});

describe('MACs of attention', () => {
  it('with projection and past', () => {
    const found = macs(
      'Attention',
      [[2, 5, 8], [8, 24], [24], null, [2, 2, 2, 3, 4]],
      microsoft({ num_heads: 2 }, { outputs: 2 }),
    );
    assert.equal(found, 2 * 5 * 8 * 24 + 2 * 5 * 8 * (8 + 8));
  });
  it('with more queries than keys and values of another size', () => {
    const found = macs(
      'MultiHeadAttention',
      [
        [2, 5, 8],
        [2, 7, 8],
        [2, 7, 12],
      ],
      microsoft({ num_heads: 2 }),
    );
    assert.equal(found, 2 * 5 * 7 * (8 + 12));
  });
  it('with grouped heads and a cache: all query heads against all tokens', () => {
    const setup = microsoft({ num_heads: 4, kv_num_heads: 2 }, { outputs: 3, types: [], values: { 5: [6], 6: [7] } });
    setup.types![5] = 'int32';
    setup.types![6] = 'int32';
    const cache = [1, 2, 6, 8];
    const found = macs('GroupQueryAttention', [[1, 1, 32], [1, 1, 16], [1, 1, 16], cache, cache, [1], []], setup);
    assert.equal(found, 4 * 7 * (8 + 8));
  });
  it('of opset 23, in three dimensions', () => {
    const attributes = { q_num_heads: 4, kv_num_heads: 2 };
    assert.equal(
      macs(
        'Attention',
        [
          [2, 5, 32],
          [2, 7, 16],
          [2, 7, 12],
        ],
        { attributes, opset: 23 },
      ),
      2 * 4 * 5 * 7 * (8 + 6),
    );
  });
  it('of a mixture of experts: only those that are active', () => {
    const experts = [
      [6, 8],
      [6, 16],
      [16, 8, 32],
      [16, 32],
      [16, 32, 8],
    ];
    assert.equal(macs('MoE', experts, microsoft({ k: 2 })), 6 * 2 * (8 * 32 + 32 * 8));
  });
});

describe('bytes', () => {
  it('packs int4 two to a byte, and knows no size of strings', () => {
    assert.equal(cost('Cast', [[3, 3]], { types: ['int4'], attributes: { to: 1 }, opset: 21 }).readBytes, 5);
    assert.equal(cost('Identity', [[3]], { types: ['float16'] }).readBytes, 0);
    assert.equal(cost('Relu', [[3]], { types: ['float16'] }).readBytes, 6);
    assert.equal(cost('Concat', [[3], [2]], { types: ['string', 'string'], attributes: { axis: 0 } }).readBytes, null);
  });
  it('of a gather are the rows taken, not the table', () => {
    const found = cost(
      'Gather',
      [
        [30_000, 64],
        [2, 5],
      ],
      { types: [undefined, 'int64'] },
    );
    assert.deepEqual([found.readBytes, found.writtenBytes], [10 * 64 * 4 + 10 * 8, 10 * 64 * 4]);
  });
  it('of a view are none', () => {
    const found = cost('Reshape', [[4, 6], [2]], { types: [undefined, 'int64'], values: { 1: [-1, 3] } });
    assert.deepEqual([found.readBytes, found.writtenBytes], [0, 0]);
  });
});

describe('nested graphs', () => {
  it('multiplies a loop body by its trips', () => {
    const loop = analyzeFixture('loop');
    const body = loop.nodes.filter(({ graphPath }) => graphPath !== '');
    assert.ok(body.length > 0 && body.every(({ trips }) => trips === 8));
    const once = body.reduce((sum, { cost: own }) => sum + (own?.macs ?? 0), 0);
    const outside = loop.nodes
      .filter(({ graphPath }) => graphPath === '')
      .reduce((sum, n) => sum + (n.cost?.macs ?? 0), 0);
    assert.ok(once > 0);
    assert.equal(loop.totals.macs, outside + 8 * once);
  });
  it('gives no total for a loop whose trips are an input, and says so', () => {
    const loop = analyzeFixture('loopByInput');
    assert.equal(loop.totals.macs, null);
    assert.deepEqual(
      loop.warnings.map(({ code }) => code),
      ['operators.unknownTrips.one'],
    );
  });

  /** x through an If of two matrix products of 8 × 8 and 8 × 2, chosen by an input or a constant. */
  function choice(constant: boolean | null, columns: [number, number] = [8, 2]): StaticAnalysis {
    const b = new GraphBuilder();
    const x = b.input('x', [3, 8]);
    const condition = constant === null ? b.input('c', [], 'bool') : b.scalar(Number(constant), 'bool');
    const [then_branch, else_branch] = columns.map((n) => {
      const inner = b.nested();
      inner.outputs.push({ name: inner.add('MatMul', [x, inner.weight([8, n])]), type: { kind: 'unknown' } });
      return inner.graph();
    });
    b.add('If', [condition], {
      outputs: ['y'],
      attributes: { then_branch: { graph: then_branch! }, else_branch: { graph: else_branch! } },
    });
    b.outputs.push({ name: 'y', type: { kind: 'unknown' } });
    return analyze(b.model());
  }
  it('counts the larger branch of an If, with a warning', () => {
    const open = choice(null);
    assert.equal(open.totals.macs, 3 * 8 * 8);
    assert.deepEqual(
      open.warnings.map(({ code }) => code),
      ['operators.largerBranch.one'],
    );
    assert.equal(open.tensors.get('')?.get('y')?.shape, null, 'the branches do not agree');
  });
  it('counts the branch that a constant chooses', () => {
    const fixed = choice(false);
    assert.equal(fixed.totals.macs, 3 * 8 * 2);
    assert.deepEqual(fixed.warnings, []);
    assert.deepEqual(
      fixed.nodes.map(({ trips }) => trips),
      [1, 0, 1],
    );
    assert.deepEqual(fixed.tensors.get('')?.get('y')?.shape, [3, 2]);
  });
});

describe('totals', () => {
  it('name an operator without a rule, and are unknown', () => {
    const { totals, nodes } = analyzeFixture('customOperator');
    assert.equal(totals.macs, null);
    assert.equal(totals.operatorsWithoutRule.length, 1);
    assert.ok(totals.operatorsWithoutRule[0]!.includes(':'), totals.operatorsWithoutRule[0]);
    assert.equal(nodes.find(({ hasRule }) => !hasRule)?.cost, null);
  });
  it('stay known where shapes are not, if nothing is multiplied there', () => {
    const { totals, nodes } = analyzeFixture('dataDependent');
    assert.equal(totals.macs, 0);
    assert.deepEqual(
      [...new Set(nodes.filter(({ dataDependent }) => dataDependent).map(({ node }) => node.opType))].sort(),
      ['Compress', 'GatherND', 'NonZero', 'Transpose', 'Unique'],
    );
  });
  it('leave out what is computed at load', () => {
    const b = new GraphBuilder();
    const folded = b.add('MatMul', [b.weight([8, 8]), b.weight([8, 8])]);
    b.add('MatMul', [b.input('x', [2, 8]), folded], { outputs: ['y'] });
    b.output('y', [2, 8]);
    const { totals, nodes } = analyze(b.model());
    assert.deepEqual(
      nodes.map(({ constant }) => constant),
      [true, false],
    );
    assert.equal(totals.macs, 2 * 8 * 8);
  });
  it('peak: inputs, outputs and what lies between, views once', () => {
    const b = new GraphBuilder();
    const x = b.input('x', [10]);
    const y = b.add('Relu', [x]);
    const views = [b.add('Reshape', [y, b.ints([2, 5])]), b.add('Reshape', [y, b.ints([2, 5])])];
    const z = b.add('Add', views);
    b.add('Neg', [z], { outputs: ['out'] });
    b.output('out', [2, 5]);
    // Two tensors of 40 bytes at any time: what is read and what is written.
    assert.equal(analyze(b.model()).totals.peakActivationBytes, 80);
  });
});

describe('graphs that are not as they should be', () => {
  it('are analysed as far as they go: a cycle, a missing tensor, a wrong rank', () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2, 3]);
    b.nodes.push(
      { name: 'a', opType: 'Add', domain: '', inputs: [x, 'q'], outputs: ['p'], attributes: [] },
      { name: 'b', opType: 'Relu', domain: '', inputs: ['p'], outputs: ['q'], attributes: [] },
      { name: 'c', opType: 'Relu', domain: '', inputs: ['nowhere'], outputs: ['r'], attributes: [] },
      {
        name: 'd',
        opType: 'Conv',
        domain: '',
        inputs: [x, x],
        outputs: ['s'],
        attributes: [attribute('strides', [0])],
      },
      { name: 'e', opType: 'Gemm', domain: '', inputs: [], outputs: [], attributes: [] },
      { name: 'f', opType: 'Loop', domain: '', inputs: [], outputs: ['t'], attributes: [] },
    );
    const { nodes } = analyze(b.model());
    assert.ok(nodes.every(({ outputs }) => outputs.every((info) => info?.shape === null)));
  });
  it('may be out of order', () => {
    const b = new GraphBuilder();
    b.nodes.push(
      { name: 'late', opType: 'Relu', domain: '', inputs: ['y'], outputs: ['z'], attributes: [] },
      { name: 'early', opType: 'Relu', domain: '', inputs: [b.input('x', [4])], outputs: ['y'], attributes: [] },
    );
    assert.deepEqual(analyze(b.model()).tensors.get('')?.get('z')?.shape, [4]);
  });
});

describe('operators of one type', () => {
  it('are told apart by their attributes and by the values that they read', () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2, 3, 4]);
    const reshaped = [
      [6, 4],
      [2, 12],
      [6, 4],
    ].map((shape) => b.add('Reshape', [x, b.ints(shape)]));
    const turned = [
      [0, 2, 1],
      [2, 1, 0],
      [0, 2, 1],
    ].map((perm) => b.add('Transpose', [x], { attributes: { perm } }));
    const shapes = new Map(analyze(b.model()).nodes.map(({ node, outputs }) => [node.outputs[0], outputs[0]?.shape]));
    const of = (names: string[]): unknown[] => names.map((name) => shapes.get(name));
    assert.deepEqual(of(reshaped), [
      [6, 4],
      [2, 12],
      [6, 4],
    ]);
    assert.deepEqual(of(turned), [
      [2, 4, 3],
      [4, 3, 2],
      [2, 4, 3],
    ]);
  });
  it('that are the same have the same cost, each with tensors of its own name', () => {
    const b = new GraphBuilder();
    let x = b.input('x', [8, 16]);
    for (let layer = 0; layer < 3; layer++) x = b.add('Relu', [b.add('MatMul', [x, b.weight([16, 16])])]);
    const { nodes, tensors, totals } = analyze(b.model());
    assert.equal(totals.macs, 3 * 8 * 16 * 16);
    for (const { node, cost } of nodes) {
      assert.deepEqual(tensors.get('')?.get(node.outputs[0]!)?.shape, [8, 16]);
      assert.equal(cost?.macs, node.opType === 'MatMul' ? 8 * 16 * 16 : 0);
    }
  });
});
