import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import type { Report } from '../../src/protocol/report.js';
import { realModels } from '../models/index.js';
import { build, cli, type Ended, run, workFolder } from './command.js';
import { spawnSync } from 'node:child_process';

const folder = workFolder();
before(build);

/** One sentence on standard error, nothing on standard output, no stack. */
function assertSentence(ended: Ended, code: number, says: RegExp): void {
  assert.equal(ended.code, code, ended.err);
  assert.equal(ended.out, '');
  assert.match(ended.err, says);
  assert.doesNotMatch(ended.err, /\n\s+at |undefined|\{\w+\}|Something went wrong/);
  assert.ok(ended.err.trim().split('\n').length <= 2, ended.err);
  assert.ok(ended.err.length < 600, ended.err);
}

describe('a call that is wrong', () => {
  const model = realModels.cls;
  const calls: [string[], RegExp][] = [
    [['no-such-command'], /unknown command/],
    [['quantize', model, '--method', 'guess'], /--method needs one of staticInt8, .*float16; “guess” is not one/],
    [['quantize', model, '--calibration', 'guess'], /--calibration needs minMax, percentile or entropy/],
    [['inspect'], /missing required argument/],
    [['inspect', model, '--frobnicate'], /unknown option/],
    [['inspect', model, 'another'], /too many arguments/],
    [['inspect', model, '--threads', '2'], /unknown option/],
    [['inspect', model, '--dim', 'n'], /--dim needs NAME=N/],
    [['inspect', model, '--dim', 'n=x'], /--dim needs NAME=N/],
    [['inspect', model, '--dim', 'height=5'], /no dimension “height”.*p2o\.DynamicDimension\.0/],
    [['inspect', model, '--dim', 'x:1=4'], /“x:1” is fixed at 3/],
    [['inspect', model, '--dim', 'x:2=0'], /whole number from 1/],
    [['inspect', model, '--config', 'no-such-file.json'], /no-such-file\.json cannot be read/],
    [['profile', model, '--dim', 'height=5'], /no dimension “height”/],
    [['profile', model, '--budget', '-1'], /--budget needs seconds/],
    [['profile', model, '--threads', 'many'], /--threads needs a whole number/],
    [['profile', model, '--optimization', 'most'], /disabled, basic, extended, all/],
    [['profile', model, '--input', 'x'], /--input needs NAME=FILE/],
    [['profile', model, '--input', 'x=no-such.npy'], /no-such\.npy/],
    [['export', model], /--html FILE, --md FILE, --csv FILE, --json FILE or --trace FILE/],
    [['export', 'no-such.json', '--json', '-'], /no report file/],
    [['export', model, '--json', '-'], /not JSON/],
    [['scan', 'no-such-folder'], /no folder or file no-such-folder/],
  ];
  for (const [words, says] of calls)
    it(`${words.map((word) => path.basename(word)).join(' ')} ends with 2`, () => {
      assertSentence(run(words), 2, says);
    });

  it('without a command shows how to call it, and ends with 2', () => {
    const { code, out, err } = run([]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /Usage: inference-profiler/);
  });
});

describe('a file that is no model', () => {
  const files: [string, string | Buffer, RegExp][] = [
    ['empty.onnx', '', /empty/i],
    ['text.onnx', 'not a model\n', /text/i],
    ['pointer.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n', /git lfs pull/i],
    ['zeros.onnx', Buffer.alloc(4096), /./],
    ['steering\u001b[31m.onnx', 'not a model\n', /./],
  ];
  const truncated = path.join(folder, 'truncated.onnx');
  before(() => {
    for (const [name, content] of files) writeFileSync(path.join(folder, name), content);
    copyFileSync(realModels.cls, truncated);
    truncateSync(truncated, 100_000);
    mkdirSync(path.join(folder, 'directory.onnx'));
  });
  for (const command of ['inspect', 'profile']) {
    for (const [name, , says] of files)
      it(`${command} ${JSON.stringify(name)} ends with 2 and a sentence`, () => {
        const ended = run([command, path.join(folder, name)]);
        assertSentence(ended, 2, says);
        assert.ok(!ended.err.includes('\u001b'), 'a name may not steer the terminal');
      });
    it(`${command} of a truncated, a missing file and a folder ends with 2`, () => {
      assertSentence(run([command, truncated]), 2, /./);
      assertSentence(run([command, path.join(folder, 'missing.onnx')]), 2, /missing\.onnx/);
      assertSentence(run([command, path.join(folder, 'directory.onnx')]), 2, /directory\.onnx/);
    });
  }
});

