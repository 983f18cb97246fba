/** Quantization as a user has it: tried on samples of the workspace, saved by the dialog, and not saved over unasked. */

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { Desk, type Ended } from '../harness/desk.js';
import {
  answerFileDialog,
  explorerItem,
  notification,
  poll,
  profileByRightClick,
  typeIntoFileDialog,
} from '../harness/workbench.js';
import { fixture } from '../models/index.js';
import { writeNpz } from '../worker/quantizeSamples.js';

async function chooseView(desk: Desk, name: string): Promise<void> {
  await desk.panel.click('#tab-more');
  const frame = await desk.panel.frame('[role=menuitemradio]');
  await frame.getByRole('menuitemradio', { name }).click();
}

describe('quantization in the panel', () => {
  const desk = new Desk();
  const model = path.join(desk.workspace, 'models/residual.onnx');
  const target = path.join(desk.folder, 'residual.int8.onnx');
  before(async () => {
    copyFileSync(fixture('resnet18Like'), model);
    copyFileSync(model, path.join(desk.workspace, 'models/student.onnx'));
    writeNpz({ name: 'input', shape: [1, 3, 64, 64] }, 8, path.join(desk.workspace, 'samples.npz'));
    const shared = { models: { 'models/residual.onnx': { inputs: { '*': 'samples.npz' }, threads: 1 } } };
    writeFileSync(path.join(desk.workspace, 'inference-profiler.json'), JSON.stringify(shared));
    await desk.open();
    await desk.unfoldModels();
  });
  after(() => desk.close());
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  it('measures plans on the samples of the workspace', async () => {
    await explorerItem(desk.page, 'residual.onnx').waitFor();
    await profileByRightClick(desk.page, 'residual.onnx');
    await desk.resultOf('residual.onnx');
    await desk.panel.click('#tab-quantization');
    await desk.panel.says('#view', /Calibrated and judged on samples\.npz/);
    await desk.shot('quantization-empty');
    await desk.panel.click('#try-int8');
    await desk.panel.frame('.quant-running');
    await desk.shot('quantization-running');
    await desk.panel.frame('#save-quantized', 90_000);
    const frame = await desk.panel.frame('.quant-plans');
    const rows = await frame.locator('.quant-plan').allInnerTexts();
    // Speed-up with its interval, and an accuracy of the samples.
    assert.ok(rows.length >= 2 && rows.every((row) => /\d\.\d\d \d\.\d\d–\d\.\d\d\s+\d/.test(row)), rows.join('\n'));
    await desk.shot('quantization-plans');
  });

  it('judges against labels once they are added, with accuracy and calibration error', async () => {
    const labels = path.join(desk.folder, 'labels.csv');
    writeFileSync(labels, `label\n${'0\n'.repeat(8)}`);
    await desk.panel.click('#add-labels');
    await answerFileDialog(desk.page, labels);
    await desk.panel.frame('.quant-running');
    await desk.panel.frame('#save-quantized', 90_000);
    const frame = await desk.panel.frame('.quant-plans');
    const heads = await frame.locator('.quant-plans thead').innerText();
    assert.match(heads, /Accuracy \(%\)\s+Calibration error \(%\)/);
    await desk.panel.says('.quant-notes', /Judged against 4 labels of labels\.csv/);
    await frame.locator('.quant-notes').scrollIntoViewIfNeeded();
    await desk.shot('quantization-labels');
  });

  it('looks for what to prune, and sets other models beside it', async () => {
    await chooseView(desk, 'Pruning Candidates');
    await desk.panel.click('#measure-pruning');
    await desk.panel.says('.view[aria-label="Pruning Candidates"] p', /Time only/);
    await desk.shot('quantization-pruning');
    await chooseView(desk, 'Smaller Models');
    await desk.panel.click('#measure-alternatives');
    const picker = desk.page.locator('.quick-input-widget');
    await picker.locator('.monaco-list-row', { hasText: 'student.onnx' }).click();
    await picker.getByRole('button', { name: 'OK' }).click();
    const view = '.view[aria-label="Smaller Models"]';
    await desk.panel.says(`${view} p`, /as fast|faster for certain/);
    await desk.panel.says(`${view} table`, /student\.onnx[\s\S]*8 of 8/);
    await desk.shot('quantization-alternatives');
    await desk.panel.click('#tab-quantization');
  });

  it('writes the model where the dialog says, checked', async () => {
    await desk.panel.click('#save-quantized');
    await answerFileDialog(desk.page, target);
    const told = notification(desk.page, 'Saved residual.int8.onnx');
    await told.waitFor({ timeout: 60_000 });
    assert.match(
      await told.innerText(),
      /It loads and runs here, has the same inputs and outputs, and keeps [\d.]+ dB/,
    );
    await desk.panel.says('.quant-told', /Saved residual\.int8\.onnx/);
    await desk.shot('quantization-saved');
    assert.ok(statSync(target).size < statSync(model).size, 'fewer bits are fewer bytes');
    assert.ok(!readFileSync(target).equals(readFileSync(model)));
  });

  it('asks before it replaces a file', async () => {
    const { page } = desk;
    writeFileSync(target, 'mine');
    await desk.panel.click('#save-quantized');
    await typeIntoFileDialog(page, target);
    const dialog = page.locator('.quick-input-widget').filter({ hasText: /residual\.int8\.onnx already exists/ });
    await dialog.waitFor();
    assert.equal(readFileSync(target, 'utf8'), 'mine');
    await dialog.getByRole('button', { name: 'OK' }).click();
    await poll('the model in its place', () => statSync(target).size > 10_000, 60_000);
  });
});
