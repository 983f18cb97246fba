import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { structureChecks, weightChecks } from '../../src/core/analysis/checks.js';
import type { StructureCheck } from '../../src/core/analysis/structureCheck.js';
import { FileConstants } from '../../src/core/model/constants.js';
import { bindingsOf, resolveDimensions } from '../../src/core/model/dimensions.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { countParameters } from '../../src/core/model/parameters.js';
import { analyzeModel } from '../../src/core/operators/analyze.js';
import { inWords } from '../../src/core/report/build.js';
import { fixtureNames, generate } from '../models/index.js';

function checksOf(model: ModelGraph): StructureCheck[] {
  const constants = new FileConstants(model);
  const bindings = bindingsOf(resolveDimensions(model, []).scenarios[0] ?? []);
  return [
    ...structureChecks(model, analyzeModel(model, { bindings, constants }), countParameters(model)),
    ...weightChecks(model, constants, 2 ** 20),
  ];
}

function find(name: Parameters<typeof generate>[0], code: string): StructureCheck {
  const checks = checksOf(generate(name));
  const found = checks.find((known) => known.code === code);
  assert.ok(found, `${code} among ${checks.map((known) => known.code).join()}`);
  return found;
}

describe('checks of a structure', () => {
  it('tell the bytes of a cache for each token: 2 layers × 2 × 64 floats', () => {
    assert.deepEqual(find('decoderWithCache', 'checks.cache').params, { count: 4, bytesPerToken: 2 * 2 * 64 * 4 });
  });
  it('tell a decoder without a cache', () => {
    assert.equal(find('decoderWithoutCache', 'checks.decoderWithoutCache').severity, 'warning');
    assert.ok(!checksOf(generate('decoderWithCache')).some(({ code }) => code === 'checks.decoderWithoutCache'));
    assert.ok(!checksOf(generate('encoder')).some(({ code }) => code === 'checks.decoderWithoutCache'));
  });
  it('tell active from all experts: half of 4 × (2 × 32 × 64 + 64 + 32) parameters, and the router', () => {
    const router = 32 * 4;
    const experts = 4 * (2 * 32 * 64 + 64 + 32);
    const parameters = { parameters: router + experts, activeParameters: router + experts / 2 };
    const { params } = find('mixtureOfExperts', 'checks.experts.one');
    assert.deepEqual(params, { active: 2, total: 4, layers: 1, ...parameters });
  });
  it('name loops, branches, open dimensions', () => {
    find('loop', 'checks.loops.one');
    assert.equal(find('branches', 'checks.branches').params.names, 'outer, inner');
    assert.equal(find('encoder', 'checks.dynamicDimensions').params.names, 'batch, sequence');
  });
  it('leave out dimensions that follow from others', () => {
    const { names } = find('decoderWithCache', 'checks.dynamicDimensions').params;
    assert.equal(names, 'batch_size, sequence_length, past_sequence_length');
  });
  it('list what has a size that depends on the data', () => {
    assert.equal(find('dataDependent', 'checks.dataDependentShapes').params.count, 5);
    assert.ok(!checksOf(generate('encoder')).some(({ code }) => code.startsWith('checks.dataDependentShapes')));
  });
  it('name foreign domains and operators without a rule', () => {
    assert.equal(find('customOperator', 'checks.customDomains.one').params.names, 'example.custom');
    assert.equal(find('customOperator', 'checks.operatorsWithoutRule.one').severity, 'warning');
  });
  it('count casts and quantized transitions', () => {
    assert.deepEqual(find('halfPrecision', 'checks.mixedPrecision').params, { types: 'float16', casts: 2 });
    assert.deepEqual(find('quantized', 'checks.quantizedTransitions').params, { quantize: 3, dequantize: 3 });
  });
  it('name what is dead, never read, or there twice', () => {
    assert.equal(find('wasteful', 'checks.deadOperators.one').params.names, 'deadEnd');
    assert.equal(find('wasteful', 'checks.unusedInputs.one').params.names, 'never_read');
    assert.deepEqual(find('wasteful', 'checks.duplicatedWeights').params, { names: 'copy', bytes: 4096 });
    assert.deepEqual(find('wasteful', 'checks.deadWeights').params, { names: 'unused', bytes: 4096 });
    const ones = checksOf(generate('mobilenetV2')).map(({ code }) => code);
    assert.ok(!ones.includes('checks.duplicatedWeights'), 'fresh statistics are equal by nature');
  });
  it('read as sentences with all of their parameters', () => {
    for (const name of fixtureNames.filter((fixtureName) => !/chain|tiny/i.test(fixtureName))) {
      for (const { message } of inWords(checksOf(generate(name))))
        assert.ok(message.endsWith('.') && !/[{}]|undefined|NaN/.test(message), `${name}: ${message}`);
    }
  });
});
