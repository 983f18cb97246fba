import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { Ajv } from 'ajv';

import type { Report } from '../../src/protocol/report.js';
import { HISTORY_DEFAULTS } from '../../src/store/limits.js';
import { readReport, ReportStore } from '../../src/store/reportStore.js';
import { fixture, realModels } from '../models/index.js';
import { build, reportOf, root, run, runWatched, workFolder } from './command.js';

const folder = workFolder();
const store = path.join(folder, 'store');
before(build);

const schema = JSON.parse(readFileSync(path.join(root, 'media/report.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

function assertIdentity({ scenarios }: Report): void {
  for (const { kernels, overhead, latency } of scenarios) {
    assert.ok(overhead && latency && kernels.length > 0);
    const inside = kernels.filter(({ parentId }) => parentId === null).reduce((sum, { timeNs }) => sum + timeNs, 0);
    const difference = Math.abs(inside + overhead.timeNs - latency.medianNs);
    assert.ok(difference <= Math.max(0.001 * latency.medianNs, 2 * kernels.length), String(difference));
  }
}

describe('profile', () => {
  it('measures, keeps the report and prints the hotspots', () => {
    const html = path.join(folder, 'cls.html');
    const json = path.join(folder, 'cls.json');
    const words = ['profile', realModels.cls, '--budget', '1', '--store', store, '--json', json, '--html', html];
    const { code, out, err } = run(words);
    assert.equal(code, 0, err);
    const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    assert.ok(validate(report), JSON.stringify(validate.errors));
    assert.equal(report.status, 'complete');
    assert.match(report.model.contentSha256 ?? '', /^[0-9a-f]{64}$/);
    assertIdentity(report);
    assert.match(report.scenarios[0]?.run.command ?? '', /^inference-profiler profile .*--budget 1/);
    for (const section of ['Layers', 'Hotspots', 'Latency', 'Memory', 'Model', 'Measured on', 'Repeat with'])
      assert.match(out, new RegExp(`^${section}$`, 'm'));
    assert.doesNotMatch(out, /\{\w+\}|undefined|NaN|\bpage\.|\bcli\./);
    assert.match(err, /^Latency: /m);
    assert.match(readFileSync(html, 'utf8'), /id="page-state"/);
    const kept = readdirSync(store, { recursive: true }).filter((name) => String(name).endsWith('.report.json'));
    assert.equal(kept.length, 1);

    const again = run(['export', path.join(store, String(kept[0])), '--json', '-']);
    assert.equal(again.code, 0, again.err);
    assert.equal(reportOf(again).reportId, report.reportId);
  });

  it('keeps no more of its history than the editor would by default', async () => {
    const crowded = path.join(folder, 'crowded');
    const words = ['profile', realModels.cls, '--budget', '0.5', '--store', crowded, '--quiet'];
    assert.equal(run(words).code, 0);
    const history = new ReportStore(crowded);
    const [stored] = await history.list();
    assert.ok(stored);
    const report = await readReport(stored.file);
    const { historyLimit } = HISTORY_DEFAULTS;
    for (let day = 1; day <= historyLimit + 3; day += 1) {
      const createdAt = new Date(Date.UTC(2020, 0, day)).toISOString();
      await history.put({ ...report, reportId: `old-${day}`, createdAt }, { modelPath: realModels.cls });
    }
    assert.equal(run(words).code, 0);
    const left = (await history.list()).map(({ reportId }) => reportId);
    assert.equal(left.length, historyLimit);
    assert.equal(left.at(-1), 'old-6');
  });

  it('lets scan tell what was measured last, and that the file changed since', () => {
    const models = path.join(folder, 'models');
    mkdirSync(models);
    const model = path.join(models, 'cls.onnx');
    copyFileSync(realModels.cls, model);
    const last = (): { medianNs: number; changed: boolean } | null | undefined => {
      const { out } = run(['scan', models, '--store', store, '--json', '-']);
      const { models: found } = JSON.parse(out) as {
        models: { last: { medianNs: number; changed: boolean } | null }[];
      };
      return found[0]?.last;
    };
    assert.equal(last(), null);
    assert.equal(run(['profile', model, '--budget', '0.5', '--store', store, '--quiet']).code, 0);
    assert.ok((last()?.medianNs ?? 0) > 0);
    assert.equal(last()?.changed, false);
    // A trailing field that no reader knows: another content, the same graph.
    appendFileSync(model, Buffer.from([0xf2, 0x3f, 0x00]));
    assert.equal(last()?.changed, true);
    assert.match(run(['scan', models, '--store', store]).out, /file changed since/);
  });

  it('measures each combination of dimensions, and prints JSON alone where it is asked for', () => {
    const model = fixture('encoder');
    const words = [
      'profile',
      model,
      '--dim',
      'sequence=4,16',
      '--budget',
      '1',
      '--store',
      store,
      '--quiet',
      '--json',
      '-',
    ];
    const ended = run(words);
    assert.equal(ended.code, 0, ended.err);
    assert.equal(ended.err, '');
    const report = reportOf(ended);
    assert.ok(validate(report), JSON.stringify(validate.errors));
    assertIdentity(report);
    const lengths = report.scenarios.map(({ dimensions }) => dimensions.find(({ name }) => name === 'sequence')?.value);
    assert.deepEqual(lengths, [4, 16]);
  });

  it('ends with 3 when the runtime fails some of the dimensions that were asked for, and gives the rest', () => {
    // There are 128 positions.
    const words = ['profile', fixture('encoder'), '--dim', 'sequence=4,256', '--budget', '1', '--store', store];
    const ended = run([...words, '--quiet', '--json', '-']);
    assert.equal(ended.code, 3);
    assert.match(
      ended.err,
      /^inference-profiler: batch 1 · sequence 256 was not measured: ONNX Runtime failed [^\n]+\n$/,
    );
    const report = reportOf(ended);
    assert.deepEqual(
      report.scenarios.map(({ latency }) => latency !== null),
      [true, false],
    );
    assert.equal(report.status, 'complete');
  });

  it('ends with 3 when the runtime refuses the model', () => {
    const { code, out, err } = run(['profile', fixture('customOperator'), '--store', store, '--budget', '1']);
    assert.equal(code, 3, err);
    assert.equal(out, '');
    assert.doesNotMatch(err, /\n\s+at |Something went wrong/);
  });

  it('prints its result even where it cannot be kept', () => {
    const taken = path.join(folder, 'taken');
    mkdirSync(taken);
    const file = path.join(taken, 'not-a-folder');
    assert.equal(run(['inspect', realModels.cls, '--json', file, '--quiet']).code, 0);
    const { code, out, err } = run(['profile', realModels.cls, '--budget', '0.5', '--store', path.join(file, 'store')]);
    assert.equal(code, 0, err);
    assert.match(err, /could not be kept/);
    assert.match(out, /^Hotspots$/m);
  });

  it('stops on the first Ctrl+C and keeps what was measured: 4', async () => {
    let signalled = false;
    const json = path.join(folder, 'stopped.json');
    const words = ['profile', realModels.det, '--budget', '120', '--store', store, '--json', json];
    const ended = await runWatched(words, (err, signal) => {
      if (signalled || !err.includes('First trace')) return;
      signalled = true;
      signal('SIGINT');
    });
    assert.equal(ended.code, 4, ended.err);
    assert.match(ended.err, /Stopping after the run under way/);
    const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    assert.equal(report.status, 'partial');
    assert.ok((report.scenarios[0]?.kernels.length ?? 0) > 0);
    assert.match(ended.out, /Stopped before the end/);
  });

  it('cancels on the second Ctrl+C, with nothing kept: 4', async () => {
    let signals = 0;
    const cancelled = path.join(folder, 'cancelled');
    // Large enough that a run is under way when the second signal comes.
    const large = ['--dim', 'x:2=1536', '--dim', 'x:3=1536'];
    const words = ['profile', realModels.det, ...large, '--budget', '60', '--store', cancelled];
    const ended = await runWatched(words, (err, signal) => {
      const due = err.includes('Stopping after') ? 2 : err.includes('Session created') ? 1 : 0;
      if (signals >= due) return;
      signals = due;
      signal('SIGINT');
    });
    assert.equal(ended.code, 4, ended.err);
    assert.equal(ended.out, '');
    assert.match(ended.err, /Cancelled/);
    assert.ok(!existsSync(cancelled));
  });
});
