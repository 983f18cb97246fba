/**
 * Every file of test/fixtures/configs with the hints that it gives beside it. A new file is a new case:
 * `GOLDENS=write npm run test:unit -- -- configGoldens` writes what is missing, to be read before it is committed.
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

import { LinePositions } from '../../src/core/configs/engine.js';
import { readConfigs } from './support/languages.js';
import { described, hintsIn, type World } from './support/hintWorld.js';

const folder = path.resolve(import.meta.dirname, '../fixtures/configs');
const GOLDEN = '.golden.txt';
/** Code that the compiler and the linter are to leave alone is named so. */
const fileName = (name: string): string => name.replace(/\.txt$/, '');
const cases = readdirSync(folder, { recursive: true })
  .map((name) => String(name).split(path.sep).join('/'))
  .filter((name) => /\/[^/]+\.[^/]+$/.test(name) && !name.endsWith(GOLDEN))
  .sort();

/** One machine, one model, a rate and a target, the same for all. */
const world: World = {
  models: {
    'models/det.onnx': {
      medianMs: 40,
      capacity: [
        { batch: 1, ms: 40 },
        { batch: 2, ms: 76 },
        { batch: 4, ms: 148 },
        { batch: 8, ms: 290 },
        { batch: 1, sessions: 2, threads: 1, ms: 74 },
        { batch: 8, sessions: 2, threads: 1, ms: 560 },
      ],
    },
  },
  workspaceFile: { models: { 'models/det.onnx': { configs: ['vllm/*', 'azureMl/kubernetes.yml'] } } },
  serving: { rate: 50, targetMs: 150, thisMachine: 'c7a.large' },
};

describe('hints of the configs that people have', () => {
  for (const name of cases)
    it(name, () => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      const lines = described(hintsIn(text, fileName(name), world), text, new LinePositions(text));
      const found = `${lines.join('\n')}\n`;
      const golden = path.join(folder, name + GOLDEN);
      if (process.env.GOLDENS === 'write' && !existsSync(golden)) writeFileSync(golden, found);
      assert.equal(found, readFileSync(golden, 'utf8').replaceAll('\r\n', '\n'));
    });

  it('reads every beginning of every file without throwing, and with places inside the text', () => {
    for (const name of cases) {
      const text = readFileSync(path.join(folder, name), 'utf8');
      for (let end = 0; end < text.length; end += 50) {
        const part = text.slice(0, end);
        for (const { range } of hintsIn(part, fileName(name), world))
          assert.ok(range.start >= 0 && range.start <= range.end && range.end <= part.length, `${name} cut at ${end}`);
      }
    }
  });

  it('reads the same after every edit as from the beginning', () => {
    for (const name of cases.filter((each) => /\.ya?ml$/.test(each))) {
      const text = readFileSync(path.join(folder, name), 'utf8');
      let previous = readConfigs('', name);
      for (let end = 0; end <= text.length; end += 97) {
        const part = text.slice(0, end) + text.slice(Math.min(text.length, end + 40));
        previous = readConfigs(part, name, previous);
        assert.deepEqual(previous.configs, readConfigs(part, name).configs, `${name} at ${end}`);
      }
    }
  });
});
