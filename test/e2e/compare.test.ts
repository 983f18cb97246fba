/** Runs that are kept, compared and held to: in the tree, against HEAD, against a baseline; in a real editor. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { StoredReport } from '../../src/protocol/store.js';
import { ReportStore } from '../../src/store/reportStore.js';
import { CHANGED_CONV, writeStack } from '../cli/compareModels.js';
import { Desk, type Ended } from '../harness/desk.js';
import type { Panel } from '../harness/panel.js';
import {
  answerFileDialog,
  chooseFromContextMenu,
  explorerItem,
  notification,
  poll,
  profileByRightClick,
} from '../harness/workbench.js';

const MODEL = 'stack.onnx';
/** Some milliseconds: what else runs on the machine weighs less. */
const SIZE = { channels: 64, size: 64 };

/**
 * The same run on a machine a million times as fast, so that no noise hides what is slower than it: where few rounds
 * were kept, or the machine was shared beside one of both runs, a hundred times would be within what that explains.
 */
function faster(text: string): { reportId: string } {
  const shrink = (key: string, value: unknown): unknown => {
    if (!key.endsWith('Ns') || /^(reference|handoff)/.test(key)) return value;
    const each = (time: unknown): unknown =>
      Array.isArray(time) ? time.map(each) : typeof time === 'number' ? time / 1e6 : time;
    return each(value);
  };
  return JSON.parse(text, shrink) as { reportId: string };
}

