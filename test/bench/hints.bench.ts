/** Hints while typing: the first reading of a large manifest, and every edit after it, in one process. */

import { createRequire } from 'node:module';
import path from 'node:path';

import type * as engineModule from '../../src/core/configs/engine.js';
import { createText } from '../../src/format/text/text.js';
import { hintReport } from '../unit/support/hintReport.js';
import type { Benchmark } from './bench.js';

const root = path.resolve(import.meta.dirname, '../..');
const FILE = '/work/deploy/all.yaml';
const MODEL = '/work/models/det.onnx';
const EDITS = 25;

const workload = (index: number): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: svc-${index}`,
    `  labels: { app: svc-${index}, tier: backend }`,
    'spec:',
    '  replicas: 3',
    '  template:',
    '    spec:',
    '      nodeSelector:',
    '        node.kubernetes.io/instance-type: c7a.large',
    '      containers:',
    '        - name: server',
    `          image: "registry.example/classifier:1.${index}"`,
    '          env:',
    '            - { name: MODEL, value: models/det.onnx }',
    '          resources:',
    '            requests: { cpu: "1", memory: 512Mi }',
    '            limits:',
    '              memory: 1Gi',
  ].join('\n');

const manyDocuments = (lines: number): string =>
  Array.from({ length: Math.ceil(lines / 21) }, (_, index) => workload(index)).join('\n---\n');
const oneDocument = (lines: number): string =>
  `kind: List\nitems:\n${Array.from(
    { length: Math.ceil(lines / 20) },
    (_, index) => `  - ${workload(index).replaceAll('\n', '\n    ')}`,
  ).join('\n')}\n`;

/** Milliseconds of the first reading and of the median edit: one more digit, then one less, in the middle. */
function typing(engine: typeof engineModule, start: string): { first: number; edit: number; slowest: number } {
  let text = start;
  let reading: engineModule.ReadFile['reading'] | null = null;
  const profiles = new Map([[MODEL, { path: MODEL, report: hintReport(MODEL), stale: false }]]);
  const known = [{ path: MODEL, profiled: true }];
  const place = { file: FILE, root: '/work', workspaceFile: null };
  const words = createText();
  const serving = { rate: 50, targetMs: 150, thisMachine: 'c7a.large' };
  const read = (): number => {
    const begin = performance.now();
    reading = engine.readConfigs(text, FILE, reading);
    const context = { text: words, serving, prices: engine.pricesWith(null), sourceText: text, now: new Date() };
    const hints = engine.hintsOfFile({ file: FILE, reading, siblings: [], place, known, profiles, context });
    if (hints.length < 100) throw new Error(`only ${hints.length} hints`);
    return performance.now() - begin;
  };
  const first = read();
  const at = text.indexOf('replicas: 3', text.length / 2) + 'replicas: '.length;
  const edits = Array.from({ length: EDITS }, (_, index) => {
    text = index % 2 === 0 ? `${text.slice(0, at)}1${text.slice(at)}` : text.slice(0, at) + text.slice(at + 1);
    return read();
  }).sort((a, b) => a - b);
  return { first, edit: edits[Math.floor(EDITS / 2)] ?? NaN, slowest: edits.at(-1) ?? NaN };
}

const benchmark: Benchmark = {
  name: 'hints: a manifest of 5,000 lines while typing',
  run: () => {
    const loading = performance.now();
    const engine = createRequire(import.meta.url)(path.join(root, 'dist/hints.js')) as typeof engineModule;
    const loadMs = performance.now() - loading;
    const many = typing(engine, manyDocuments(5000));
    const one = typing(engine, oneDocument(5000));
    const large = manyDocuments(46_000);
    const begin = performance.now();
    engine.readConfigs(large, FILE);
    const declined = performance.now() - begin;
    return [
      { what: 'loading the parsers', value: loadMs, unit: 'ms' },
      { what: 'many documents, first reading', value: many.first, unit: 'ms', bar: { atMost: 100 } },
      { what: 'many documents, median edit', value: many.edit, unit: 'ms', bar: { atMost: 20 } },
      { what: 'many documents, slowest edit', value: many.slowest, unit: 'ms' },
      { what: 'one document, first reading', value: one.first, unit: 'ms', bar: { atMost: 100 } },
      { what: 'one document, median edit', value: one.edit, unit: 'ms', bar: { atMost: 20 } },
      { what: `${(large.length / 1e6).toFixed(1)} MB, declined`, value: declined, unit: 'ms', bar: { atMost: 300 } },
    ];
  },
};

export default benchmark;
