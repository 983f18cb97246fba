import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildKernels, type KernelInput } from '../../src/core/analysis/kernels.js';
import type { Attribution, Fate, OptimizedNode } from '../../src/core/attribution/types.js';
import type { OperatorCost } from '../../src/core/operators/types.js';
import type { TracedRun, TracedShape, TraceEvent } from '../../src/core/trace/types.js';

function event(name: string, startUs: number, durationUs: number, more: Partial<TraceEvent> = {}): TraceEvent {
  return {
    name,
    opType: 'Conv',
    provider: 'CPUExecutionProvider',
    startUs,
    durationUs,
    selfUs: durationUs,
    parent: null,
    inputShapes: [],
    outputShapes: [],
    parameterBytes: 0,
    memoryInUseBytes: null,
    arenaPeakBytes: null,
    ...more,
  };
}
const run = (...events: TraceEvent[]): TracedRun => ({ startUs: 0, durationUs: 1e6, events });

function node(name: string, operatorIds: string[], more: Partial<OptimizedNode> = {}): OptimizedNode {
  return {
    name,
    opType: 'Conv',
    domain: '',
    graphPath: '',
    parent: null,
    kind: 'compute',
    operatorIds,
    serves: null,
    ...more,
  };
}

function attributionOf(nodes: OptimizedNode[], others: Record<string, Fate> = {}): Attribution {
  const fates = new Map<string, Fate>();
  for (const one of nodes) for (const id of one.operatorIds) fates.set(id, { fate: 'run', node: one });
  for (const [id, fate] of Object.entries(others)) fates.set(id, fate);
  return { nodes, fates };
}

const cost = (macs: number | null, readBytes: number | null = null): OperatorCost => ({
  macs,
  elementwiseOps: 1,
  readBytes,
  writtenBytes: readBytes,
});

function inputOf(more: Partial<KernelInput>): KernelInput {
  return {
    rounds: [],
    attribution: null,
    medianNs: 100_000,
    medianErrorNs: 1000,
    emptyCallNs: 2000,
    threads: 1,
    operators: [],
    modules: new Map(),
    costs: new Map(),
    ...more,
  };
}