describe('runs that are kept and compared', () => {
  const desk = new Desk((empty) => {
    mkdirSync(empty);
  });
  const { folder, workspace } = desk;
  const model = path.join(workspace, MODEL);
  const store = new ReportStore(path.join(desk.home, 'reports'));
  let commit = '';
  let page: Page;
  let panel: Panel;

  const tree = (): Locator => page.locator('.pane-body [role=tree]').first();
  const row = (name: RegExp): Locator => tree().getByRole('treeitem', { name });
  const runRows = (): Locator => tree().locator('[role=treeitem][aria-level="3"]');
  const kept = (count: number): Promise<StoredReport[]> =>
    poll(`${count} runs`, async () => {
      const runs = await store.list(model);
      return runs.length === count ? runs : null;
    });
  const compared = async (): Promise<string> => {
    await panel.frame('.view.compare .compare-figures');
    return panel.text('.view.compare');
  };
  const git = (...words: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...words],
      {
        cwd: workspace,
        encoding: 'utf8',
      },
    ).trim();

  before(async () => {
    writeStack(model, SIZE);
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'A model');
    commit = git('rev-parse', 'HEAD');
    await desk.open({ budgetSeconds: 2, viewport: { width: 1280, height: 860 } });
    ({ page, panel } = desk);
  });
  after(() => desk.close());
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  it('compares the two that are selected in the tree, the older one as the one before', async () => {
    await profileByRightClick(page, MODEL);
    await kept(1);
    await panel.waitForResult();
    await panel.click('#profile-again');
    const [newer, older] = await kept(2);
    assert.ok(newer && older);
    await panel.waitForResult();
    await page.locator('.activitybar').getByRole('tab', { name: 'Inference Profiler' }).click();
    await row(/stack\.onnx/)
      .locator('.monaco-tl-twistie')
      .click();
    await row(/^Runs/).click();
    await poll('both runs', async () => (await runRows().count()) === 2);
    await runRows().first().click();
    await runRows()
      .last()
      .click({ modifiers: ['Control'] });
    await chooseFromContextMenu(page, runRows().last(), 'Compare Selected Runs');
    const text = await compared();
    assert.match(text, /Both runs are of the same file, byte for byte/);
    assert.match(text, /Latency, median/);
    assert.ok(older.createdAt < newer.createdAt);
    await desk.shot('compare-runs');
    await panel.click('#tab-overview');
  });

  it('names, pins, deletes, exports and takes in a run', async () => {
    const first = runRows().first();
    await first.click();
    await chooseFromContextMenu(page, first, 'Rename Run…');
    const input = page.locator('.quick-input-widget input[type=text]');
    await input.fill('after the merge');
    await input.press('Enter');
    const named = row(/after the merge/);
    await named.hover();
    await named.getByRole('button', { name: 'Pin Run' }).click();
    await poll('the pin', async () => (await store.list(model)).some((run) => run.pinned && run.name !== null));

    await chooseFromContextMenu(page, named, 'Export Run…');
    await page.locator('.quick-input-list [role=option]').filter({ hasText: 'JSON' }).first().click();
    const file = path.join(folder, 'run.json');
    await answerFileDialog(page, file);
    await poll('the file', () => existsSync(file));
    const exported = faster(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(exported));

    const question = page.locator('.monaco-dialog-box');
    await chooseFromContextMenu(page, named, 'Delete Run…');
    await question.filter({ hasText: 'It cannot be brought back' }).waitFor();
    await desk.shot('run-delete');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'hidden' });
    assert.equal((await store.list(model)).length, 2);
    await chooseFromContextMenu(page, named, 'Delete Run…');
    await question.getByRole('button', { name: 'Delete' }).click();
    await kept(1);
    await named.waitFor({ state: 'detached' });

    await chooseFromContextMenu(page, row(/stack\.onnx/), 'Import Report…');
    await answerFileDialog(page, file);
    const [imported] = await kept(2);
    assert.equal(imported?.reportId, exported.reportId);
    await row(/from elsewhere/).waitFor();
    await desk.shot('runs-group');
    // Clicked, it opens; it is the one that later results are held to.
    await row(/from elsewhere/).click();
    assert.match(await panel.waitForResult(), /\d (µs|ns)/);
  });

  it('says once that a result is slower than the pinned baseline, and compares', async () => {
    await chooseFromContextMenu(page, row(/stack\.onnx/), 'Pin as Baseline');
    await page.locator('.statusbar-item').filter({ hasText: 'Pinned as the baseline' }).waitFor();
    writeStack(model, { ...SIZE, columns: 31 });
    await page
      .locator('.activitybar')
      .getByRole('tab', { name: /Explorer/ })
      .click();
    await explorerItem(page, MODEL).waitFor();
    await profileByRightClick(page, MODEL);
    const message = notification(page, /stack\.onnx is slower than its baseline/);
    await message.waitFor({ timeout: 60_000 });
    assert.equal(await message.count(), 1);
    await desk.shot('slower-than-baseline');
    await message.getByRole('button', { name: 'Compare' }).click();
    const text = await compared();
    assert.match(text, /Slower, (\+\d|\d[\d,.]* ×)/);
    assert.ok(text.includes(CHANGED_CONV), text);
    assert.match(text, /multiply-accumulates/);
    await desk.shot('compare-baseline');
  });

  it('compares with HEAD, and leads to the commit of the last good model', async () => {
    await (await panel.frame('.compare-choices')).getByRole('button', { name: 'Compare with HEAD' }).click();
    const message = notification(page, /stack\.onnx is slower than its baseline/);
    await message.waitFor({ timeout: 60_000 });
    const text = await poll('the commit', async () => {
      const shown = await compared();
      return shown.includes(`commit ${commit.slice(0, 7)}`) ? shown : null;
    });
    // Whether noise lets the latency be judged is not this test's matter; work is counted.
    assert.match(text, /Multiply-accumulates[\s\S]*?\+\d+ %[\s\S]*?worse/);
    assert.ok(text.includes(CHANGED_CONV), text);
    await desk.shot('compare-head');
    await message.getByRole('button', { name: 'Reveal the Last Good Model' }).click();
    const found = notification(page, `in commit ${commit.slice(0, 10)}`);
    await found.waitFor();
    await desk.shot('last-good');
    await found.getByRole('button', { name: 'Copy Commit' }).click();
    assert.equal(await poll('the clipboard', () => page.evaluate(() => navigator.clipboard.readText())), commit);
    assert.doesNotMatch(desk.log(), /^\[error\] /m);
  });
});
