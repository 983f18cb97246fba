import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fatesWithTrace, NodeIndex } from '../../src/core/attribution/fatesWithTrace.js';
import { canRun, familyOf } from '../../src/core/attribution/families.js';
import type { Fate } from '../../src/core/attribution/types.js';
import type { Node } from '../../src/core/model/graph.js';
import { walkNodes } from '../../src/core/model/walk.js';
import type { OptimizationLevel } from '../../src/protocol/report.js';
import { fixture, fixtureNames, realModels, staticOnly } from '../models/index.js';
import * as rewritten from './attributionModels.js';
import { type AttributedRun, runAttributed, type RunSetup } from './attributionRun.js';

const LEVELS: readonly OptimizationLevel[] = ['disabled', 'basic', 'extended', 'all'];
const HEAVY: ReadonlySet<string> = new Set(['convolution', 'transposedConvolution', 'matmul']);

function operatorsOf({ original, operatorIdByNodeName }: AttributedRun): Map<string, Node> {
  const nodes = [...walkNodes(original)].map(({ node }) => node).filter(({ opType }) => opType !== 'Constant');
  return new Map(nodes.map((node) => [operatorIdByNodeName.get(node.name) ?? '', node]));
}

/** What holds for every model at every level. */
function checkAttribution(run: AttributedRun): void {
  const operators = operatorsOf(run);
  const { nodes, fates } = run.attribution;
  assert.deepEqual([...fates.keys()].sort(), [...operators.keys()].sort(), 'every operator has one fate');
  for (const node of nodes) {
    assert.ok(node.kind !== 'compute' || node.operatorIds.length > 0, `${node.name} (${node.opType}) has no owner`);
    assert.ok(node.kind === 'compute' || node.serves !== null, `${node.name} serves nothing`);
    for (const id of node.operatorIds) assert.ok(operators.has(id), `${id} is no operator`);
  }
  for (const [id, { fate, node }] of fates) {
    const { opType } = operators.get(id)!;
    if (fate === 'run') assert.ok(node?.operatorIds.includes(id), `${id} is not at its node`);
    if (!HEAVY.has(familyOf(opType))) continue;
    assert.ok(node !== null || fate === 'notTaken', `${id} ${opType} is ${fate} without a node`);
    assert.ok(node === null || canRun(node.opType, opType), `${id} ${opType} is in a ${node?.opType ?? ''}`);
  }
  const index = new NodeIndex(nodes, run.trace.runs);
  const joined = new Set<unknown>();
  for (const { events } of run.trace.runs)
    for (const { name, parent } of events) {
      const node = index.find(name, parent === null ? null : (events[parent]?.name ?? null));
      assert.ok(node, `${name} of the trace is not in the graph`);
      joined.add(node);
    }
  const ran = nodes.filter(({ graphPath }) => graphPath === '');
  assert.ok(
    ran.every((node) => joined.has(node)),
    'every node of the main graph ran',
  );
}

function checkAllLevels(name: string, run: (level: OptimizationLevel) => Promise<AttributedRun>): void {
  for (const level of LEVELS)
    it(`${name} at ${level}`, async () => {
      checkAttribution(await run(level));
    });
}

const REAL_SETUPS: Record<keyof typeof realModels, Omit<RunSetup, 'level'>> = {
  det: { shapes: { x: [1, 3, 160, 160] } },
  rec: { shapes: { x: [1, 3, 48, 160] } },
  cls: { shapes: { x: [1, 3, 48, 192] } },
  sileroLegacy: { shapes: { input: [1, 512], h: [2, 1, 64], c: [2, 1, 64] }, values: { sr: 16_000 } },
  sileroV5: { shapes: { input: [1, 512], state: [2, 1, 128] }, values: { sr: 16_000 } },
  sileroV6: { shapes: { input: [1, 256], state: [2, 1, 128] }, values: { sr: 8000 } },
};

describe('attribution of real models', () => {
  for (const [name, setup] of Object.entries(REAL_SETUPS))
    checkAllLevels(name, (level) => runAttributed(realModels[name as keyof typeof realModels], { ...setup, level }));
});

describe('attribution of generated models', () => {
  // The chains of one kind of node say nothing here that the others do not.
  const names = fixtureNames.filter((name) => !staticOnly.has(name) && !/^(chain|tiny|matMul)/.test(name));
  for (const name of names) checkAllLevels(name, (level) => runAttributed(fixture(name), { level }));
});

describe('attribution of rewritten graphs', () => {
  for (const [name, model] of Object.entries(rewritten))
    checkAllLevels(name, (level) => runAttributed(model(), { level }));
});

/** Original names of nodes to fate and to the names of all operators of the same node. */
async function described(
  model: Parameters<typeof runAttributed>[0],
  setup: RunSetup,
): Promise<Map<string, { fate: Fate['fate']; with: string[]; opType: string | null }>> {
  const run = await runAttributed(model, setup);
  const originals = typeof model === 'string' ? [] : [...walkNodes(model)];
  const nameOf = new Map(originals.map(({ id, node }) => [id, node.name]));
  const fates = fatesWithTrace(run.attribution, run.trace.runs);
  return new Map(
    [...fates].map(([id, { fate, node }]) => [
      nameOf.get(id) ?? id,
      {
        fate,
        with: (node?.operatorIds ?? []).map((other) => nameOf.get(other) ?? other),
        opType: node?.opType ?? null,
      },
    ]),
  );
}