describe('buildKernels: times', () => {
  const attribution = attributionOf([node('a', ['n0']), node('b', ['n1'])]);
  const rounds = [
    [run(event('a', 0, 80), event('b', 85, 20)), run(event('a', 0, 82), event('b', 85, 22))],
    [run(event('a', 0, 78), event('b', 85, 18))],
  ];

  it('adds up to the median with the overhead', () => {
    const { kernels, overhead } = buildKernels(inputOf({ rounds, attribution }));
    const sum = kernels.reduce((total, { timeNs }) => total + timeNs, 0);
    assert.ok(Math.abs(sum + (overhead?.timeNs ?? 0) - 100_000) < 1e-6);
    assert.ok(Math.abs(kernels.reduce((total, { share }) => total + share, 0) - sum / 100_000) < 1e-9);
    // (100 + 2 - 100) µs over 2 events.
    assert.ok(Math.abs((overhead?.eventCostNs ?? 0) - 1000) < 1e-3);
    assert.equal(overhead?.scale, 1);
  });

  it('has one time a round, whose mean over all runs is the time', () => {
    const [kernel] = buildKernels(inputOf({ rounds, attribution })).kernels;
    assert.ok(kernel);
    assert.deepEqual(kernel.roundTimesNs.map(Math.round), [80_000, 77_000]);
    assert.ok(Math.abs(kernel.timeNs - 79_000) < 1);
  });

  it('widens the error with the spread of the rounds, the error of the median and the bounds of the cost', () => {
    const many = 'abcdefgh'.split('').map((name, index) => event(name, index * 20, 13));
    const input = inputOf({
      rounds: [[run(...many)], [run(...many)]],
      attribution: attributionOf(many.map(({ name }, index) => node(name, [`n${index}`]))),
      medianErrorNs: 0,
    });
    const errorOf = (more: Partial<KernelInput>): number =>
      buildKernels({ ...input, ...more }).kernels[0]?.errorNs ?? 0;
    const least = errorOf({});
    // Half of 0.5 to 2.5 µs, and half a microsecond by the root of two events.
    assert.ok(Math.abs(least - Math.hypot(1000, 500 / Math.SQRT2)) < 1);
    assert.ok(errorOf({ medianErrorNs: 10_000 }) > least);
    assert.ok(errorOf({ threads: 2 }) > 2 * least);
    const slower = many.map((one) => ({ ...one, selfUs: 14, durationUs: 14 }));
    assert.ok(errorOf({ rounds: [[run(...many)], [run(...slower)]] }) > least);
  });

  it('knows nothing of how a single run varies', () => {
    const equal = 'ab'.split('').map((name, index) => event(name, index * 60, 50));
    const attribution = attributionOf(equal.map(({ name }, index) => node(name, [`n${index}`])));
    const errorOf = (runs: number): number => {
      const rounds = Array.from({ length: runs }, () => [run(...equal)]);
      return buildKernels(inputOf({ rounds, attribution, medianNs: 98_000 })).kernels[0]?.errorNs ?? 0;
    };
    assert.ok(errorOf(1) > 40_000, String(errorOf(1)));
    assert.ok(errorOf(2) < 10_000, String(errorOf(2)));
  });

  it('trusts what is large against the cost of recording, and not what is of its size', () => {
    const events = [event('big', 0, 90), event('small', 95, 3), event('smaller', 100, 2)];
    const nodes = events.map(({ name }, index) => node(name, [`n${index}`]));
    const { kernels } = buildKernels(
      inputOf({ rounds: [[run(...events)]], attribution: attributionOf(nodes), medianNs: 92_000 }),
    );
    assert.deepEqual(
      kernels.map(({ trusted }) => trusted),
      [true, false, false],
    );
  });

  it('does not trust what varies by as much as it takes', () => {
    // Two of a kind: a single one is known as well as the median, whatever the trace says.
    const trustedAt = (lastUs: number): boolean[] => {
      const rounds = [40, 40, lastUs].map((us) => [run(event('a', 0, us), event('b', 300, us))]);
      return buildKernels(inputOf({ rounds, attribution, medianNs: 90_000 })).kernels.map(({ trusted }) => trusted);
    };
    assert.deepEqual(trustedAt(43), [true, true]);
    assert.deepEqual(trustedAt(200), [false, false]);
  });

  it('rests on the middle half of the runs: an interrupted one does not count', () => {
    const runs = Array.from({ length: 12 }, (_, index) => {
      const durationUs = index < 2 ? 5000 : 80;
      return { ...run(event('a', 0, durationUs)), durationUs };
    });
    const timeOf = (rounds: TracedRun[][]): number =>
      buildKernels(inputOf({ rounds, attribution, medianNs: 81_000 })).kernels[0]?.timeNs ?? 0;
    assert.equal(timeOf([runs]), timeOf([runs.slice(2)]));
    assert.ok(Math.abs(timeOf([runs, runs]) - 79_000) < 1);
  });

  it('warns where the sum stays far from the median', () => {
    const far = inputOf({ rounds, attribution, medianNs: 50_000 });
    assert.deepEqual(
      buildKernels(far).warnings.map(({ code }) => code),
      ['measure.sharesIndicative'],
    );
    assert.deepEqual(buildKernels(inputOf({ rounds, attribution })).warnings, []);
  });

  it('says nothing of kernels without a traced run', () => {
    const result = buildKernels(inputOf({ attribution, operators: [{ id: 'n0', name: '' }] }));
    assert.deepEqual(result.kernels, []);
    assert.equal(result.overhead, null);
    assert.deepEqual(
      result.operators.map(({ fate, kernelId, trips, macs }) => ({ fate, kernelId, trips, macs })),
      [{ fate: 'run', kernelId: null, trips: null, macs: null }],
    );
  });
});

