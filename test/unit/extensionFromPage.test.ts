import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseFromPage } from '../../src/extension/panel/fromPage.js';

const describeValue = (value: unknown): string => JSON.stringify({ value }).slice(0, 80);

describe('messages from the page', () => {
  it('lets every intent through as it is', () => {
    const intents = [
      { type: 'ready' },
      { type: 'profile' },
      { type: 'measureLonger', budgetSeconds: 30 },
      { type: 'inspectOnly' },
      { type: 'tryQuantization' },
      { type: 'chooseCalibrationInputs' },
      { type: 'saveQuantized', planId: 'p3' },
      { type: 'remedy', remedy: { type: 'tryQuantization' } },
      { type: 'stop' },
      { type: 'cancel' },
      { type: 'changeChip', chip: 'dimension', name: 'batch' },
      { type: 'changeChip', chip: 'threads' },
      { type: 'remedy', remedy: { type: 'profileWithMemory', memoryLimitMiB: 4096 } },
      {
        type: 'remedy',
        remedy: { type: 'useDimensions', dimensions: [{ name: 'x:2', value: 640 }], label: '640 × 640' },
      },
      { type: 'remedy', remedy: { type: 'changeDimension', name: 'x:2' } },
      { type: 'remedy', remedy: { type: 'showLog' } },
      { type: 'refreshPrices' },
      { type: 'measured', name: 'measured-c7i.large.json', text: '{}' },
      { type: 'measured', name: 'large.json', text: null },
      { type: 'copy', text: 'det.onnx: 43.1 ms' },
      { type: 'export', format: 'trace' },
      { type: 'export', format: null },
      { type: 'copyMarkdown' },
      { type: 'compare', with: 'head' },
      { type: 'openRun', reportId: 'r1' },
      { type: 'openReport' },
      { type: 'showLog' },
      { type: 'firstPaint', atMs: 12.5 },
      { type: 'pageError', text: 'TypeError' },
    ];
    for (const intent of intents) assert.deepEqual(parseFromPage(intent), intent);
  });

  it('drops what an intent does not have', () => {
    assert.deepEqual(parseFromPage({ type: 'profile', command: 'workbench.action.terminal.new' }), { type: 'profile' });
    assert.deepEqual(parseFromPage({ type: 'copy', text: 'a', html: '<b>' }), { type: 'copy', text: 'a' });
    assert.deepEqual(parseFromPage({ type: 'export', format: '../x' }), { type: 'export', format: null });
  });

  it('refuses everything else', () => {
    const others: unknown[] = [
      null,
      undefined,
      'profile',
      [],
      {},
      { type: 'toString' },
      { type: 'run', command: 'x' },
      { type: 'measureLonger', budgetSeconds: '30' },
      { type: 'measureLonger', budgetSeconds: Infinity },
      { type: 'measureLonger', budgetSeconds: NaN },
      { type: 'changeChip', chip: 'dimension' },
      { type: 'changeChip', chip: 'dimension', name: 'x'.repeat(5000) },
      { type: 'changeChip', chip: 'file' },
      { type: 'saveQuantized' },
      { type: 'saveQuantized', planId: 'p'.repeat(5000) },
      { type: 'remedy', remedy: { type: 'deleteAll' } },
      { type: 'remedy', remedy: { type: 'profileWithMemory', memoryLimitMiB: -1 } },
      { type: 'remedy', remedy: { type: 'useDimensions', dimensions: [{ name: 'x', value: 1.5 }], label: '' } },
      { type: 'remedy', remedy: { type: 'useDimensions', dimensions: new Array(100).fill({ name: 'x', value: 1 }) } },
      { type: 'copy', text: 1 },
      { type: 'copy', text: 'x'.repeat(1_000_001) },
    ];
    for (const other of others) assert.equal(parseFromPage(other), null, describeValue(other));
  });
});