describe('a bug', () => {
  it('ends with 70 and says where the log is', () => {
    // A command that was torn out of its folder has no page to write.
    const alone = path.join(folder, 'alone.js');
    copyFileSync(cli, alone);
    for (const part of ['commands.js', 'texts.js', 'validateReport.js', 'validateWorkspaceFile.js'])
      copyFileSync(path.join(path.dirname(cli), part), path.join(folder, part));
    const report = path.join(folder, 'report.json');
    assert.equal(run(['inspect', realModels.cls, '--json', report, '--quiet']).code, 0);
    const { status, stderr } = spawnSync(
      process.execPath,
      [alone, 'export', report, '--html', path.join(folder, 'a.html')],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 70, stderr);
    const log = /Details are in (.+)/.exec(stderr)?.[1] ?? '';
    assert.match(
      readFileSync(log, 'utf8'),
      /error Error: (ENOENT.*page|Cannot find module.*validateReport)\.js[\s\S]*\n\s+at /,
    );
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
});

describe('help', () => {
  it('is a result: exit 0, on standard output, every command and exit code in it', () => {
    const { code, out, err } = run(['--help']);
    assert.deepEqual([code, err], [0, '']);
    for (const word of ['scan', 'inspect', 'profile', 'export', '70']) assert.ok(out.includes(word), word);
    const profile = run(['profile', '--help']).out;
    for (const flag of [
      '--json',
      '--store',
      '--config',
      '--quiet',
      '--dim',
      '--input',
      '--input-dir',
      '--seed',
      '--provider',
      '--threads',
      '--optimization',
      '--budget',
      '--memory-limit',
      '--html',
    ])
      assert.ok(profile.includes(`${flag} `), flag);
  });
});

describe('a profile that ONNX Runtime wrote', () => {
  const trace = path.join(folder, 'profile.json');

  it('is exported as a report, with the model beside it, or the one that is named', () => {
    const fixtures = path.join(import.meta.dirname, '../fixtures/traces');
    copyFileSync(path.join(fixtures, 'cnn.trace.json'), trace);
    const alone = run(['export', trace, '--json', '-']);
    assert.equal(alone.code, 0, alone.err);
    const report = JSON.parse(alone.out) as Report;
    assert.deepEqual(
      [report.status, report.model.nodeCount, report.scenarios[0]?.kernels.length],
      ['imported', null, 9],
    );
    const model = path.join(fixtures, 'cnn.original.onnx');
    const named = run(['export', trace, '--model', model, '--md', path.join(folder, 'trace.md'), '--json', '-']);
    assert.equal((JSON.parse(named.out) as Report).model.nodeCount, 15);
    assert.match(readFileSync(path.join(folder, 'trace.md'), 'utf8'), /cnn\.original\.onnx/);
    copyFileSync(model, path.join(folder, 'beside.onnx'));
    const found = JSON.parse(run(['export', trace, '--json', '-']).out) as Report;
    assert.equal(path.basename(found.model.path), 'beside.onnx');
  });

  it('goes to standard output in any one format, without another word there', () => {
    const csv = run(['export', trace, '--csv', '-']);
    assert.equal(csv.code, 0, csv.err);
    assert.match(csv.out, /^record,[\s\S]*\nkernel,/);
    assert.doesNotMatch(csv.out + csv.err, /Wrote/);
    assert.match(run(['export', trace, '--md', '-']).out, /^#/);
    assertSentence(run(['export', trace, '--md', '-', '--csv', '-']), 2, /Only one format can go to standard output/);
  });

  it('is refused in words where it holds no run', () => {
    writeFileSync(trace, '[]');
    assertSentence(run(['export', trace, '--json', '-']), 2, /profile\.json holds no run/);
  });
});