describe('buildKernels: nested graphs', () => {
  const nodes = [
    node('if', ['n0'], { opType: 'If' }),
    node('in', ['n0/then_branch/n0'], { graphPath: 'if/then_branch', parent: 'if' }),
    node('other', ['n0/else_branch/n0'], { graphPath: 'if/else_branch', parent: 'if' }),
    node('loop', ['n1'], { opType: 'Loop' }),
    node('in', ['n1/body/n0'], { graphPath: 'loop/body', parent: 'loop' }),
  ];
  const events = [
    event('if', 0, 40, { opType: 'If', selfUs: 10 }),
    event('in', 5, 30, { parent: 0 }),
    event('loop', 45, 50, { opType: 'Loop', selfUs: 20 }),
    event('in', 50, 15, { parent: 2 }),
    event('in', 70, 15, { parent: 2 }),
  ];
  const result = buildKernels(
    inputOf({
      rounds: [[run(...events)]],
      attribution: attributionOf(nodes),
      operators: nodes.map(({ operatorIds }) => ({ id: operatorIds[0] ?? '', name: '' })),
      costs: new Map([['n1/body/n0', cost(7, 100)]]),
      medianNs: 72_000,
    }),
  );

  it('joins bodies that share names by what contains them, and sums calls', () => {
    assert.deepEqual(
      result.kernels.map(({ id, parentId, operatorIds, callsPerRun }) => [id, parentId, operatorIds[0], callsPerRun]),
      [
        ['k0', null, 'n0', 1],
        ['k1', 'k0', 'n0/then_branch/n0', 1],
        ['k2', null, 'n1', 1],
        ['k3', 'k2', 'n1/body/n0', 2],
      ],
    );
  });

  it('has inclusive times at the parents, and the identity over the top level', () => {
    const [outer, inner, loop, body] = result.kernels;
    assert.ok(outer && inner && loop && body);
    assert.ok(Math.abs(outer.timeNs - outer.selfTimeNs - inner.timeNs) < 1e-6);
    assert.ok(Math.abs(loop.timeNs - loop.selfTimeNs - body.timeNs) < 1e-6);
    assert.ok(Math.abs(outer.timeNs + loop.timeNs + (result.overhead?.timeNs ?? 0) - 72_000) < 1e-6);
  });

  it('takes recording between nested events from the parent, as much as there usually is', () => {
    // Usual gap: the median of 5 (if to loop) and 5 (in the loop). After each nested event one, where there is room.
    const [outer, , loop] = result.kernels;
    const costNs = result.overhead?.eventCostNs ?? 0;
    assert.ok(outer && loop);
    assert.equal(Math.round(outer.selfTimeNs), Math.round(10_000 - 5000 - costNs));
    assert.equal(Math.round(loop.selfTimeNs), Math.round(20_000 - 10_000 - costNs));
  });

  it('counts operators by how often they ran; a branch that did not is notTaken', () => {
    const byId = new Map(result.operators.map((operator) => [operator.operatorId, operator]));
    assert.equal(byId.get('n0/else_branch/n0')?.fate, 'notTaken');
    assert.equal(byId.get('n0/else_branch/n0')?.macs, 0);
    assert.equal(byId.get('n1/body/n0')?.trips, 2);
    assert.equal(byId.get('n1/body/n0')?.macs, 14);
    assert.equal(byId.get('n1/body/n0')?.readBytes, 200);
    assert.equal(result.kernels[3]?.macs, 14);
  });
});

