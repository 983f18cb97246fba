import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { buildKernels } from '../../src/core/analysis/kernels.js';
import { attribute } from '../../src/core/attribution/attribute.js';
import { canRun, familyOf } from '../../src/core/attribution/families.js';
import { fatesWithTrace } from '../../src/core/attribution/fatesWithTrace.js';
import type { Attribution } from '../../src/core/attribution/types.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { readModel } from '../../src/core/model/read.js';
import { walkNodes } from '../../src/core/model/walk.js';
import { readTrace } from '../../src/core/trace/read.js';
import type { Trace } from '../../src/core/trace/types.js';

interface Recording {
  original: ModelGraph;
  attribution: Attribution;
  trace: Trace;
}

async function recorded(name: string): Promise<Recording> {
  const base = path.join(import.meta.dirname, '../fixtures/traces', name);
  const original = readModel(`${base}.original.onnx`);
  const ids = new Map([...walkNodes(original)].map(({ id, node }) => [node.name, id]));
  const attribution = attribute(original, ids, readModel(`${base}.optimized.onnx`));
  return { original, attribution, trace: await readTrace(`${base}.trace.json`) };
}

/** `opType: opType + opType` for each node: what runs, and what of the file it is. */
function summary({ original, attribution }: Recording): string[] {
  const types = new Map([...walkNodes(original)].map(({ id, node }) => [id, node.opType]));
  return attribution.nodes.map(
    ({ opType, operatorIds }) => `${opType}: ${operatorIds.map((id) => types.get(id) ?? '?').join(' + ')}`,
  );
}

function fatesOf({ attribution, trace }: Recording): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fate } of fatesWithTrace(attribution, trace.runs).values()) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
}

describe('attribute, on recordings', () => {
  it('finds convolutions with normalization, activation and residual sum in their kernels', async () => {
    assert.deepEqual(summary(await recorded('cnn')), [
      'Conv: Conv + BatchNormalization + Relu',
      'MaxPool: MaxPool',
      'Conv: Conv + BatchNormalization + Relu',
      'Conv: Conv + BatchNormalization + Add + Relu',
      'GlobalAveragePool: GlobalAveragePool',
      'ReorderOutput: ',
      'Flatten: Flatten',
      'Gemm: Gemm',
      'Softmax: Softmax',
    ]);
  });

  it('finds what a quantized convolution took in', async () => {
    const found = summary(await recorded('quantized'));
    const convolutions = found.filter((line) => line.startsWith('QLinearConv'));
    assert.equal(convolutions.length, 2);
    for (const line of convolutions)
      assert.equal(
        line,
        'QLinearConv: DequantizeLinear + DequantizeLinear + DequantizeLinear + Conv + Relu + QuantizeLinear',
      );
    assert.deepEqual(
      found.filter((line) => line.endsWith(': ')),
      ['Transpose: ', 'Transpose: '],
    );
  });

  it('tells branches that did not run', async () => {
    // Of two branches one operator, and of the nested two three, did not run.
    assert.deepEqual(fatesOf(await recorded('branches')), { run: 9, notTaken: 4 });
  });

  it('takes a dissolved If for folded, its branch for run, the other for never taken', async () => {
    assert.deepEqual(fatesOf(await recorded('constantCondition')), { run: 6, folded: 1, notTaken: 3 });
  });

  it('lists merged duplicates at the node that stays', async () => {
    const recording = await recorded('redundant');
    assert.ok(summary(recording).includes('MatMul: MatMul + MatMul'));
    assert.equal(fatesOf(recording)['folded'], 6);
  });

  it('keeps bodies with equal node names apart', async () => {
    const { attribution, trace } = await recorded('nestedFusion');
    const reorders = attribution.nodes.filter(({ opType }) => opType === 'ReorderOutput');
    assert.deepEqual(reorders.map(({ graphPath }) => graphPath.split('/').at(-1)).sort(), ['body', 'else_branch']);
    const { kernels } = buildKernels({
      rounds: [trace.runs],
      attribution,
      medianNs: 100_000,
      medianErrorNs: 0,
      emptyCallNs: 0,
      threads: 1,
      operators: [],
      modules: new Map(),
      costs: new Map(),
    });
    const [outer, loop] = kernels;
    assert.ok(outer && loop);
    assert.equal(outer.opType, 'If');
    assert.equal(loop.parentId, outer.id);
    // Three trips.
    assert.deepEqual(
      new Set(kernels.slice(2).map(({ parentId, callsPerRun }) => `${parentId} ${callsPerRun}`)),
      new Set([`${loop.id} 3`]),
    );
  });
});

describe('the whole way, on recordings', () => {
  for (const name of ['cnn', 'quantized', 'branches', 'loop', 'nestedFusion', 'redundant', 'constantCondition'])
    it(`${name}: every operator has a kernel or a fate, and times add up`, async () => {
      const { original, attribution, trace } = await recorded(name);
      assert.equal(trace.runs.length, 2);
      assert.equal(trace.skippedEvents, 0);
      const operators = [...walkNodes(original)].map(({ id, node }) => ({ id, name: node.name }));
      const result = buildKernels({
        rounds: trace.runs.map((run) => [run]),
        attribution,
        medianNs: 200_000,
        medianErrorNs: 1000,
        emptyCallNs: 4000,
        threads: 1,
        operators,
        modules: new Map(),
        costs: new Map(),
      });
      const top = result.kernels.filter(({ parentId }) => parentId === null);
      const sum = top.reduce((total, { timeNs }) => total + timeNs, result.overhead?.timeNs ?? 0);
      assert.ok(Math.abs(sum - 200_000) < 1e-6);
      assert.deepEqual(
        result.operators.map(({ operatorId }) => operatorId),
        operators.map(({ id }) => id),
      );
      for (const { operatorId, fate, kernelId } of result.operators) {
        // A merged duplicate is folded and has the kernel of the one that stays.
        if (fate !== 'folded') assert.equal(kernelId !== null, fate === 'run', `${operatorId} is ${fate}`);
        if (kernelId !== null)
          assert.ok(result.kernels.find(({ id }) => id === kernelId)?.operatorIds.includes(operatorId));
      }
    });
});

describe('families', () => {
  it('holds fused, quantized and layout forms together', () => {
    assert.equal(familyOf('FusedConv'), familyOf('Conv'));
    assert.equal(familyOf('QLinearMatMul'), familyOf('Gemm'));
    assert.notEqual(familyOf('ConvTranspose'), familyOf('Conv'));
    assert.equal(familyOf('SomethingElse'), 'other');
    assert.equal(familyOf('constructor'), 'other');
    assert.ok(canRun('Attention', 'MatMul'));
    assert.ok(!canRun('MatMul', 'Attention'));
    assert.ok(!canRun('Add', 'Conv'));
  });
});
