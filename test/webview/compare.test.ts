import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';

import { buildComparison } from './compareFixture.js';
import { launch, openPage, violations, type OpenPage } from './pageHarness.js';
import { buildReport, buildState } from './reportFixture.js';

describe('the view Compare', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const { report, comparison } = buildComparison();
  const open = (): Promise<OpenPage> =>
    openPage(browser, buildState(report, { comparison }), { saved: { panelKey: null, ui: { tab: 'compare' } } });

  it('says what differs before any number, then the verdict, then the kernels that changed with their causes', async () => {
    const opened = await open();
    const { page } = opened;
    const order = await page.evaluate(() =>
      [...document.querySelectorAll('.compare-notes, .view-sentence, .compare-figures, .compare-table')].map(
        ({ className }) =>
          className.split(' ').find((name) => name !== 'plain-table' && name !== 'view-table' && name !== 'notes'),
      ),
    );
    assert.deepEqual(order, ['compare-notes', 'view-sentence', 'compare-figures', 'compare-table']);
    assert.match(
      (await page.locator('.compare-notes').textContent()) ?? '',
      /Different numbers of threads: 2 before, 4 now\./,
    );
    assert.equal(await page.locator('.compare-line').count(), 5);
    assert.match(
      (await page.locator('.compare-cause').allTextContents()).join('\n'),
      /block2\/conv\/Conv no longer fuses with Relu/,
    );
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(opened.problems, []);
    await opened.close();
  });

  it('sorts by its heads and says so, filters by name and by cause, and shows all on demand', async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator('.sort[data-sort="now"]').click();
    await page.locator('th[aria-sort="descending"] .sort[data-sort="now"]').waitFor();
    const names = await page
      .locator('.compare-row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('title')));
    assert.match(names[0] ?? '', /block2\/conv/);
    await page.locator('#compare-filter input').fill('fuses');
    await page.locator('.compare-line').nth(1).waitFor({ state: 'detached' });
    assert.equal(await page.locator('.compare-line').count(), 1);
    await page.locator('#compare-filter input').fill('');
    await page.locator('.compare-only input').uncheck();
    await page.locator('.compare-line').nth(24).waitFor();
    assert.equal(await page.locator('.compare-line').count(), 25);
    await opened.close();
  });

  it('is one stop for its rows, opens one by the keyboard, copies it, and leads to the hotspots', async () => {
    const opened = await open();
    const { page } = opened;
    assert.equal(await page.locator('.compare-row[tabindex="0"]').count(), 1);
    await page.locator('.compare-row').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.locator('.compare-row[aria-expanded="true"]:focus').waitFor();
    await page.keyboard.press('Control+c');
    const copied = (await opened.posted()).find(({ type }) => type === 'copy');
    assert.match(
      copied?.type === 'copy' ? copied.text : '',
      /block1\/conv\/Conv \(Conv \+ Relu\): .* → .*, −3\d %, faster$/,
    );
    await page.keyboard.press('/');
    await page.locator('#compare-filter:focus-within').waitFor();
    await page.getByRole('button', { name: 'Show in Hotspots' }).click();
    await page.locator('.grid-row[aria-expanded="true"]').waitFor();
    await opened.close();
  });

  it('asks the host to compare, and for nothing in an exported document', async () => {
    const empty = buildState(buildReport({ kernels: 20 }));
    const saved = { panelKey: null, ui: { tab: 'compare' } };
    const opened = await openPage(browser, empty, { saved });
    await opened.page.getByRole('button', { name: 'Compare with HEAD' }).click();
    assert.deepEqual((await opened.posted()).at(-1), { type: 'compare', with: 'head' });
    await opened.close();
    const exported = await openPage(browser, { ...empty, surface: 'document' }, { saved });
    assert.equal(await exported.page.getByRole('button', { name: 'Compare with HEAD' }).count(), 0);
    await exported.close();
  });
});