describe('buildKernels: owners', () => {
  const shape = (dataType: string, ...dims: number[]): TracedShape => ({ dataType, dims });

  it('sums the MACs of its operators, and takes name and module of the one with the most', () => {
    const attribution = attributionOf([node('fused', ['n0', 'n1', 'n2'])]);
    const { kernels } = buildKernels(
      inputOf({
        rounds: [[run(event('fused', 0, 50))]],
        attribution,
        operators: [
          { id: 'n0', name: 'pad' },
          { id: 'n1', name: 'conv' },
          { id: 'n2', name: 'relu' },
        ],
        costs: new Map([
          ['n0', cost(0)],
          ['n1', cost(500)],
          ['n2', cost(0)],
        ]),
        modules: new Map([
          ['n0', 'stem'],
          ['n1', 'stem/conv'],
        ]),
      }),
    );
    assert.equal(kernels[0]?.macs, 500);
    assert.equal(kernels[0].name, 'conv');
    assert.equal(kernels[0].module, 'stem/conv');
  });

  it('does not know the MACs of a kernel with an operator without a rule', () => {
    const attribution = attributionOf([node('fused', ['n0', 'n1'])]);
    const costs = new Map([['n0', cost(500)]]);
    const { kernels } = buildKernels(inputOf({ rounds: [[run(event('fused', 0, 50))]], attribution, costs }));
    assert.equal(kernels[0]?.macs, null);
  });

  it('counts a merged duplicate at its kernel, but not its work', () => {
    const kept = node('kept', ['n0', 'n1']);
    const attribution = attributionOf([kept], { n1: { fate: 'folded', node: kept } });
    const { kernels, operators } = buildKernels(
      inputOf({
        rounds: [[run(event('kept', 0, 50))]],
        attribution,
        operators: [
          { id: 'n0', name: '' },
          { id: 'n1', name: '' },
          { id: 'n2', name: 'constant' },
        ],
        costs: new Map([
          ['n0', cost(100)],
          ['n1', cost(100)],
        ]),
      }),
    );
    assert.equal(kernels[0]?.macs, 100);
    assert.deepEqual(
      operators.map(({ fate, kernelId, macs }) => [fate, kernelId, macs]),
      [
        ['run', 'k0', 100],
        ['folded', 'k0', 0],
        ['folded', null, 0],
      ],
    );
  });

  it('gives a layout kernel the module of the node that it serves', () => {
    const conv = node('conv', ['n0']);
    const layout = node('reorder', [], { kind: 'layout', opType: 'ReorderInput', serves: conv });
    const { kernels } = buildKernels(
      inputOf({
        rounds: [[run(event('reorder', 0, 10, { opType: 'ReorderInput' }), event('conv', 15, 80))]],
        attribution: attributionOf([layout, conv]),
        modules: new Map([['n0', 'stage1']]),
      }),
    );
    assert.deepEqual(
      kernels.map(({ kind, module }) => [kind, module]),
      [
        ['layout', 'stage1'],
        ['compute', 'stage1'],
      ],
    );
  });

  it('counts bytes by the traced shapes, with the weights that prepacking hid; unknown where a type has no size', () => {
    const inputShapes = [shape('float', 2, 3), shape('int4', 5)];
    const outputShapes = [shape('float16', 4), shape('bool', 2)];
    const bytesOf = (more: Partial<TraceEvent>, weight: number): [unknown, unknown] => {
      const [kernel] = buildKernels(
        inputOf({
          rounds: [[run(event('a', 0, 50, { inputShapes, outputShapes, ...more }))]],
          attribution: attributionOf([node('a', ['n0', 'n1'])]),
          weightBytes: new Map([['n0', weight]]),
        }),
      ).kernels;
      assert.ok(kernel);
      return [kernel.readBytes, kernel.writtenBytes];
    };
    assert.deepEqual(bytesOf({}, 0), [27, 10]);
    assert.deepEqual(bytesOf({}, 100), [127, 10]);
    assert.deepEqual(bytesOf({ parameterBytes: 3 }, 100), [124, 10]);
    assert.deepEqual(bytesOf({ outputShapes: [shape('string', 3)] }, 0), [27, null]);
  });

  it('takes the bytes of a single operator from its rule: a Gather does not read its table', () => {
    const { kernels } = buildKernels(
      inputOf({
        rounds: [[run(event('gather', 0, 50, { inputShapes: [shape('float', 1000, 1000)] }))]],
        attribution: attributionOf([node('gather', ['n0'])]),
        costs: new Map([['n0', cost(0, 4000)]]),
      }),
    );
    assert.equal(kernels[0]?.readBytes, 4000);
  });

  it('keeps kernels that no graph explains, without operators', () => {
    const { kernels, operators } = buildKernels(
      inputOf({ rounds: [[run(event('found', 0, 50))]], operators: [{ id: 'n0', name: '' }] }),
    );
    assert.deepEqual(
      kernels.map(({ name, operatorIds, kind, macs }) => [name, operatorIds, kind, macs]),
      [['found', [], 'compute', null]],
    );
    assert.deepEqual(operators, []);
  });
});
