import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { createText } from '../../../src/format/text/text.js';
import { trendSentence, trendView } from '../../../src/format/views/trend.js';
import { plainText } from '../../../src/format/views/richText.js';
import { historyRuns } from '../../../src/extension/panel/historyRuns.js';
import type { Report } from '../../../src/protocol/report.js';
import { lastMeasured } from '../../../src/store/lastMeasured.js';
import { HISTORY_DEFAULTS } from '../../../src/store/limits.js';
import { ReportStore } from '../../../src/store/reportStore.js';
import { buildReport } from '../../webview/reportFixture.js';

const measured = (reportId: string, day: number, threads = 2, medianNs = 40e6): Report => {
  const report = structuredClone(buildReport({ kernels: 4 }));
  const [scenario] = report.scenarios;
  assert.ok(scenario?.latency);
  scenario.run.threads = threads;
  scenario.latency.medianNs = medianNs;
  scenario.latency.confidenceNs = [medianNs * 0.99, medianNs * 1.01];
  return { ...report, reportId, createdAt: new Date(Date.UTC(2026, 5, day)).toISOString() };
};

describe('the history of a model', () => {
  let root = '';
  let next = 0;
  const modelPath = '/models/det.onnx';
  const newStore = (): ReportStore => new ReportStore(path.join(root, `store-${(next += 1)}`));
  const ids = async (store: ReportStore): Promise<string[]> =>
    (await store.list(modelPath)).map(({ reportId }) => reportId);
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'history-test-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('keeps so many of each settings, and what is pinned beyond that', async () => {
    const store = newStore();
    const first = await store.put(measured('pinned', 1), { modelPath });
    await store.change(first, { pinned: true, name: 'before' });
    for (const [id, day, threads] of [
      ['a', 2, 2],
      ['b', 3, 1],
      ['c', 4, 2],
      ['d', 5, 2],
    ] as const)
      await store.put(measured(id, day, threads), { modelPath, historyLimit: 2 });
    assert.deepEqual(await ids(store), ['d', 'c', 'b', 'pinned']);
    const kept = (await store.list(modelPath)).at(-1);
    assert.deepEqual([kept?.pinned, kept?.name], [true, 'before']);
  });

  it('has one default for the editor and for the command line', () => {
    const manifest = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { default: unknown }> } };
    };
    const { properties } = manifest.contributes.configuration;
    assert.equal(properties['inferenceProfiler.historyLimit']?.default, HISTORY_DEFAULTS.historyLimit);
    assert.equal(properties['inferenceProfiler.historySizeMiB']?.default, HISTORY_DEFAULTS.historyBytes / 2 ** 20);
  });

  it('stays below a size, the oldest first, never a pinned one or a model’s newest', async () => {
    const store = newStore();
    const other = await store.put(measured('other', 1), { modelPath: '/models/cls.onnx' });
    const { size } = await stat(other.file);
    const pinned = await store.put(measured('pinned', 2), { modelPath });
    await store.change(pinned, { pinned: true });
    for (const [id, day] of [
      ['a', 3],
      ['b', 4],
      ['c', 5],
    ] as const)
      await store.put(measured(id, day), { modelPath, historyBytes: size * 3.5 });
    assert.deepEqual(await ids(store), ['c', 'pinned']);
    assert.equal((await store.list('/models/cls.onnx')).length, 1);
  });

  it('survives damaged reports and entries, with what the user called the others', async () => {
    const store = newStore();
    const [cut, named] = [
      await store.put(measured('cut', 1), { modelPath }),
      await store.put(measured('named', 2), { modelPath }),
    ];
    await store.change(named, { name: 'the good one' });
    await truncate(cut.file, 50);
    await writeFile(cut.file.replace('.report.', '.entry.'), '{"half');
    const old = await store.put(measured('old', 3), { modelPath });
    const entry = old.file.replace('.report.', '.entry.');
    const { reportId, createdAt, status, contentSha256, fileBytes, machineId, medianNs, confidenceNs } = old;
    const before = {
      reportId,
      createdAt,
      status,
      modelPath,
      contentSha256,
      fileBytes,
      machineId,
      medianNs,
      confidenceNs,
    };
    await writeFile(entry, JSON.stringify({ ...before, runSeconds: 4 }));
    assert.deepEqual(
      (await store.list(modelPath)).map((each) => [each.reportId, each.name, each.runSeconds]),
      [
        ['old', null, 4],
        ['named', 'the good one', null],
      ],
    );
  });

  it('never takes a report from elsewhere for the last measurement here', async () => {
    const store = newStore();
    await store.put(measured('mine', 1), { modelPath });
    await store.put(measured('theirs', 2), { modelPath, foreign: true });
    await store.put({ ...measured('trace', 3), status: 'imported' }, { modelPath });
    assert.equal((await lastMeasured(store, modelPath))?.stored.reportId, 'mine');
  });

  it('draws what can be compared, and calls only what lies beyond both intervals a change', async () => {
    const text = createText();
    const store = newStore();
    await store.put(measured('first', 1, 2, 40e6), { modelPath });
    await store.put(measured('threads', 2, 1, 80e6), { modelPath });
    const shown = measured('shown', 3, 2, 50e6);
    await store.put(shown, { modelPath });
    const runs = historyRuns(await store.list(modelPath), shown, text);
    const view = trendView(runs);
    assert.deepEqual(
      view.points.map(({ run }) => run.reportId),
      ['first', 'shown'],
    );
    assert.equal(view.others, 1);
    assert.match(plainText(trendSentence(view, text)), /^25 % slower than the first of 2 runs: 50\.0 ms/);
    const same = trendView(runs.map((run) => ({ ...run, medianNs: 40e6 })));
    assert.match(plainText(trendSentence(same, text)), /^No change shown over 2 runs/);
    assert.equal(runs.find((run) => run.shown)?.reportId, 'shown');
  });
});
