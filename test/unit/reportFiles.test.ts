import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';

import { readGitState } from '../../src/core/report/git.js';
import { writeHtml } from '../../src/core/report/html.js';
import { writeFileSafely } from '../../src/core/report/outputFile.js';
import { toFailure } from '../../src/core/common/errors.js';
import type { PageState } from '../../src/protocol/webview.js';
import { hostile } from '../models/special.js';
import { staticReport } from './reportFixture.js';

const folder = mkdtempSync(path.join(tmpdir(), 'report-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('writeHtml', () => {
  const report = staticReport(hostile(), 'models/<img src=x onerror=alert(1)>.onnx');
  const script = 'const a = "</script>", b = "<!--";\r\nrun(a, b);';
  const html = writeHtml(report, { script, style: 'p::after { content: "</style>" }' });

  it('holds the report as data that cannot leave its element', () => {
    const data = /<script type="application\/json" id="page-state">([^<]*)<\/script>/.exec(html)?.[1];
    assert.ok(data);
    const state = JSON.parse(data) as PageState;
    assert.equal(state.surface, 'document');
    assert.deepEqual(state.report, report);
  });

  it('has the elements that it means, whatever the names', () => {
    const count = (pattern: RegExp): number => html.match(pattern)?.length ?? 0;
    assert.equal(count(/<script/g), 2);
    assert.equal(count(/<\/script>/g), 2);
    assert.equal(count(/<\/style>/g), 1);
    assert.equal(count(/<img/g), 0);
    assert.match(html, /<title>&lt;img src=x onerror=alert\(1\)&gt;\.onnx – Inference Profiler<\/title>/);
  });

  it('lets exactly its own script and style run', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const inlineScript = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    const inlineStyle = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    assert.ok(policy.includes(`script-src ${hash(inlineScript)}`));
    assert.ok(policy.includes(`style-src ${hash(inlineStyle)}`));
    // Escaped, it still says the same.
    const seen: string[] = [];
    runInNewContext(inlineScript, { run: (...values: string[]) => seen.push(...values) });
    assert.deepEqual(seen, ['</script>', '<!--']);
  });
});

describe('writeFileSafely', () => {
  const write = (file: string, text: string, overwrite = false): Promise<void> =>
    writeFileSafely(file, text, { overwrite });
  const codeOf = async (run: Promise<void>): Promise<string> =>
    run.then(
      () => 'written',
      (error: unknown) => toFailure(error).message.code,
    );

  it('makes folders, fills an empty file, replaces when asked and leaves nothing beside it', async () => {
    const file = path.join(folder, 'out', 'report.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
    await write(file, '{"schemaVersion":1}\n');
    assert.equal(await codeOf(write(file, '{}')), 'report.output.exists');
    await write(file, '{"schemaVersion":1,"again":true}\n', true);
    assert.equal(readFileSync(file, 'utf8'), '{"schemaVersion":1,"again":true}\n');
    assert.deepEqual(readdirSync(path.dirname(file)), ['report.json']);
  });

  it('does not replace what others wrote unless asked', async () => {
    const file = path.join(folder, 'model.onnx');
    writeFileSync(file, 'weights');
    assert.equal(await codeOf(write(file, '{}')), 'report.output.exists');
    assert.equal(readFileSync(file, 'utf8'), 'weights');
    assert.equal(await codeOf(write(file, '{}', true)), 'written');
    assert.equal(readFileSync(file, 'utf8'), '{}');
  });

  it('writes parts one after the other, whatever their length', async () => {
    // Characters of two, three and four bytes, so that one lies where a buffer ends.
    const parts = ['{', 'aé€😀'.repeat(200_000), '', 'b', 'é'.repeat(700_000), '}\n'];
    const file = path.join(folder, 'parts.json');
    await writeFileSafely(file, parts, { overwrite: false });
    assert.ok(readFileSync(file, 'utf8') === parts.join(''));
  });

  it('says what cannot be written', async () => {
    assert.equal(await codeOf(write(path.join(folder, 'model.onnx', 'inside.json'), '{}')), 'report.output.unwritable');
    assert.equal(await codeOf(write(folder, '{}', true)), 'report.output.unwritable');
  });
});

describe('readGitState', () => {
  const repository = path.join(folder, 'repository');
  const model = path.join(repository, 'models', 'a.onnx');
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {
      encoding: 'utf8',
    }).trim();

  it('knows the commit, and whether it holds the model as it is', () => {
    mkdirSync(path.dirname(model), { recursive: true });
    writeFileSync(model, 'one');
    git('init', '-q');
    assert.equal(readGitState(model), null, 'before the first commit');
    writeFileSync(path.join(repository, 'other.txt'), 'x');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const commit = git('rev-parse', 'HEAD');
    assert.deepEqual(readGitState(model), { commit, dirty: false });
    for (const version of ['2', '3', '4']) {
      git('update-index', '--index-version', version);
      assert.deepEqual(readGitState(model), { commit, dirty: false }, `index version ${version}`);
    }
    writeFileSync(model, 'another');
    assert.deepEqual(readGitState(model), { commit, dirty: true });
    writeFileSync(model, 'one');
    utimesSync(model, 1, 1);
    assert.deepEqual(readGitState(model), { commit, dirty: true }, 'touched');
    const untracked = path.join(repository, 'b.onnx');
    writeFileSync(untracked, 'two');
    assert.deepEqual(readGitState(untracked), { commit, dirty: true });
  });

  it('finds packed branches, detached commits and linked work trees', () => {
    const commit = git('rev-parse', 'HEAD');
    git('pack-refs', '--all');
    assert.equal(readGitState(model)?.commit, commit);
    git('worktree', 'add', '-q', path.join(folder, 'linked'), '-b', 'linked');
    assert.deepEqual(readGitState(path.join(folder, 'linked', 'models', 'a.onnx')), { commit, dirty: false });
    git('checkout', '-q', '--detach');
    assert.equal(readGitState(model)?.commit, commit);
  });

  it('is quiet about damaged repositories', () => {
    const damaged = path.join(folder, 'damaged');
    mkdirSync(path.join(damaged, '.git'), { recursive: true });
    const file = path.join(damaged, 'a.onnx');
    writeFileSync(file, 'x');
    writeFileSync(path.join(damaged, '.git', 'HEAD'), 'ref: refs/../../../etc/passwd\n');
    assert.equal(readGitState(file), null);
    writeFileSync(path.join(damaged, '.git', 'HEAD'), `${'a'.repeat(40)}\n`);
    writeFileSync(path.join(damaged, '.git', 'index'), Buffer.concat([Buffer.from('DIRC'), Buffer.alloc(40, 3)]));
    assert.deepEqual(readGitState(file), { commit: 'a'.repeat(40), dirty: true });
  });
});
