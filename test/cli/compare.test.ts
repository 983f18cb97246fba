import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import type { Comparison } from '../../src/protocol/compare.js';
import { CHANGED_CONV, writeStack } from './compareModels.js';
import { build, type Ended, run, workFolder } from './command.js';

const folder = workFolder();
const store = path.join(folder, 'store');
const model = (name: string): string => path.join(folder, `${name}.onnx`);
const report = (name: string): string => path.join(folder, `${name}.json`);

function profile(name: string, to: string, ...more: string[]): Ended {
  const words = ['profile', model(name), '--budget', '0.5', '--store', store, '--json', report(to), '--quiet', ...more];
  return run(words, folder);
}

const comparisonOf = (base: string, next: string, ...more: string[]): { comparison: Comparison; ended: Ended } => {
  const ended = run(['compare', report(base), report(next), '--json', '-', ...more], folder);
  return { comparison: JSON.parse(ended.out) as Comparison, ended };
};

describe('compare', () => {
  before(() => {
    build();
    writeStack(model('base'));
    writeStack(model('heavier'), { heavier: true });
    writeStack(model('unfused'), { unfused: true });
    for (let time = 0; time < 5; time += 1) assert.equal(profile('base', `base${time}`).code, 0);
    for (const name of ['heavier', 'unfused']) assert.equal(profile(name, name).code, 0);
    const words = ['quantize', model('base'), '--method', 'staticInt8', '--out', model('int8'), '--budget', '0.5'];
    assert.equal(run([...words, '--store', store, '--quiet'], folder).code, 0);
    assert.equal(profile('int8', 'int8').code, 0);
  });

  it('finds a report the same as itself', () => {
    const { comparison, ended } = comparisonOf('base0', 'base0', '--fail-on', '5%');
    assert.equal(ended.code, 0, ended.err);
    assert.ok(['same', 'inconclusive'].includes(comparison.verdict), comparison.verdict);
    const alarms = comparison.groups.filter(({ verdict }) => verdict !== 'same' && verdict !== 'unknown');
    assert.deepEqual(alarms, []);
  });

  // Whether noise raises an alarm is for a benchmark; what belongs together is not a matter of time.
  it('pairs every kernel of two runs of one model with itself', () => {
    for (let next = 1; next < 5; next += 1) {
      const { comparison } = comparisonOf('base0', `base${next}`);
      assert.equal(comparison.notes.filter(({ kind }) => kind === 'different').length, 0);
      for (const { baseOperatorIds, newOperatorIds, causes } of comparison.groups) {
        assert.deepEqual(baseOperatorIds, newOperatorIds);
        assert.deepEqual(causes, []);
      }
    }
  });

  it('catches the one Conv that does a third more, and names it', () => {
    const ended = run(['compare', report('base0'), report('heavier'), '--fail-on', '5%'], folder);
    assert.equal(ended.code, 1, ended.err);
    assert.match(ended.out, /Multiply-accumulates \+8\.\d %: .* More in: \/block2\/Conv \+33 %\./);
    assert.match(ended.out, /\/block2\/Conv .*\+33 % multiply-accumulates/);
    const { comparison } = comparisonOf('base0', 'heavier');
    const causes = comparison.groups.filter((group) => group.causes.length > 0).map(({ name }) => name);
    assert.deepEqual(causes, [CHANGED_CONV]);
  });

  it('names the fusion that broke, and compares both kernels with the one before', () => {
    const { comparison } = comparisonOf('base0', 'unfused');
    const group = comparison.groups.find(({ name }) => name === CHANGED_CONV);
    assert.deepEqual([group?.baseKernelIds.length, group?.newKernelIds.length], [1, 2]);
    assert.ok(
      group?.causes.some(({ code, params }) => code === 'compare.cause.unfused' && params['others'] === 'Relu'),
    );
    const ended = run(['compare', report('base0'), report('unfused')], folder);
    assert.match(ended.out, /\/block2\/Conv no longer fuses with Relu/);
    assert.match(ended.out, /Output .* is new\./);
  });

  it('pairs all compute layers of a float model with those of its integer form', () => {
    const { comparison } = comparisonOf('base0', 'int8');
    for (let block = 0; block < 5; block += 1) {
      const group = comparison.groups.find(({ name }) => name === `/block${block}/Conv`);
      assert.equal(group?.baseKernelIds.length, 1, `block ${block}`);
      assert.equal(group.newKernelIds.length, 1, `block ${block}`);
      assert.ok(group.causes.some(({ params }) => params['now'] === 'QLinearConv'));
      assert.equal(group.baseMacs, group.newMacs);
    }
    assert.equal(comparison.totals.macs.verdict, 'same');
    assert.equal(comparison.totals.weightBytes.verdict, 'better');
  });

  it('holds a profile to a baseline and to the budgets of the workspace', () => {
    const ended = profile('heavier', 'gated', '--baseline', report('base0'), '--fail-on', '5%');
    assert.equal(ended.code, 1);
    assert.match(ended.err, /Multiply-accumulates \+8\.\d %/);
    const settings = path.join(folder, 'inference-profiler.json');
    const budgets = (limits: object): void => {
      writeFileSync(settings, JSON.stringify({ models: { 'base.onnx': { budgets: limits } } }));
    };
    budgets({ fileBytes: 1000, medianMs: 60_000 });
    const over = profile('base', 'budget', '--config', settings);
    assert.equal(over.code, 1);
    assert.match(over.err, /Model size is 33\d KiB; the budget is 1,000 B\./);
    budgets({ fileBytes: 1e9, p99Ms: 60_000 });
    assert.equal(profile('base', 'within', '--config', settings).code, 0);
    budgets({ fileBites: 1 });
    assert.equal(profile('base', 'misspelt', '--config', settings).code, 2);
  });

  it('compares the last two runs of a model, and runs by the start of their ids', () => {
    const last = run(['compare', model('base'), '--store', store], folder);
    assert.equal(last.code, 0, last.err);
    assert.match(last.out, /byte for byte/);
    const { reportId } = JSON.parse(readFileSync(report('base1'), 'utf8')) as { reportId: string };
    const byId = run(['compare', reportId.slice(0, 12), model('int8'), '--store', store], folder);
    assert.equal(byId.code, 0, byId.err);
    assert.match(byId.out, /base\.onnx.* → int8\.onnx/);
    const none = run(['compare', 'no-such-run', model('int8'), '--store', store], folder);
    assert.equal(none.code, 2);
    assert.match(none.err, /There is no report no-such-run/);
  });

  it('writes Markdown, JSON and HTML, and passes what noise leaves open unless asked not to', () => {
    const { ended } = comparisonOf('base0', 'base1');
    assert.match(ended.out, /^\{"verdict":"\w+","totals":\{"latencyNs":/);
    const md = run(['compare', report('base0'), report('heavier'), '--md', '-'], folder);
    assert.match(md.out, /^<!-- inference-profiler comparison -->\n### /);
    assert.match(md.out, /\| `\/block2\/Conv` Conv/);
    const html = path.join(folder, 'compared.html');
    const words = ['compare', report('base0'), report('heavier'), '--html', html, '--quiet'];
    assert.equal(run(words, folder).code, 0);
    assert.match(readFileSync(html, 'utf8'), /id="page-state">\{.*"comparison":\{/);
    assert.equal(run(words, folder).code, 2, 'an existing file is not overwritten unasked');
    const call = run(['compare', report('base0'), report('base1'), '--fail-on', 'much'], folder);
    assert.equal(call.code, 2);
  });

  it('compares the working file with the one at HEAD, and touches no repository for it', () => {
    const repository = path.join(folder, 'repository');
    mkdirSync(repository);
    const git = (...words: string[]): void => {
      const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
      const { status, stderr } = spawnSync('git', [...identity, ...words], { cwd: repository, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    git('init', '-q');
    copyFileSync(model('base'), path.join(repository, 'a model.onnx'));
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    copyFileSync(model('heavier'), path.join(repository, 'a model.onnx'));
    // What a repository configures is not started.
    const witness = path.join(folder, 'started');
    git('config', 'core.fsmonitor', `touch ${witness}; false`);
    const words = ['compare', '--head', path.join(repository, 'a model.onnx'), '--budget', '0.5', '--store', store];
    const ended = run([...words, '--fail-on', '5'], folder);
    assert.equal(ended.code, 1, ended.err);
    assert.match(ended.out, /a model\.onnx, .*commit [0-9a-f]{7} → a model\.onnx/);
    assert.match(ended.out, /More in: \/block2\/Conv \+33 %/);
    assert.throws(() => readFileSync(witness));
    const outside = run(['compare', '--head', model('base'), '--budget', '0.5', '--store', store], folder);
    assert.equal(outside.code, 2);
    assert.match(outside.err, /no git repository/);
  });
});
