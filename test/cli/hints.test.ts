import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { ReportStore } from '../../src/store/reportStore.js';
import { hintReport } from '../unit/support/hintReport.js';
import { build, run, workFolder } from './command.js';

interface HintRow {
  path: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
  kind: string;
  text: string;
  tooltip: string | null;
}

const CONFIG = [
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata: { name: ocr }',
  'spec:',
  '  replicas: 3',
  '  template:',
  '    spec:',
  '      nodeSelector: { node.kubernetes.io/instance-type: c7a.large }',
  '      containers:',
  '        - image: registry.example/ocr',
  '          args: [--model, models/det.onnx]',
  '          resources: { requests: { cpu: 1 }, limits: { memory: 16Mi } }',
  '',
].join('\n');

describe('hints', () => {
  const folder = workFolder();
  const store = path.join(folder, 'store');
  before(async () => {
    build();
    mkdirSync(path.join(folder, 'models'));
    const model = path.join(folder, 'models', 'det.onnx');
    writeFileSync(model, 'x'.repeat(1000));
    await new ReportStore(store).put(hintReport(model, { createdAt: '2999-01-01T00:00:00.000Z' }), {
      modelPath: model,
    });
    writeFileSync(path.join(folder, 'app.yaml'), CONFIG);
    const serving = { rate: 50, targetMs: 150, thisMachine: 'c7a.large' };
    writeFileSync(path.join(folder, 'inference-profiler.json'), JSON.stringify({ serving }));
  });

  it('prints each with its line and column, in the order of the text', () => {
    const { code, out, err } = run(['hints', 'app.yaml', '--store', store], folder);
    assert.equal(code, 0, err);
    assert.deepEqual(out.trimEnd().split('\n'), [
      'app.yaml:1:1: 3 × c7a.large: $225/month, p95 83.7 ms at 50 req/s',
      'app.yaml:5:13: ≈ $225/month · p95 83.7 ms at 50 req/s',
      'app.yaml:8:57: $0.1026/h · carries 25.0 req/s, measured here',
      'app.yaml:11:27: 40.0 ms ± 0.5 · 2 threads',
      'app.yaml:12:41: 1 pod on each c7a.large',
      'app.yaml:12:56: warning: Memory cannot fit: the limit is 16.0 MiB, the model alone takes 118 MiB at peak.',
      'app.yaml:12:64: does not fit: model alone 118 MiB at peak',
    ]);
  });

  it('writes them as JSON with places from 0 and a tooltip, and as a table for a comment', () => {
    const { out } = run(['hints', 'app.yaml', '--store', store, '--json', '-'], folder);
    const { hints } = JSON.parse(out) as { hints: HintRow[] };
    const count = hints.find(({ text }) => text.startsWith('≈'));
    assert.deepEqual(count?.range, { start: { line: 4, character: 12 }, end: { line: 4, character: 13 } });
    assert.equal(count.path, 'app.yaml');
    assert.match(count.tooltip ?? '', /a month for this Deployment/);
    assert.deepEqual([...new Set(hints.map(({ kind }) => kind))].sort(), ['diagnostic', 'inlay', 'lens']);
    const { code } = run(['hints', 'app.yaml', '--store', store, '--md', 'hints.md'], folder);
    assert.equal(code, 0);
    const table = readFileSync(path.join(folder, 'hints.md'), 'utf8').split('\n');
    assert.equal(table[0], '| Place | Line | Hint |');
    assert.ok(table.some((row) => row.startsWith('| app.yaml:5 | `replicas: 3` | ≈ $225/month')));
  });

  it('takes a rate and a target from the call, before the file', () => {
    const { out } = run(['hints', 'app.yaml', '--store', store, '--rate', '100', '--target-ms', '50'], folder);
    assert.match(out, /app\.yaml:5:3: warning: replicas: 3 cannot carry 100 req\/s/);
  });

  it('says in one sentence what is wrong with the call, and what holds nothing', () => {
    const missing = run(['hints', 'nothing.yaml', '--store', store], folder);
    assert.equal(missing.code, 2);
    assert.match(missing.err, /^inference-profiler: nothing\.yaml cannot be read \(ENOENT\)\.\n$/);
    writeFileSync(path.join(folder, 'plain.yaml'), 'a: 1\n');
    assert.match(
      run(['hints', 'plain.yaml', '--store', store], folder).out,
      /^No hints: plain\.yaml holds no serving config/,
    );
    writeFileSync(path.join(folder, 'large.yaml'), `${CONFIG}# ${'x'.repeat(700_000)}\n`);
    assert.match(run(['hints', 'large.yaml', '--store', store], folder).err, /larger than 640 KiB: no hints/);
    assert.equal(run(['hints', 'app.yaml', '--rate', '-1'], folder).code, 2);
  });
});
