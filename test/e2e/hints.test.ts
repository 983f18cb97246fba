/** Hints at the end of the line, in a real editor: type, hover, follow, mend, turn off. */

import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { ReportStore } from '../../src/store/reportStore.js';
import { Desk, type Ended } from '../harness/desk.js';
import { explorerItem, poll, runCommand, webviewFrame } from '../harness/workbench.js';
import { hintReport } from '../unit/support/hintReport.js';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ocr-det
spec:
  replicas: 3
  selector: { matchLabels: { app: ocr } }
  template:
    metadata: { labels: { app: ocr } }
    spec:
      containers:
        - name: ocr
          image: registry.example/ocr:1.4
          env:
            - name: MODEL
              value: models/det.onnx
          resources:
            requests: { cpu: "1" }
            limits:
              memory: 96Mi
      nodeSelector:
        node.kubernetes.io/instance-type: c7a.large
`;

const TRITON = `name: "det"
backend: "onnxruntime"
max_batch_size: 8
input [ { name: "x"  data_type: TYPE_FP32  dims: [ 3, 640, 640 ] } ]
instance_group [
  {
    count: 1
    kind: KIND_CPU
  }
]
dynamic_batching { max_queue_delay_microseconds: 500 }
`;

describe('hints in serving configs', () => {
  const desk = new Desk();
  let page: Page;

  const line = (text: string): Locator => page.locator('.view-line').filter({ hasText: text }).first();
  const lineText = async (text: string): Promise<string> => (await line(text).innerText()).replace(/\u00a0/g, ' ');
  const hinted = (text: string, hint: RegExp): Promise<string> =>
    poll(`${String(hint)} behind ${text}`, async () => {
      const found = await lineText(text).catch(() => '');
      return hint.test(found) ? found : null;
    });
  const open = async (...names: string[]): Promise<void> => {
    for (const name of names) await explorerItem(page, name).dblclick();
  };

  before(async () => {
    const { workspace } = desk;
    const write = (name: string, content: string): void => {
      mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
      writeFileSync(path.join(workspace, name), content);
    };
    write('deployment.yaml', DEPLOYMENT);
    write('config.pbtxt', TRITON);
    write('inference-profiler.json', '{ "serving": { "rate": 50, "targetMs": 150, "thisMachine": "c7a.large" } }\n');
    const model = path.join(workspace, 'models/det.onnx');
    const capacity = [
      { batch: 1, ms: 40 },
      { batch: 2, ms: 76 },
      { batch: 8, ms: 290 },
    ];
    const report = hintReport(model, { capacity, createdAt: new Date(Date.now() + 60_000).toISOString() });
    report.model.fileBytes = statSync(model).size;
    await new ReportStore(path.join(desk.home, 'reports')).put(report, { modelPath: model });
    await desk.open({ viewport: { width: 1280, height: 860 } });
    page = desk.page;
  });
  after(() => desk.close());
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  it('stand behind the fields of a Deployment', async () => {
    await open('deployment.yaml');
    await hinted('replicas:', /3.*≈ \$225\/month · p95 83\.7 ms at 50 req\/s/);
    await hinted('value: models', /40\.0 ms ± 0\.5 · 2 threads/);
    await hinted('instance-type', /\$0\.1026\/h · carries 25\.0 req\/s, measured here/);
    await page.locator('.codelens-decoration', { hasText: '3 × c7a.large: $225/month' }).waitFor();
    await desk.shot('hints-kubernetes');
  });

  it('change while a digit is typed', async () => {
    await line('replicas:').click();
    await page.keyboard.press('Home');
    for (let step = 0; step < 'replicas: 3'.length; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('6');
    await hinted('replicas:', /6.*≈ \$449\/month|6.*≈ \$450\/month/);
    await page.keyboard.press('Backspace');
    await page.keyboard.type('3');
    await hinted('replicas:', /≈ \$225\/month/);
  });

  it('hover into a table with its parts and links', async () => {
    await line('replicas:').getByText('≈', { exact: false }).first().hover();
    const hover = page.locator('.monaco-hover:visible').filter({ hasText: 'a month for this Deployment' });
    await hover.first().waitFor();
    // Figures are kept on one line by spaces that do not break.
    const text = (await hover.first().innerText()).replaceAll('\u00a0', ' ');
    assert.match(text, /3 × c7a\.large/);
    assert.match(text, /Turn These Hints Off/);
    assert.match(text, /Model calls only/);
    await desk.shot('hints-hover');
    await page.keyboard.press('Escape');
    await page.mouse.move(5, 5);
  });

  it('mend what cannot fit with a quick fix', async () => {
    await line('memory: 96Mi').click();
    await page.keyboard.press('Home');
    await poll('a squiggle', async () => (await page.locator('.squiggly-warning').count()) > 0);
    const fix = page.locator('.action-widget').getByText(/Set memory to 148Mi/);
    // The list goes by itself when the diagnostics are renewed while it opens.
    await poll('the quick fix', async () => {
      await runCommand(page, 'Quick Fix...');
      return fix.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    });
    await desk.shot('hints-quick-fix');
    await fix.click();
    await poll('the edit', async () => /memory: 148Mi/.test(await lineText('memory:')));
    await poll('no squiggle', async () => (await page.locator('.squiggly-warning').count()) === 0);
  });

  it('say what a batch costs in a Triton config', async () => {
    await open('config.pbtxt');
    await hinted('max_batch_size', /throughput/);
    await desk.shot('hints-triton');
  });

  it('open the cost view from the lens, with the machine and the count of the file', async () => {
    await open('deployment.yaml');
    await page.locator('.codelens-decoration a', { hasText: 'Open Cost View' }).click();
    await page.locator('.tabs-container .tab', { hasText: /^det/ }).first().waitFor();
    const view = await webviewFrame(page, '.cost-table tr.asked');
    assert.match(await view.locator('tr.asked').innerText(), /c7a\.large/);
    const written = (await view.locator('.cost-written').innerText()).replaceAll('\u00a0', ' ');
    assert.match(written, /As written: 3 × c7a\.large, \$225 a month list\..*That is what 50 req\/s take\./);
    await desk.shot('hints-lens');
    await runCommand(page, 'View: Close Editor');
  });

  it('go with the setting', async () => {
    await open('deployment.yaml');
    await hinted('replicas:', /≈/);
    await runCommand(page, 'Inference Profiler: Turn Hints in Serving Configs On or Off');
    await poll('no hints', async () => !/≈/.test(await lineText('replicas:')));
    await poll('no lenses', async () => (await page.locator('.codelens-decoration').count()) === 0);
    await desk.shot('hints-off');
  });
});