describe('attribution in particular', () => {
  it('merges duplicates into the one that stays, whatever its name, and folds what is known at load', async () => {
    const found = await described(rewritten.redundant(), { level: 'basic' });
    assert.deepEqual([found.get('first')?.fate, found.get('again')?.fate].sort(), ['folded', 'run']);
    assert.deepEqual(found.get('first')?.with, found.get('again')?.with);
    assert.deepEqual([found.get('sliceOne')?.fate, found.get('sliceTwo')?.fate].sort(), ['folded', 'run']);
    for (const name of ['identity', 'dropout', 'weightTranspose'])
      assert.deepEqual(found.get(name), { fate: 'folded', with: [], opType: null });
    assert.equal(found.get('tied')?.fate, 'run');
  });

  it('follows an If that the optimiser dissolves into its branch', async () => {
    const found = await described(rewritten.constantCondition(), { level: 'all' });
    assert.equal(found.get('fixedIf')?.fate, 'folded');
    assert.deepEqual(found.get('thenProject'), { fate: 'run', with: ['thenProject', 'after'], opType: 'Gemm' });
    assert.deepEqual(found.get('thenWide')?.with, ['thenWide']);
    for (const name of ['elseWide', 'elseRelu', 'elseProject']) assert.equal(found.get(name)?.fate, 'notTaken');
  });

  it('keeps an If with a known condition apart where nothing is optimised', async () => {
    const found = await described(rewritten.constantCondition(), { level: 'disabled' });
    assert.equal(found.get('fixedIf')?.fate, 'run');
    assert.equal(found.get('thenWide')?.fate, 'run');
    assert.equal(found.get('elseWide')?.fate, 'notTaken');
  });

  it('gives all nodes of an expanded operator to it', async () => {
    const run = await runAttributed(rewritten.expanded(), { level: 'all' });
    const swish = run.attribution.nodes.filter(({ operatorIds }) => operatorIds.includes('n2'));
    assert.deepEqual(swish.map(({ opType }) => opType).sort(), ['HardSigmoid', 'Mul']);
    assert.equal(run.attribution.fates.get('n2')?.node?.opType, 'Mul');
  });

  it('finds fusions inside a Loop inside a branch, and the branch that did not run', async () => {
    const taken = await described(rewritten.nestedFusion(), { level: 'extended', values: { flag: 1 } });
    const fused = [...taken.values()].find(({ opType }) => opType === 'FusedConv');
    assert.equal(fused?.with.length, 3);
    assert.deepEqual(new Set([...taken.values()].map(({ fate }) => fate)), new Set(['run', 'notTaken']));
    const other = await described(rewritten.nestedFusion(), { level: 'extended', values: { flag: 0 } });
    assert.equal(other.get('loop')?.fate, 'notTaken');
    assert.equal(other.get('residual')?.fate, 'notTaken');
  });

  it('puts Q and DQ into the quantized kernels, whatever the layout', async () => {
    for (const level of ['extended', 'all'] as const) {
      const run = await runAttributed(fixture('quantized'), { level });
      const operators = operatorsOf(run);
      const kernels = run.attribution.nodes.filter(({ opType }) => opType === 'QLinearConv');
      assert.equal(kernels.length, 2);
      for (const { operatorIds } of kernels) {
        const types = operatorIds.map((id) => operators.get(id)?.opType).sort();
        assert.equal(types.filter((type) => type === 'Conv').length, 1, types.join());
        // Of the input, the weights and the bias; of the output.
        assert.equal(types.filter((type) => type === 'DequantizeLinear').length, 3, types.join());
        assert.equal(types.filter((type) => type === 'QuantizeLinear').length, 1, types.join());
      }
    }
  });

  it('finds LayerNormalization, Gelu and attention whole in a transformer', async () => {
    const run = await runAttributed(fixture('encoder'), { level: 'all' });
    const operators = operatorsOf(run);
    const typesIn = (opType: string): (string | undefined)[][] =>
      run.attribution.nodes
        .filter((node) => node.opType === opType)
        .map(({ operatorIds }) => operatorIds.map((id) => operators.get(id)?.opType));
    const normalized = [...typesIn('LayerNormalization'), ...typesIn('SkipLayerNormalization')];
    assert.ok(normalized.length > 0);
    for (const types of normalized) assert.ok(types.includes('ReduceMean') && types.includes('Sqrt'), types.join());
    const gelus = [...typesIn('Gelu'), ...typesIn('BiasGelu')];
    assert.ok(gelus.length > 0);
    for (const types of gelus) assert.ok(types.includes('Erf'), types.join());
  });

  it('tells layout apart: only inserted nodes have no operators', async () => {
    const run = await runAttributed(realModels.cls, { ...REAL_SETUPS.cls, level: 'all' });
    const inserted = run.attribution.nodes.filter(({ kind }) => kind === 'layout');
    // Blocked layouts are x64's.
    assert.ok(process.arch !== 'x64' || inserted.length > 50);
    for (const { opType } of inserted) assert.match(opType, /^(ReorderInput|ReorderOutput|Reshape|Transpose)$/);
  });
});
