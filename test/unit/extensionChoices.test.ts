import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { mergePicks, pageChoices, runOptions } from '../../src/extension/session/choices.js';
import type { Report, Scenario } from '../../src/protocol/report.js';
import { sampleReport } from './store/sampleReport.js';
import { deliveredSettings, nothingChosen } from './support/runChoices.js';

function reportWith(dimensions: Scenario['dimensions'], threads = 2): Report {
  return sampleReport({ scenarios: [{ dimensions, run: { threads } } as Scenario] });
}

describe('choices of a run', () => {
  it('takes each dimension from the most trusted source that names it', () => {
    const options = runOptions({
      ...nothingChosen,
      picks: { dimensions: { a: 1 } },
      workspaceFile: { dimensions: { a: 2, b: 2 } },
      lastUsed: { dimensions: { a: 3, b: 3, c: 3 } },
    });
    assert.deepEqual(
      new Map(options.dimensions.map(({ name, values, source }) => [name, [...values, source]])),
      new Map([
        ['a', [1, 'user']],
        ['b', [2, 'workspaceFile']],
        ['c', [3, 'lastUsed']],
      ]),
    );
  });

  it('falls back to the settings, and turns limits into bytes', () => {
    const options = runOptions({
      ...nothingChosen,
      settings: { ...deliveredSettings, threads: 3, memoryLimitMiB: 512 },
    });
    assert.equal(options.threads, 3);
    assert.equal(options.memoryLimitBytes, 512 * 2 ** 20);
    assert.equal(runOptions(nothingChosen).memoryLimitBytes, null);
    assert.equal(runOptions({ ...nothingChosen, lastUsed: { threads: 1 } }).threads, 1);
    assert.equal(runOptions({ ...nothingChosen, workspaceFile: { threads: 4 }, lastUsed: { threads: 1 } }).threads, 4);
  });

  it('can pick synthetic inputs although the team shares files', () => {
    const workspaceFile = { inputs: { x: '/w/x.npy' } };
    assert.deepEqual(runOptions({ ...nothingChosen, workspaceFile }).inputs, [{ name: 'x', path: '/w/x.npy' }]);
    assert.deepEqual(runOptions({ ...nothingChosen, workspaceFile, picks: { inputs: [] } }).inputs, []);
  });

  it('keeps labels with the samples that they are of', () => {
    const inputs = [{ name: null, path: '/w/pages' }];
    const labelled = mergePicks(mergePicks({ threads: 1 }, { inputs }), { labels: '/w/labels.csv' });
    assert.deepEqual(labelled, { threads: 1, inputs, labels: '/w/labels.csv', dimensions: {} });
    const next = runOptions({ ...nothingChosen, lastUsed: labelled });
    assert.equal(next.labels, '/w/labels.csv');
    assert.equal(pageChoices(next, null).labels, 'labels.csv');
    const without = { ...nothingChosen, lastUsed: labelled, picks: { labels: null } };
    assert.equal(runOptions(without).labels, undefined);
    // Other samples have other classes, and synthetic ones have none.
    assert.equal(mergePicks(labelled, { inputs: [{ name: null, path: '/w/others' }] }).labels, null);
    assert.equal(runOptions({ ...nothingChosen, lastUsed: { labels: '/w/labels.csv' } }).labels, undefined);
  });

  it('writes the command with what differs from the defaults, and no provider that is none', () => {
    assert.equal(runOptions(nothingChosen).command, 'inference-profiler profile');
    const picks = { threads: 2, optimization: 'basic' } as const;
    const memory = { ...deliveredSettings, memoryLimitMiB: 512, budgetSeconds: 20, provider: 'webgpu' };
    assert.equal(
      runOptions({ ...nothingChosen, picks, settings: memory }).command,
      'inference-profiler profile --provider webgpu --threads 2 --optimization basic --budget 20 --memory-limit 512',
    );
    const hostile = { ...nothingChosen, workspaceFile: { provider: '$(rm -rf ~)' } };
    assert.equal(runOptions(hostile).command, 'inference-profiler profile');
  });

  it('marks as assumed only what nobody decided', () => {
    const report = reportWith([
      { name: 'batch', value: 1, source: 'symbolName' },
      { name: 'height', value: 640, source: 'workspaceFile' },
      { name: 'width', value: 640, source: 'default' },
    ]);
    const options = runOptions({ ...nothingChosen, picks: { dimensions: { width: 320 } } });
    assert.deepEqual(pageChoices(options, report).dimensions, [
      { name: 'batch', value: 1, assumed: true },
      { name: 'height', value: 640, assumed: false },
      { name: 'width', value: 320, assumed: false },
    ]);
  });

  it('names the input by its file, never by its folder', () => {
    const options = runOptions({ ...nothingChosen, picks: { inputs: [{ name: 'x', path: '/secret/place/x.npy' }] } });
    assert.equal(pageChoices(options, null).input, 'x.npy');
    assert.equal(pageChoices(options, null).inputAssumed, false);
    assert.equal(pageChoices(runOptions(nothingChosen), reportWith([])).threads, 2);
  });
});
