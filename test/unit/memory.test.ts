import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alignShapes, measuredCosts, totalCost } from '../../src/core/analysis/operatorCosts.js';
import { memoryTimeline } from '../../src/core/analysis/memory.js';
import { node, tensor, value } from '../../src/core/analysis/microModels.js';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import type { Graph, Node } from '../../src/core/model/graph.js';
import { analyzeModel } from '../../src/core/operators/analyze.js';
import type { TracedRun, TraceEvent } from '../../src/core/trace/types.js';
import { modelAround } from '../models/modelAround.js';

const graphOf = (nodes: Node[], outputs: string[]): Graph => ({
  name: 'g',
  nodes,
  initializers: [],
  inputs: [value('x', DataTypes.float32, [10])],
  outputs: outputs.map((name) => value(name, DataTypes.float32, [10])),
  valueInfos: [],
});

/** Outputs of `floats` elements each. */
function event(name: string, startUs: number, floats: number[], parent: number | null = null): TraceEvent {
  return {
    name,
    opType: 'Op',
    provider: 'CPUExecutionProvider',
    startUs,
    durationUs: 1,
    selfUs: 1,
    parent,
    inputShapes: [],
    outputShapes: floats.map((dim) => ({ dataType: 'float', dims: [dim] })),
    parameterBytes: null,
    memoryInUseBytes: null,
    arenaPeakBytes: null,
  };
}

const run = (events: TraceEvent[]): TracedRun => ({ startUs: 0, durationUs: 100, events });
const live = (graph: Graph, events: TraceEvent[], inputBytes = 40): number[] | undefined =>
  memoryTimeline(graph, run(events), new Map([['x', inputBytes]]), (name) => name)?.timeline.map(
    ({ liveBytes }) => liveBytes,
  );

describe('live activations', () => {
  it('live from the kernel that writes them to the last that reads them', () => {
    // x feeds a and, much later, d: it lives until d.
    const graph = graphOf(
      [node('Relu', ['x'], 'a'), node('Relu', ['a'], 'b'), node('Relu', ['b'], 'c'), node('Add', ['c', 'x'], 'd')],
      ['d'],
    );
    const events = [event('a', 0, [10]), event('b', 1, [100]), event('c', 2, [1]), event('d', 3, [10])];
    assert.deepEqual(live(graph, events), [40 + 40, 40 + 40 + 400, 40 + 400 + 4, 40 + 4 + 40]);
  });

  it('follow the order of execution, not of the file', () => {
    const graph = graphOf([node('Relu', ['x'], 'a'), node('Relu', ['x'], 'b'), node('Add', ['a', 'b'], 'c')], ['c']);
    const events = [event('b', 0, [1]), event('a', 1, [100]), event('c', 2, [1])];
    assert.deepEqual(live(graph, events), [44, 40 + 4 + 400, 400 + 4 + 4]);
  });

  it('count a view once, for as long as any of its names is read', () => {
    const graph = graphOf(
      [node('Relu', ['x'], 'a'), node('Reshape', ['a', 'shape'], 'view'), node('Relu', ['view'], 'b')],
      ['b'],
    );
    assert.deepEqual(live(graph, [event('a', 0, [10]), event('view', 1, [10]), event('b', 2, [10])]), [80, 40, 80]);
  });

  it('add the peak inside a branch while it runs', () => {
    const inner: Graph = {
      ...graphOf([node('Relu', ['a'], 'i1'), node('Relu', ['i1'], 'i2')], ['i2']),
      inputs: [],
    };
    const branch: Node = {
      ...node('If', ['x'], 'b'),
      attributes: [{ name: 'then_branch', type: 'graph', value: inner }],
    };
    const graph = graphOf([node('Relu', ['x'], 'a'), branch], ['b']);
    const events = [event('a', 0, [10]), event('b', 1, [1]), event('i1', 1, [50], 1), event('i2', 2, [50], 1)];
    // x and a around it; i1 and i2 inside.
    assert.deepEqual(live(graph, events), [80, 80 + 400]);
  });

  it('are not known where the trace and the graph have nothing in common', () => {
    assert.equal(live(graphOf([node('Relu', ['x'], 'a')], ['a']), [event('other', 0, [1])]), undefined);
  });
});

describe('costs of the shapes that ran', () => {
  const model = modelAround({
    ...graphOf([node('MatMul', ['x', 'w'], 'y')], ['y']),
    initializers: [tensor('w', DataTypes.float32, [4, 8], new Uint8Array(128))],
  });
  const analysis = analyzeModel(model, { bindings: new Map(), constants: { readNumbers: () => null } });
  const matMul = (rows: number): TraceEvent => ({
    ...event('node1', 0, []),
    inputShapes: [
      { dataType: 'float', dims: [rows, 4] },
      { dataType: 'float', dims: [4, 8] },
    ],
    outputShapes: [{ dataType: 'float', dims: [rows, 8] }],
  });

  it('sum over the executions of an operator in a loop, each with its own shapes', () => {
    const costs = measuredCosts(run([matMul(2), matMul(3)]), new Map([['node1', 'n0']]), analysis, model.opsets);
    assert.deepEqual(
      { trips: costs.get('n0')?.trips, macs: costs.get('n0')?.macs, written: costs.get('n0')?.writtenBytes },
      { trips: 2, macs: (2 + 3) * 32, written: (2 + 3) * 32 },
    );
    assert.equal(totalCost(costs).macs, 160);
  });

  it('are nothing for an operator that did not run', () => {
    const costs = measuredCosts(run([]), new Map([['node1', 'n0']]), analysis, model.opsets);
    assert.equal(costs.get('n0')?.trips, 0);
    assert.equal(totalCost(costs).macs, 0);
  });

  it('match shapes to inputs around omitted ones', () => {
    assert.deepEqual(alignShapes(['a', '', 'b'], [1, 2]), [1, null, 2]);
    assert.deepEqual(alignShapes(['a', 'b'], [1, 2]), [1, 2]);
    assert.equal(alignShapes(['a', 'b', 'c'], [1, 2]), null);
    assert.equal(alignShapes(['a', ''], [1, 2, 3]), null);
  });
});
