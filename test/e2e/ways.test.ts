/** The ways to start besides the first one, what is asked before a large load, and a folder that is not trusted. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { Desk, type Ended } from '../harness/desk.js';
import {
  answerFileDialog,
  explorerItem,
  notification,
  poll,
  profileByRightClick,
  runCommand,
} from '../harness/workbench.js';

describe('ways to a profile', () => {
  const desk = new Desk();
  before(async () => {
    await desk.open();
    await desk.unfoldModels();
  });
  after(() => desk.close());
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  for (const name of ['rec.onnx', 'sileroLegacy.onnx', 'sileroV5.onnx', 'sileroV6.onnx'])
    it(`a right-click on ${name}`, async () => {
      await profileByRightClick(desk.page, name);
      assert.match(await desk.resultOf(name), /\d (ms|µs) .*on this machine’s CPU/);
      assert.ok((await desk.panel.hotspots()).length > 0);
    });

  it('the title of the editor that holds the file, and the palette', async () => {
    await explorerItem(desk.page, 'cls.onnx').dblclick();
    const action = desk.page.locator('.editor-actions').getByRole('button', { name: 'Profile Inference' });
    await action.click();
    assert.match(await desk.resultOf('cls.onnx'), /\d (ms|µs) /);
    await explorerItem(desk.page, 'sileroV5.onnx').dblclick();
    await desk.page.locator('.tab.active').filter({ hasText: 'sileroV5.onnx' }).waitFor();
    await runCommand(desk.page, 'Inference Profiler: Profile Inference');
    assert.match(await desk.resultOf('sileroV5.onnx'), /\d (ms|µs) /);
  });

  it('the tree of models, which also copies the way to a file in Git LFS', async () => {
    await desk.sideBar('Inference Profiler');
    const row = desk.row(/cls\.onnx/);
    await row.hover();
    await row.getByRole('button', { name: 'Profile Inference' }).click();
    await desk.panel.frame('#stop');
    assert.match(await desk.resultOf('cls.onnx'), /\d (ms|µs) /);
    await poll('the last median in the tree', async () => /\d (ms|µs)/.test(await row.innerText()));
    const pointer = desk.row(/large\.onnx/);
    await pointer.hover();
    await desk.shot('tree-lfs');
    await pointer.getByRole('button', { name: 'Copy git lfs pull' }).click();
    const copied = await poll('the clipboard', () => desk.page.evaluate(() => navigator.clipboard.readText()));
    assert.match(copied, /^git lfs pull .*large\.onnx/);
    await desk.sideBar(/Explorer/);
  });

  it('compares providers by its command, and puts kernels under measured ceilings', async () => {
    await runCommand(desk.page, 'Inference Profiler: Compare Providers');
    await desk.panel.frame('#stop');
    assert.match(await desk.resultOf('cls.onnx'), /\d (ms|µs) /);
    for (const [view, says] of [
      ['Providers', /Only one provider was measured|CPU/],
      ['Roofline', /compute bound|were not measured/],
    ] as const) {
      await desk.panel.click('#tab-more');
      const frame = await desk.panel.frame('[role=menuitemradio]');
      await frame.getByRole('menuitemradio', { name: view }).click();
      const sentence = `.view[aria-label="${view}"] .view-sentence p`;
      await desk.panel.says(sentence, says);
      await desk.shot(`view-${view.toLowerCase()}`);
    }
    await desk.panel.click('#tab-overview');
  });

  it('exports the report, self-contained', async () => {
    const file = path.join(desk.folder, 'report.html');
    await runCommand(desk.page, 'Inference Profiler: Export Report…');
    await desk.page.locator('.quick-input-list [role=option]').filter({ hasText: 'HTML' }).first().click();
    await answerFileDialog(desk.page, file);
    await poll('the file', () => existsSync(file));
    assert.match(readFileSync(file, 'utf8'), /^<!doctype html>[\s\S]*"fileName":"?|cls\.onnx/i);
  });

  it('asks before a large load, and inspects instead', async () => {
    await profileByRightClick(desk.page, 'det.onnx');
    await desk.resultOf('det.onnx');
    await desk.panel.changeDimensions('640', ['16000', '16000']);
    const question = notification(desk.page, /Needs about .* GiB, .* free; about .* min/);
    await question.waitFor();
    // No figure stands below conditions that it was not measured with.
    await desk.panel.says('.chips-note', /measured with x 1 × 3 × 640 × 640/);
    await desk.shot('large-load');
    await question.getByRole('button', { name: 'Inspect Only' }).click();
    await poll('no run', async () => (await (await desk.panel.frame()).locator('#stop').count()) === 0);
    await desk.panel.says('.chips', /16,?000/);
    await desk.panel.says('.empty .tight', /Needs about .* GiB, .* GiB free; about \d+ min\./);
    await desk.shot('inspected-only');
  });
});

describe('a folder that is not trusted', () => {
  const desk = new Desk();
  before(async () => {
    await desk.open({ trusted: false });
    await desk.unfoldModels();
  });
  after(() => desk.close());
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  it('lists and inspects its models, and does not run them', async () => {
    await profileByRightClick(desk.page, 'cls.onnx');
    const question = notification(desk.page, 'needs a trusted workspace');
    await question.waitFor();
    await desk.shot('not-trusted');
    await question.getByRole('button', { name: 'Inspect Only' }).click();
    await desk.panel.says('body', /MMAC|MACs|parameters/i);
    assert.equal(await (await desk.panel.frame()).locator('#hotspot-grid .grid-row').count(), 0);
    await desk.shot('not-trusted-inspected');
  });
});
