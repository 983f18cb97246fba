/** The packaged extension in a real VS Code, driven in a real browser: what a user does on a first day. */

import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Desk, type Ended } from '../harness/desk.js';
import { packagedVsix } from '../harness/packagedVsix.js';
import { Panel } from '../harness/panel.js';
import {
  chooseTheme,
  explorerItem,
  notification,
  openWorkbench,
  poll,
  profileByRightClick,
  runCommand,
  statusBarItem,
} from '../harness/workbench.js';

const MAXIMUM_VSIX_BYTES = 20e6;
const VIEWPORT = { width: 1440, height: 900 };

/** Process ids whose command line names the worker's bundle. */
function workerPids(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const isWorker = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.js');
    } catch {
      return false;
    }
  };
  return pids.filter(isWorker).map(Number);
}

describe('the packaged extension', () => {
  const desk = new Desk();
  let page: Page;
  let panel: Panel;

  before(async () => {
    await desk.open({ budgetSeconds: 3, viewport: VIEWPORT });
    await desk.unfoldModels();
    ({ page, panel } = desk);
  });
  after(() => desk.close());
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  it('is at most 20 MB', () => {
    const { size } = statSync(packagedVsix());
    assert.ok(size <= MAXIMUM_VSIX_BYTES, `${size} bytes`);
  });

  it('lists the models of the workspace, and no dependency', async () => {
    await page.locator('.activitybar').getByRole('tab', { name: 'Inference Profiler' }).click();
    const tree = page.locator('.pane-body [role=tree]').first();
    // The tree fills while it is read.
    for (const name of [/det\.onnx/, /rec\.onnx/, /large\.onnx/, /notes\.onnx/])
      await tree.getByRole('treeitem', { name }).waitFor();
    const names = (await tree.getByRole('treeitem').allInnerTexts()).join('\n');
    assert.doesNotMatch(names, /hidden\.onnx/);
    await desk.shot('models');
    await page
      .locator('.activitybar')
      .getByRole('tab', { name: /Explorer/ })
      .click();
  });

  it('profiles a model on a right-click, with progress, and shows its hotspots', async () => {
    // Looked for from the click on: a run of a few seconds may be over when the panel has come to the front.
    await Promise.all([
      notification(page, 'Profiling det.onnx').waitFor({ timeout: 60_000 }),
      profileByRightClick(page, 'det.onnx'),
    ]);
    await panel.frame('#hotspot-grid .grid-row');
    await desk.shot('running');
    await panel.waitForResult();
    const hotspots = await panel.hotspots();
    assert.match(
      hotspots
        .map(({ title }) => title)
        .slice(0, 6)
        .join(' '),
      /Conv/,
    );
    assert.match(hotspots.map(({ nodes }) => nodes).join(' '), /p2o\.Conv/);
    const shares = hotspots.filter(({ title }) => title.startsWith('Conv')).map(({ share }) => share);
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => b - a),
    );
    await desk.shot('overview');
    await page.setViewportSize({ width: 1280, height: 800 });
    await poll('a table that fits', async () => (await panel.hotspots()).length > 0);
    await desk.shot('overview-1280');
    await page.setViewportSize(VIEWPORT);
  });

  it('measures again with the dimension that a chip was given', async () => {
    // The whole shape at once, one run.
    await panel.changeDimensions('640', ['320', '320']);
    await panel.frame('#stop');
    await panel.waitForResult();
    await panel.says('.chips', /320 × 320/);
    await desk.shot('dimension-changed');
  });

  it('stops a run and keeps what was measured', async () => {
    await panel.click('#profile-again');
    await panel.frame('#stop');
    // Until the first draft of this run the page has no hotspots.
    await panel.frame('#hotspot-grid .grid-row');
    await panel.click('#stop');
    await panel.frame('.banner.info');
    await panel.says('.banner.info', /Stopped before the end/);
    assert.ok((await panel.hotspots()).length > 0);
    await desk.shot('stopped');
  });

  it('cancels within a second, the process gone', async () => {
    await panel.click('#profile-again');
    await panel.frame('#cancel');
    await poll('a worker', () => workerPids().length > 0);
    const before = performance.now();
    await panel.click('#cancel');
    await poll('no worker', () => workerPids().length === 0);
    assert.ok(performance.now() - before < 2000, 'asked to poll: a second, and what the browser takes');
    await desk.shot('cancelled');
  });

  it('survives the death of its worker, and profiles again', async () => {
    await panel.frame('#profile-again');
    await panel.click('#profile-again');
    const [pid] = await poll('a worker', () => (workerPids().length > 0 ? workerPids() : undefined));
    process.kill(pid as number, 'SIGABRT');
    await panel.frame('.banner.error');
    await panel.says('.banner.error', /SIGABRT|ended/);
    await desk.shot('worker-died');
    await panel.click('#remedy-0');
    await panel.waitForResult();
  });

  it('refuses a text file in one sentence', async () => {
    await profileByRightClick(page, 'notes.onnx');
    await panel.says('.banner.error', /not an ONNX model|text/i);
    await desk.shot('not-a-model');
  });

  it('says in the status bar that a profiled file changed', async () => {
    await profileByRightClick(page, 'cls.onnx');
    await poll('the panel of cls', async () => (await panel.text('#file-name')) === 'cls.onnx');
    await panel.waitForResult();
    // A trailing field that no reader knows: another content, the same graph.
    appendFileSync(path.join(desk.workspace, 'models/cls.onnx'), Buffer.from([0xf2, 0x3f, 0x00]));
    await statusBarItem(page, /cls\.onnx changed · Re-profile/).waitFor();
    await desk.shot('changed');
  });

  it('reopens its report after a reload, without a run', async () => {
    await page.reload();
    await page.locator('.monaco-workbench').waitFor();
    await panel.frame('#hotspot-grid .grid-row');
    assert.equal(workerPids().length, 0);
    assert.equal(await panel.text('#file-name'), 'cls.onnx');
    await desk.shot('reloaded');
  });

  it('copies one line with machine, inputs and interval', async () => {
    await panel.click('#copy-result');
    const line = await poll('the clipboard', () => page.evaluate(() => navigator.clipboard.readText()));
    assert.match(line, /cls\.onnx.*ms|µs/);
    assert.equal(line.trim().split('\n').length, 1);
  });

  it('lets a second window wait until the first has measured, and then measure', async () => {
    const second = await desk.newWindow(VIEWPORT);
    const secondPanel = new Panel(second);
    await openWorkbench(second, desk.url());
    await explorerItem(second, 'models').click();
    await explorerItem(second, 'rec.onnx').waitFor();
    await panel.click('#profile-again, .banner.warning button');
    await poll('a worker', () => workerPids().length > 0);
    await profileByRightClick(second, 'rec.onnx');
    await poll('the wait', async () => /another measurement/.test(await secondPanel.text('.page-header')));
    assert.equal(workerPids().length, 1);
    await desk.shot('waiting', second);
    await panel.waitForResult();
    await secondPanel.waitForResult();
    assert.equal(await secondPanel.text('#file-name'), 'rec.onnx');
    await second.close();
  });

  it('follows the theme', async () => {
    for (const theme of ['Light Modern', 'Dark High Contrast']) {
      await chooseTheme(page, theme);
      const frame = await panel.frame();
      const kind = theme === 'Light Modern' ? 'vscode-light' : 'vscode-high-contrast';
      await poll(theme, () => frame.locator(`body.${kind}`).count());
      await desk.shot(theme.toLowerCase().replaceAll(' ', '-'));
    }
  });

  it('has nothing of ours in the log as an error', async () => {
    await runCommand(page, 'Inference Profiler: Show Log');
    await desk.shot('log');
    const log = desk.log();
    assert.match(log, /^\[debug\] /m);
    // One worker was killed on purpose.
    assert.deepEqual(log.match(/^\[error\] .*/gm), ['[error] The worker process ended (SIGABRT). Standard error:']);
  });
});
