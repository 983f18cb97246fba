import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { inlineFunctions } from '../../src/core/model/inline.js';
import { readModel } from '../../src/core/model/read.js';
import { withSafeNames } from '../../src/core/model/safeNames.js';
import { summarizeModel } from '../../src/core/model/summary.js';
import { writeModel } from '../../src/core/model/write.js';
import { fixture, type FixtureName } from '../models/index.js';
import { Random } from '../models/random.js';

const folder = mkdtempSync(path.join(tmpdir(), 'model-fuzz-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** true when the bytes parse; whatever is not one of our errors fails the test. */
function survives(bytes: Uint8Array): boolean {
  const file = path.join(folder, 'mutated.onnx');
  writeFileSync(file, bytes);
  try {
    const model = readModel(file);
    const inlined = inlineFunctions(model);
    summarizeModel(model);
    writeModel(withSafeNames(inlined).model, { weights: 'reference' });
    return true;
  } catch (error) {
    assert.ok(error instanceof Error && 'kind' in error && error.kind === 'expected', (error as Error).stack);
    return false;
  }
}

const models: FixtureName[] = ['cnn', 'branches', 'functions', 'dataTypes', 'externalData', 'loop'];

describe('a damaged model', () => {
  it('cut off anywhere is refused', () => {
    for (const name of models) {
      const bytes = readFileSync(fixture(name));
      for (let length = 0; length < bytes.length; length += 97) {
        const parsed = survives(bytes.subarray(0, length));
        // After the graph come only opsets and functions, which end at field borders too.
        assert.ok(!parsed || length > bytes.length / 2, `${name} cut at ${length} parsed`);
      }
    }
  });

  it('with bytes changed is read or refused, 2,000 times', () => {
    const random = new Random(97);
    let parsed = 0;
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.from(readFileSync(fixture(models[round % models.length]!)));
      // Half of them in the first part, where structure is.
      const reach = round % 2 === 0 ? bytes.length : Math.min(bytes.length, 2000);
      for (let change = random.integer(4); change >= 0; change--) bytes[random.integer(reach)] = random.integer(256);
      if (survives(bytes)) parsed++;
    }
    assert.ok(parsed > 200 && parsed < 1900, `${parsed} of 2000 parsed: the mutations test nothing`);
  });

  it('of zeros, of ones, of noise is refused', () => {
    const random = new Random(3);
    assert.ok(!survives(new Uint8Array(100_000)));
    assert.ok(!survives(new Uint8Array(100_000).fill(0xff)));
    for (let round = 0; round < 200; round++) survives(Uint8Array.from({ length: 300 }, () => random.integer(256)));
  });
});
