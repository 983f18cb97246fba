import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { ExpectedError } from '../../src/core/common/errors.js';
import { fileAtCommit, modelAtCommit } from '../../src/runner/gitFile.js';

const folder = mkdtempSync(path.join(tmpdir(), 'git-file-'));
const repository = path.join(folder, 'repository');
const models = path.join(repository, 'mo dels');
const target = (name: string): string => path.join(folder, 'out', name);

function git(...words: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = spawnSync('git', [...identity, ...words], { cwd: repository, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

const isExpected =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof ExpectedError && error.failureMessage.code === code;

describe('files of a commit', () => {
  const content = Buffer.from([0, 1, 2, 13, 10, 255, 10]);
  const kept = Buffer.from('what Git LFS keeps');
  const oid = createHash('sha256').update(kept).digest('hex');
  const pointer = (of: string): string =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${of}\nsize ${kept.length}\n`;
  let commit = '';

  before(() => {
    mkdirSync(models, { recursive: true });
    git('init', '-q');
    writeFileSync(path.join(models, 'a.onnx'), content);
    writeFileSync(path.join(models, 'a.onnx.data'), 'weights');
    writeFileSync(path.join(models, 'here.onnx'), pointer(oid));
    writeFileSync(path.join(models, 'missing.onnx'), pointer('0'.repeat(64)));
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    commit = git('rev-parse', 'HEAD');
    const object = path.join(repository, '.git', 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4));
    mkdirSync(object, { recursive: true });
    writeFileSync(path.join(object, oid), kept);
    writeFileSync(path.join(models, 'a.onnx'), 'changed since');
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('come byte for byte, from HEAD and from a hash', async () => {
    for (const [index, name] of ['HEAD', commit.slice(0, 8)].entries()) {
      const found = await fileAtCommit(path.join(models, 'a.onnx'), name, target(`${index}.onnx`));
      assert.equal(found.commit, commit);
      assert.deepEqual(readFileSync(target(`${index}.onnx`)), content);
    }
  });

  it('come from the objects of Git LFS, and say so where those were not fetched', async () => {
    await fileAtCommit(path.join(models, 'here.onnx'), 'HEAD', target('here.onnx'));
    assert.deepEqual(readFileSync(target('here.onnx')), kept);
    const missing = fileAtCommit(path.join(models, 'missing.onnx'), 'HEAD', target('missing.onnx'));
    await assert.rejects(missing, isExpected('compare.git.lfs'));
    assert.ok(!existsSync(target('missing.onnx')));
  });

  it('come with the files that hold their weights, which stay inside the folder', async () => {
    const inside = await modelAtCommit(path.join(models, 'a.onnx'), 'HEAD', target('whole'), () =>
      Promise.resolve(['a.onnx.data']),
    );
    assert.deepEqual(readFileSync(inside.path), content);
    assert.equal(readFileSync(path.join(target('whole'), 'a.onnx.data'), 'utf8'), 'weights');
    const outside = modelAtCommit(path.join(models, 'a.onnx'), 'HEAD', target('escape'), () =>
      Promise.resolve(['../a.onnx.data']),
    );
    await assert.rejects(outside, isExpected('compare.git.missing'));
  });

  it('are refused in words: not committed, no repository, no commit, an option for a commit', async () => {
    writeFileSync(path.join(models, 'new.onnx'), 'x');
    const at = (file: string, name: string): Promise<unknown> => fileAtCommit(file, name, target('none.onnx'));
    await assert.rejects(at(path.join(models, 'new.onnx'), 'HEAD'), isExpected('compare.git.missing'));
    writeFileSync(path.join(folder, 'b.onnx'), 'x');
    await assert.rejects(at(path.join(folder, 'b.onnx'), 'HEAD'), isExpected('compare.git.noRepository'));
    await assert.rejects(at(path.join(models, 'a.onnx'), '--output=x'), isExpected('compare.git.commit'));
    await assert.rejects(at(path.join(models, 'a.onnx'), 'f'.repeat(40)), isExpected('compare.git.noRepository'));
  });

  it('start nothing that the repository configures', async () => {
    const witness = path.join(folder, 'started');
    git('config', 'core.fsmonitor', `touch '${witness}'; false`);
    git('config', 'diff.bin.textconv', `touch '${witness}'; cat`);
    git('config', 'filter.bin.smudge', `touch '${witness}'; cat`);
    writeFileSync(path.join(repository, '.git', 'info', 'attributes'), '*.onnx filter=bin diff=bin\n');
    await fileAtCommit(path.join(models, 'a.onnx'), 'HEAD', target('quiet.onnx'));
    assert.deepEqual(readFileSync(target('quiet.onnx')), content);
    assert.ok(!existsSync(witness));
  });
});
