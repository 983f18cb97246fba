import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { Ajv } from 'ajv';

import type { ScannedModel } from '../../src/protocol/scan.js';
import { fixture, realModels } from '../models/index.js';
import { build, reportOf, root, run, workFolder } from './command.js';

const folder = workFolder();
before(build);

const schema = JSON.parse(readFileSync(path.join(root, 'media/report.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

describe('inspect', () => {
  for (const [name, file] of Object.entries(realModels))
    it(`${name}: JSON by the schema, and nothing but it`, () => {
      const ended = run(['inspect', file, '--json', '-']);
      assert.deepEqual([ended.code, ended.err], [0, '']);
      const report = reportOf(ended);
      assert.ok(validate(report), JSON.stringify(validate.errors));
      assert.equal(report.status, 'static');
      assert.equal(report.model.path, file);
      assert.equal(report.model.contentSha256, null);
      assert.ok((report.model.parameterCount ?? 0) > 0);
      assert.equal(report.environment.runtime, 'onnxruntime');
      assert.equal(report.scenarios[0]?.latency, null);
    });

  it('names weights that are there for nothing, and twice', () => {
    const { checks } = reportOf(run(['inspect', fixture('wasteful'), '--json', '-'])).model;
    const sentences = checks.map(({ message }) => message);
    assert.ok(sentences.includes('Some weights lead to no output and take 4.00 KiB: unused.'), sentences.join('\n'));
    assert.ok(sentences.includes('Some weights are stored more than once; the copies take 4.00 KiB: copy.'));
  });

  it('counts for the dimensions that are asked for', () => {
    const macs = (...words: string[]): (number | null)[] =>
      reportOf(run(['inspect', realModels.det, '--json', '-', ...words])).scenarios.map(({ totals }) => totals.macs);
    const [half] = macs('--dim', 'x:2=320', '--dim', 'x:3=320');
    const [small, large] = macs('--dim', 'x:2=320,640', '--dim', 'x:3=320');
    assert.ok(half && small && large);
    assert.equal(small, half);
    // Twice the pixels; layers behind a global pool stay as they are.
    assert.ok(large / small > 1.95 && large / small <= 2, String(large / small));
  });

  it('takes dimensions from the workspace file above the model, flags first', () => {
    const model = fixture('encoder');
    const place = path.join(folder, 'workspace', 'models');
    mkdirSync(place, { recursive: true });
    const copy = path.join(place, 'encoder.onnx');
    writeFileSync(copy, readFileSync(model));
    const settings = { models: { 'models/*.onnx': { dimensions: { sequence: 33, batch: 2 } } } };
    writeFileSync(path.join(folder, 'workspace', 'inference-profiler.json'), JSON.stringify(settings));
    const dimensions = (...words: string[]): [string, number, string][] =>
      (reportOf(run(['inspect', copy, '--json', '-', ...words])).scenarios[0]?.dimensions ?? []).map(
        ({ name, value, source }) => [name, value, source],
      );
    const names = new Map(dimensions('--dim', 'batch=3').map(([name, value, source]) => [name, [value, source]]));
    assert.deepEqual(names.get('batch'), [3, 'flag']);
    assert.deepEqual(names.get('sequence'), [33, 'workspaceFile']);
  });

  it('prints what it knows for people, and nothing when quiet', () => {
    const { code, out, err } = run(['inspect', realModels.det]);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^ch_PP-OCRv4_det_infer\.onnx {2}· {2}x 1 × 3 × 640 × 640 \(assumed\)\n/);
    assert.match(out, /Parameters +1\.17 M/);
    assert.doesNotMatch(out, /\{\w+\}|undefined|NaN|page\.|cli\./);
    assert.deepEqual(run(['inspect', realModels.det, '--quiet']), { code: 0, out: '', err: '' });
  });

  it('writes files, and replaces none unasked', () => {
    const json = path.join(folder, 'det.json');
    const html = path.join(folder, 'det.html');
    const words = ['inspect', realModels.det, '--json', json, '--html', html, '--quiet'];
    assert.equal(run(words).code, 0);
    const again = run(words);
    assert.deepEqual([again.code, /det\.json exists/.test(again.err)], [2, true]);
    assert.equal(run([...words, '--force']).code, 0);
    assert.ok(validate(JSON.parse(readFileSync(json, 'utf8'))));
    assert.match(readFileSync(html, 'utf8'), /^<!doctype html>[\s\S]*id="page-state"/);
    const other = path.join(folder, 'other.txt');
    writeFileSync(other, 'mine');
    const refused = run(['inspect', realModels.det, '--json', other]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /exists\. Choose another name/);
    assert.equal(readFileSync(other, 'utf8'), 'mine');
    assert.equal(run(['inspect', realModels.det, '--json', other, '--force', '--quiet']).code, 0);
  });
});

describe('scan', () => {
  it('lists models and what can be profiled', () => {
    writeFileSync(path.join(folder, 'text.onnx'), 'not a model\n');
    const place = path.dirname(realModels.det);
    const ended = run(['scan', place, '--json', '-']);
    assert.deepEqual([ended.code, ended.err], [0, '']);
    const { models } = JSON.parse(ended.out) as { models: ScannedModel[] };
    const det = models.find(({ path: file }) => file === realModels.det);
    assert.ok(det);
    assert.deepEqual([det.format, det.profilable, det.reason], ['onnx', true, null]);
    assert.ok((det.nodeCount ?? 0) > 300 && (det.parameterCount ?? 0) > 1e6);
    assert.match(
      run(['scan', place, '--store', path.join(folder, 'empty')]).out,
      /ch_PP-OCRv4_det_infer\.onnx +onnx +4\.53 MiB +\d+ +1\.17 M +not stated +not profiled yet/,
    );
  });

  it('lists what is wrong with a file, and ends with 0', () => {
    const ended = run(['scan', path.join(folder, 'text.onnx'), '--json', '-']);
    assert.equal(ended.code, 0);
    const [model] = (JSON.parse(ended.out) as { models: ScannedModel[] }).models;
    assert.equal(model?.profilable, false);
    assert.ok((model.reason ?? '').length > 10);
  });

  it('says when there is nothing', () => {
    const empty = path.join(folder, 'empty');
    mkdirSync(empty);
    const { code, out } = run(['scan', empty]);
    assert.equal(code, 0);
    assert.match(out, /^No model files below/);
  });
});
