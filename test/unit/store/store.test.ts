import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { ReportStore } from '../../../src/store/reportStore.js';
import { defaultStoreFolder } from '../../../src/store/storeFolder.js';
import { sampleReport } from './sampleReport.js';

describe('store', () => {
  let root = '';
  let next = 0;
  const newStore = (): ReportStore => new ReportStore(path.join(root, `store-${(next += 1)}`));
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'store-test-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('lists what was put, newest first, by model and by content', async () => {
    const store = newStore();
    await store.put(sampleReport({ reportId: 'old', createdAt: '2026-01-01T00:00:00.000Z' }), { runSeconds: 8 });
    await store.put(sampleReport({ reportId: 'new', createdAt: '2026-02-01T00:00:00.000Z' }));
    await store.put(sampleReport({ reportId: 'other', modelPath: '/models/cls.onnx' }));
    assert.deepEqual(
      (await store.list('/models/det.onnx')).map((each) => [each.reportId, each.runSeconds]),
      [
        ['new', null],
        ['old', 8],
      ],
    );
    assert.equal((await store.latest('/models/det.onnx'))?.reportId, 'new');
    assert.equal((await store.list()).length, 3);
    assert.equal((await store.listByContent('a'.repeat(64))).length, 3);
    assert.deepEqual(await store.listByContent('b'), []);
  });

  it('gives back the report as it was put', async () => {
    const store = newStore();
    const report = sampleReport({ reportId: 'whole' });
    await store.put(report);
    assert.deepEqual(await store.read('whole'), report);
    assert.equal(await store.read('another'), null);
  });

  it('replaces a report of the same id and removes one', async () => {
    const store = newStore();
    await store.put(sampleReport({ status: 'partial' }));
    await store.put(sampleReport({ status: 'complete' }));
    assert.deepEqual(
      (await store.list()).map((each) => each.status),
      ['complete'],
    );
    await store.remove('report-1');
    assert.deepEqual(await store.list(), []);
  });

  it('leaves out half written and damaged files, and keeps the rest', async () => {
    const store = newStore();
    const cut = await store.put(sampleReport({ reportId: 'cut' }));
    const noEntry = await store.put(sampleReport({ reportId: 'noEntry', createdAt: '2026-04-01T00:00:00.000Z' }));
    const badEntry = await store.put(sampleReport({ reportId: 'badEntry', createdAt: '2026-05-01T00:00:00.000Z' }));
    await truncate(cut.file, 100);
    await rm(entryFile(cut.file));
    await rm(entryFile(noEntry.file));
    await writeFile(entryFile(badEntry.file), '{"reportId": 1}');
    await writeFile(path.join(path.dirname(cut.file), '.writing-123'), '{"half');
    assert.deepEqual(
      (await store.list()).map((each) => each.reportId),
      ['badEntry', 'noEntry'],
    );
  });

  it('keeps the newest reports of a model up to the limit, whatever other models have', async () => {
    const store = newStore();
    await store.put(sampleReport({ modelPath: '/models/cls.onnx' }), { historyLimit: 2 });
    for (const month of ['03', '01', '04', '02'])
      await store.put(sampleReport({ reportId: month, createdAt: `2026-${month}-01T00:00:00.000Z` }), {
        historyLimit: 2,
      });
    assert.deepEqual(
      (await store.list('/models/det.onnx')).map((each) => each.reportId),
      ['04', '03'],
    );
    assert.equal((await store.list('/models/cls.onnx')).length, 1);
    assert.equal((await readdir(path.dirname((await store.latest('/models/det.onnx'))?.file ?? ''))).length, 4);
  });

  it('takes no path from a report id', async () => {
    const store = newStore();
    const stored = await store.put(sampleReport({ reportId: '../../outside' }));
    assert.equal(path.dirname(path.dirname(stored.file)), store.folder);
    assert.equal((await store.read('../../outside'))?.reportId, '../../outside');
  });

  it('loses nothing when two processes write at once', async () => {
    const store = newStore();
    const writers = ['left', 'right'].map((prefix) => writerProcess(store.folder, prefix, 40));
    assert.deepEqual(await Promise.all(writers), [0, 0]);
    const ids = new Set((await store.list('/models/det.onnx')).map((each) => each.reportId));
    assert.equal(ids.size, 80);
    const files = await readdir(store.folder, { recursive: true });
    assert.deepEqual(
      files.filter((file) => file.includes('.writing-')),
      [],
    );
  });

  it('tells a watcher of a change made by another process', async () => {
    const store = newStore();
    let watching = { dispose: (): void => undefined };
    const changed = new Promise<void>((resolve) => {
      void store.watch(resolve).then((started) => {
        watching = started;
        return writerProcess(store.folder, 'far', 1);
      });
    });
    await changed;
    watching.dispose();
    assert.equal((await store.list()).length, 1);
  });

  it('clears what a dead writer left an hour ago, not what is being written', async () => {
    const store = newStore();
    const { file } = await store.put(sampleReport());
    const abandoned = path.join(path.dirname(file), '.writing-old');
    const current = path.join(path.dirname(file), '.writing-now');
    await writeFile(abandoned, '');
    await writeFile(current, '');
    const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
    await utimes(abandoned, longAgo, longAgo);
    await store.put(sampleReport({ reportId: 'second' }));
    const names = await readdir(path.dirname(file));
    assert.ok(!names.includes('.writing-old'));
    assert.ok(names.includes('.writing-now'));
  });

  it('lies in the data folder of the platform, or where the environment says', () => {
    assert.equal(defaultStoreFolder({}, 'linux', '/home/a'), '/home/a/.local/share/inference-profiler/reports');
    assert.equal(defaultStoreFolder({ XDG_DATA_HOME: '/d' }, 'linux', '/home/a'), '/d/inference-profiler/reports');
    assert.equal(
      defaultStoreFolder({ XDG_DATA_HOME: 'relative' }, 'linux', '/home/a'),
      '/home/a/.local/share/inference-profiler/reports',
    );
    assert.equal(
      defaultStoreFolder({}, 'darwin', '/Users/a'),
      '/Users/a/Library/Application Support/inference-profiler/reports',
    );
    assert.equal(defaultStoreFolder({ LOCALAPPDATA: 'C:\\L' }, 'win32', 'C:\\a'), 'C:\\L\\inference-profiler\\reports');
    assert.equal(defaultStoreFolder({ INFERENCE_PROFILER_HOME: '/own' }, 'linux', '/home/a'), '/own/reports');
  });
});

const entryFile = (reportFile: string): string => reportFile.replace(/\.report\.json$/, '.entry.json');

async function writerProcess(folder: string, prefix: string, count: number): Promise<number | null> {
  const script = path.join(import.meta.dirname, 'putMany.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, prefix, String(count)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
