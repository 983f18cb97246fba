import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { findLicence } from '../../src/core/model/licence.js';
import { countParameters } from '../../src/core/model/parameters.js';
import { readModel } from '../../src/core/model/read.js';
import { summarizeModel } from '../../src/core/model/summary.js';
import { GraphBuilder } from '../models/builder.js';
import { fixture, generate, realModels } from '../models/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'model-parameters-'));
after(() => {
  rmSync(folder, { recursive: true });
});

describe('countParameters', () => {
  it('gives the published counts', () => {
    assert.equal(countParameters(generate('resnet50')).parameterCount, 25_557_032);
    assert.equal(countParameters(readModel(fixture('mobilenetV2'))).parameterCount, 3_504_872);
    assert.equal(countParameters(generate('bertBase')).parameterCount, 109_482_240);
  });

  it('counts weights in Constant nodes and in branches', () => {
    // 3 and 4 branches deep: 16×16, then 16×64 + 64×4, 16×8 + 8×4, 16×4; the scalar of Greater is none.
    assert.equal(countParameters(generate('branches')).parameterCount, 256 + 1024 + 256 + 128 + 32 + 64);
    assert.equal(countParameters(readModel(realModels.sileroV5)).parameterCount, 545_282);
    assert.equal(countParameters(readModel(realModels.det)).parameterCount, 1_171_617);
  });

  it('counts quantized weights by what they stand for, their scales not', () => {
    // Conv 16×3×3×3 + 16, Conv 16×16×3×3 + 16, Gemm 4×16 + 4.
    assert.equal(countParameters(generate('quantized')).parameterCount, 432 + 16 + 2304 + 16 + 64 + 4);
    // MatMulInteger 64×64, MatMulNBits K 64 × N 32 in half the bytes.
    assert.equal(countParameters(generate('dynamicallyQuantized')).parameterCount, 4096 + 2048);
  });

  it('counts shared weights once, those of a function too, and gives them to the first reader', () => {
    const b = new GraphBuilder();
    const weight = b.weight([4, 4]);
    const hidden = b.add('MatMul', [b.input('x', [1, 4]), weight]);
    b.add('MatMul', [hidden, weight], { outputs: ['y'] });
    const count = countParameters(b.model());
    assert.deepEqual([count.parameterCount, count.weightBytes], [16, 64]);
    assert.deepEqual([...count.byOperator], [['n0', { parameterCount: 16, weightBytes: 64 }]]);
    // Two Dense layers of 16×16 + 16; the function's own factor is a scalar.
    assert.equal(countParameters(generate('functions')).parameterCount, 2 * 272);
  });

  it('leaves running statistics and scalars out of the count, not out of the bytes', () => {
    const { parameterCount, weightBytes } = countParameters(generate('cnn'));
    const convolutions = 16 * 27 + 2 * 16 * 144;
    assert.equal(parameterCount, convolutions + 3 * 32 + 170);
    assert.equal(weightBytes, (convolutions + 3 * 64 + 170) * 4);
  });
});

describe('summarizeModel', () => {
  it('says what the file says', () => {
    const file = fixture('externalData');
    const summary = summarizeModel(readModel(file));
    assert.equal(summary.nodeCount, 15);
    assert.deepEqual(summary.inputs, [{ name: 'image', dataType: 'float32', shape: ['batch', 3, 32, 32] }]);
    assert.deepEqual(summary.producer, { name: 'test-generator', version: '1.0' });
    assert.equal(summary.externalData.length, 1);
    assert.equal(summary.externalData[0]?.path, 'weights.bin');
    assert.ok(summary.externalData[0].bytes >= (summary.weightBytes ?? Infinity));
    assert.equal(summary.licence, null);
  });

  it('counts nodes of branches and of functions as written, and leaves weights out of the inputs', () => {
    assert.equal(summarizeModel(generate('branches')).nodeCount, 13);
    assert.equal(summarizeModel(generate('functions')).nodeCount, 9);
    const b = new GraphBuilder();
    b.add('Add', [b.input('x', [2]), b.weight([2], { name: b.input('w', [2]) })], { outputs: ['y'] });
    assert.deepEqual(
      summarizeModel(b.model()).inputs.map(({ name }) => name),
      ['x'],
    );
  });
});

describe('findLicence', () => {
  const beside = (files: Record<string, string>, metadata: Record<string, string> = {}): string | null => {
    const own = mkdtempSync(path.join(folder, 'case-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(own, name), text);
    return findLicence({ path: path.join(own, 'model.onnx'), metadata });
  };

  it('takes what the model states before what lies beside it', () => {
    assert.equal(beside({ LICENSE: 'MIT License\n' }, { License: ' AGPL-3.0 ' }), 'AGPL-3.0');
    assert.equal(beside({}, { description: 'none' }), null);
  });

  it('knows the common texts and the cards of model hubs', () => {
    assert.equal(beside({ LICENSE: '   Apache License\n   Version 2.0, January 2004\n' }), 'Apache-2.0');
    const mit = 'Copyright (c) 2020\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy';
    assert.equal(beside({ 'LICENSE.txt': mit }), 'MIT');
    assert.equal(beside({ 'README.md': '---\ntags: [x]\nlicense: "cc-by-nc-4.0"\n---\n# Card\n' }), 'cc-by-nc-4.0');
    assert.equal(beside({ 'README.md': '# license: not a head\n' }), null);
    assert.equal(beside({ LICENSE: '\n# Our own terms\nmore' }), 'Our own terms');
  });

  it('is not stopped by a folder of that name', () => {
    const own = mkdtempSync(path.join(folder, 'case-'));
    mkdirSync(path.join(own, 'LICENSE'));
    assert.equal(findLicence({ path: path.join(own, 'model.onnx'), metadata: {} }), null);
  });
});
