import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assignModules } from '../../src/core/analysis/modules.js';
import { pathOfName } from '../../src/core/analysis/modulesByName.js';
import { findRepetition } from '../../src/core/analysis/repeatedBlocks.js';
import { readModel } from '../../src/core/model/read.js';
import { walkNodes } from '../../src/core/model/walk.js';
import { GraphBuilder } from '../models/builder.js';
import { generate, realModels } from '../models/index.js';

const topLevel = (modules: ReadonlyMap<string, string>): string[] => [
  ...new Set([...modules.values()].map((module) => module.split('/')[0]!)),
];

describe('modules by name', () => {
  it('leave out the operator, and what an exporter repeats', () => {
    const path = (name: string, opType: string): string => pathOfName({ name, opType }).join('/');
    assert.equal(path('/encoder/encoder/layer.3/attn/MatMul', 'MatMul'), 'encoder/layer/3/attn');
    assert.equal(path('p2o.Conv.58', 'Conv'), 'p2o');
    assert.equal(path('Conv_12', 'Conv'), '');
    assert.equal(path('', 'Conv'), '');
  });
  it('of a classifier are its layers', () => {
    const { modules, basis } = assignModules(generate('resnet18Like'));
    assert.equal(basis, 'names');
    for (const layer of ['layer1', 'layer2', 'layer3', 'layer4', 'fc']) assert.ok(topLevel(modules).includes(layer));
  });
  it('keep the name in front of a number', () => {
    const { modules } = assignModules(generate('mobilenetV2'));
    assert.ok(
      topLevel(modules).every((module) => !/^\d+$/.test(module)),
      topLevel(modules).join(),
    );
  });
  it('of nested graphs lie in their branch', () => {
    const model = readModel(realModels.sileroV5);
    const { modules, basis } = assignModules(model);
    assert.equal(basis, 'names');
    const encoder = [...modules].find(([, module]) => /^If_0\/then_branch\/.*encoder/.test(module));
    assert.ok(encoder?.[0].includes('/then_branch/'), encoder?.join(' '));
  });
});

describe('modules by structure', () => {
  it('of a text detector: stages, the merge of scales, the output', () => {
    const { modules, basis } = assignModules(readModel(realModels.det));
    assert.equal(basis, 'structure');
    const stages = ['stage 1', 'stage 2', 'stage 3', 'stage 4', 'stage 5', 'merge', 'output'];
    assert.deepEqual(topLevel(modules).sort(), [...stages].sort());
  });
  it('cover every operator, and are few', () => {
    for (const name of ['det', 'rec', 'cls'] as const) {
      const model = readModel(realModels[name]);
      const { modules } = assignModules(model);
      for (const { id } of walkNodes(model)) assert.notEqual(modules.get(id) ?? '', '', `${name} ${id}`);
      assert.ok(topLevel(modules).length <= 12, `${name}: ${topLevel(modules).join()}`);
    }
  });
  it('of a transformer with flat names: its blocks', () => {
    const model = generate('bertBase');
    model.graph.nodes.forEach((node, index) => {
      node.name = `${node.opType}_${index}`;
    });
    const blocks = topLevel(assignModules(model).modules);
    for (let block = 1; block <= 12; block++) assert.ok(blocks.includes(`block ${block}`), blocks.join());
    assert.ok(!blocks.includes('block 13'));
  });
  it('are none for a model too small to divide', () => {
    const b = new GraphBuilder();
    b.add('Relu', [b.input('x', [2])], { name: 'a', outputs: ['y'] });
    b.output('y', [2]);
    assert.deepEqual(assignModules(b.model()), { modules: new Map([['n0', '']]), basis: 'none' });
  });
});

describe('a repetition', () => {
  it('is found with its start, its period and its number of blocks', () => {
    assert.deepEqual(findRepetition('xABABABy'.split('')), { start: 1, period: 2, blocks: 3 });
    assert.equal(findRepetition('ABCD'.split('')), null);
    assert.equal(findRepetition('ABAB'.split('')), null, 'twice is chance');
  });
});
