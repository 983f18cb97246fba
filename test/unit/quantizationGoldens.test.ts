import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { BLOCK_FORMATS, STATIC_SCHEMES } from '../../src/core/quantization/types.js';
import { goldenModels } from './quantizationGoldenModels.js';
import { goldenOf } from './quantizationGraph.js';

const folder = path.join(import.meta.dirname, '../fixtures/quantization');

describe('graphs before and after', () => {
  for (const [name, { model, methods }] of Object.entries(goldenModels))
    it(name, () => {
      const golden = readFileSync(path.join(folder, `${name}.txt`), 'utf8').replaceAll('\r\n', '\n');
      assert.deepEqual(goldenOf(model(), methods).split('\n'), golden.split('\n'));
    });

  it('show every method, and there is no file without a model', () => {
    const shown = new Set(Object.values(goldenModels).flatMap(({ methods }) => methods));
    const all = [...Object.keys(STATIC_SCHEMES), ...Object.keys(BLOCK_FORMATS)];
    for (const method of [...all, 'dynamicInt8', 'mixedStaticDynamic', 'float16'])
      assert.ok(shown.has(method as never), method);
    assert.deepEqual(
      readdirSync(folder).sort(),
      Object.keys(goldenModels)
        .map((name) => `${name}.txt`)
        .sort(),
    );
  });
});
