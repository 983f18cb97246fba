/** One large manifest in a process of its own: parsers loaded, read for the first time, then edited. Prints milliseconds. */

import { createRequire } from 'node:module';
import type * as engineModule from '../../src/core/configs/engine.js';
import { createText } from '../../src/format/text/text.js';
import { hintReport } from '../unit/support/hintReport.js';

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

const [, , shape = '', engineFile = ''] = process.argv;
let text = shape === 'large' ? manyDocuments(46_000) : shape === 'one' ? oneDocument(5000) : manyDocuments(5000);
const words = createText();
const profiles = new Map([[MODEL, { path: MODEL, report: hintReport(MODEL), stale: false }]]);

const loading = performance.now();
const engine = createRequire(engineFile)(engineFile) as typeof engineModule;
const loadMs = performance.now() - loading;

let reading: engineModule.ReadFile['reading'] | null = null;
const serving = { rate: 50, targetMs: 150, thisMachine: 'c7a.large' };

/** As the editor does it: `one more digit` replaces the text, all its hints are made. */
async function readMs(): Promise<number> {
  const begin = performance.now();
  const found = (reading = await engine.readConfigs(text, FILE, reading));
  const hints = engine.hintsOfFile({
    file: FILE,
    reading: found,
    siblings: [],
    place: { file: FILE, root: '/work', workspaceFile: null },
    known: [{ path: MODEL, profiled: true }],
    profiles,
    context: { text: words, serving, prices: engine.pricesWith(null), sourceText: text, now: new Date() },
  });
  const taken = performance.now() - begin;
  if (shape !== 'large' && hints.length < 100) throw new Error(`only ${hints.length} hints`);
  return taken;
}

const first = await readMs();
const at = text.indexOf('replicas: 3', text.length / 2) + 'replicas: '.length;
const edits: number[] = [];
for (let index = 0; index < EDITS && shape !== 'large'; index += 1) {
  text = index % 2 === 0 ? `${text.slice(0, at)}1${text.slice(at)}` : text.slice(0, at) + text.slice(at + 1);
  edits.push(await readMs());
}
edits.sort((a, b) => a - b);
const edit = edits[Math.floor(EDITS / 2)] ?? null;
console.log(JSON.stringify({ loadMs, first, edit, slowest: edits.at(-1) ?? null, characters: text.length }));
