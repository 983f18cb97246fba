import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { modelSettingsFor } from '../../src/core/configs/modelSettings.js';
import { matchesGlob } from '../../src/core/configs/glob.js';
import { hasChangedSince } from '../../src/store/changedSince.js';

describe('a profiled file', () => {
  let folder = '';
  let file = '';
  const content = 'model content';
  const profiled = {
    createdAt: '2026-03-01T00:00:00.000Z',
    fileBytes: content.length,
    contentSha256: createHash('sha256').update(content).digest('hex'),
  };
  const write = async (text: string, time: string): Promise<void> => {
    await writeFile(file, text);
    await utimes(file, new Date(time), new Date(time));
  };
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'changed-test-'));
    file = path.join(folder, 'det.onnx');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('has changed when its content is another, whatever size and time say', async () => {
    await write(content, '2026-02-01T00:00:00Z');
    assert.equal(await hasChangedSince(profiled, file), false);
    await write(content, '2026-04-01T00:00:00Z');
    assert.equal(await hasChangedSince(profiled, file), false, 'touched only');
    await write('model_content', '2026-05-01T00:00:00Z');
    assert.equal(await hasChangedSince(profiled, file), true, 'same size');
    await write('model content, longer', '2026-02-01T00:00:00Z');
    assert.equal(await hasChangedSince(profiled, file), true, 'older, of another size');
  });

  it('has changed when it is newer and nobody knows its content', async () => {
    await write(content, '2026-06-01T00:00:00Z');
    assert.equal(await hasChangedSince({ ...profiled, contentSha256: null }, file), true);
  });

  it('has not changed when it is gone', async () => {
    assert.equal(await hasChangedSince(profiled, path.join(folder, 'gone.onnx')), false);
  });
});

describe('settings shared for a model', () => {
  it('come from every entry that names it, later ones over earlier ones', () => {
    const file = {
      models: {
        '**/*.onnx': { dimensions: { batch: 1, height: 224 }, threads: 1 },
        'models/det.onnx': { dimensions: { height: 640 } },
        'other/*.onnx': { threads: 8 },
      },
    };
    assert.deepEqual(modelSettingsFor(file, 'models/det.onnx'), {
      dimensions: { batch: 1, height: 640 },
      inputs: {},
      threads: 1,
    });
    assert.equal(modelSettingsFor(file, 'models/det.ort'), null);
  });

  it('match globs by segments', () => {
    assert.ok(matchesGlob('a/b/c.onnx', '**/c.onnx'));
    assert.ok(matchesGlob('c.onnx', '**/c.onnx'));
    assert.ok(matchesGlob('a/b/c.onnx', './a/**'));
    assert.ok(matchesGlob('a/b/c.onnx', 'a/*/?.on*x'));
    assert.ok(!matchesGlob('a/b/c.onnx', '*/c.onnx'));
    assert.ok(!matchesGlob('a/b/c.onnx', 'a/b'));
    assert.ok(!matchesGlob('axb', 'a.b'));
  });

  it('match a hostile glob as fast as any other', () => {
    assert.ok(!matchesGlob('a'.repeat(2000), `${'*a'.repeat(500)}b`));
    assert.ok(!matchesGlob('a/'.repeat(300), `${'**/a/'.repeat(100)}b`));
  });
});
