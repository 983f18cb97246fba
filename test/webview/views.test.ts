import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Report } from '../../src/protocol/report.js';
import type { Tab } from '../../webview/state.js';
import { buildCurve, buildPhases, buildProviders } from './comparisonFixture.js';
import { launch, openPage, violations, type OpenOptions, type OpenPage } from './pageHarness.js';
import { buildReport, buildState } from './reportFixture.js';

const report = buildReport({ kernels: 120 });

describe('the views behind More, and room for names', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const openAt = (of: Report, tab: Tab, options: OpenOptions = {}): Promise<OpenPage> =>
    openPage(browser, buildState(of), { saved: { panelKey: null, ui: { tab } }, ...options });

  it('opens each from the menu, with a sentence, and breaks no rule of the strict policy', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    const names = ['Timeline', 'Roofline', 'Memory', 'Curve', 'Providers', 'Data Check', 'Trend'];
    for (const name of [...names, 'How These Figures Were Obtained', 'AI RMF: Measure']) {
      await page.locator('#tab-more').click();
      await page.getByRole('menuitemradio', { name }).click();
      await page.locator(`.view[aria-label="${name}"] .view-sentence p`).waitFor();
    }
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(opened.problems, []);
    await opened.close();
  });

  it('leads from a point of the roofline to the kernel, by keyboard, one stop for all points', async () => {
    const opened = await openAt(report, 'roofline');
    const { page } = opened;
    assert.equal(await page.locator('.mark[tabindex="0"]').count(), 1);
    assert.equal(await page.locator('.roof, .roof-band').count(), 2);
    await page.locator('.mark[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    const id = await page.locator('.mark:focus').getAttribute('data-kernel');
    await page.keyboard.press('Enter');
    await page.locator(`[data-row="kernel:${id ?? ''}"][aria-expanded="true"]:focus`).waitFor();
    await opened.close();
  });

  it('shows every picture as a table, and says so over a reload', async () => {
    const opened = await openAt(report, 'memory');
    const { page } = opened;
    assert.equal(await page.locator('svg.plot').count(), 1);
    assert.equal(await page.locator('.view-table tbody tr').count(), 12);
    await page.locator('#view-toggle').click();
    await page.locator('svg.plot').waitFor({ state: 'detached' });
    assert.equal(await page.locator('.view-table tbody tr').count(), 20);
    await page.reload();
    await opened.send({ type: 'state', state: buildState(report) });
    await page.locator('#view-toggle .codicon-graph').waitFor();
    await page.locator('.kernel-link').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('tr:nth-child(2) .kernel-link:focus').waitFor();
    await opened.close();
  });

  it('draws the timeline in lanes of modules, to its end', async () => {
    const opened = await openAt(report, 'timeline');
    const { page } = opened;
    assert.equal(await page.locator('.plot .lane').count(), 6);
    const ends = await page
      .locator('.timeline-bar')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('x')) + Number(bar.getAttribute('width'))));
    const width = Number(await page.locator('svg.plot').getAttribute('width'));
    assert.ok(Math.max(...ends) <= width && Math.max(...ends) > width * 0.9, `${Math.max(...ends)} of ${width}`);
    await page.locator('.timeline-bar').first().click();
    await page.locator('.grid-row[aria-expanded="true"]:focus').waitFor();
    await opened.close();
  });

  it('draws a curve with its intervals and chooses a scenario from its table', async () => {
    const opened = await openAt(buildCurve(), 'curve');
    const { page } = opened;
    assert.equal(await page.locator('.whisker').count(), 3);
    await page.getByRole('button', { name: 'x:2 = 1280' }).click();
    await page.locator('tr', { hasText: '1280' }).getByText('shown').waitFor();
    await opened.close();
    const phases = await openAt(buildPhases(), 'curve');
    assert.equal(await phases.page.locator('svg.plot').count(), 0);
    assert.match((await phases.page.locator('.view-sentence').textContent()) ?? '', /48\.0 KiB to the cache/);
    await phases.close();
  });

  it('shows providers with boxes that say what cannot be seen, hostile names as text', async () => {
    const opened = await openAt(buildProviders('<img src=x onerror="window.hacked=1">'), 'providers', { width: 600 });
    const { page } = opened;
    await page.locator('.box.opaque', { hasText: 'time inside not visible' }).waitFor();
    assert.equal(await page.locator('.box.plain').count(), 2);
    assert.equal(await page.locator('#page img').count(), 0);
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 600);
    await opened.close();
  });

  it('keeps its width with hostile names in every view', async () => {
    const hostile = `<b>${'A'.repeat(3000)}`;
    const of = buildReport({ kernels: 30, firstName: hostile, firstModule: `${hostile}/${'m'.repeat(500)}` });
    for (const tab of ['timeline', 'roofline', 'memory'] as const) {
      const opened = await openAt(of, tab, { width: 600 });
      assert.ok((await opened.page.evaluate<number>('document.documentElement.scrollWidth')) <= 600, tab);
      assert.equal(await opened.page.locator('#page b').count(), 0);
      assert.deepEqual(opened.problems, []);
      await opened.close();
    }
  });

  it('gives the name the most room, whatever the width, and the detail what the table dropped', async () => {
    for (const [width, dropped] of [
      [1400, []],
      [1085, ['.cell-macs', '.cell-gflops']],
      [925, ['.cell-shape', '.cell-macs', '.cell-gflops']],
    ] as const) {
      const opened = await openPage(browser, buildState(report), { width });
      const { page } = opened;
      const widthOf = async (selector: string): Promise<number> =>
        (await page.locator(`.grid-row ${selector}`).first().boundingBox())?.width ?? 0;
      assert.ok((await widthOf('.cell-name')) > 240, `${width}: ${await widthOf('.cell-name')}`);
      for (const cell of ['.cell-shape', '.cell-macs', '.cell-gflops'] as const)
        assert.equal((await widthOf(cell)) === 0, (dropped as readonly string[]).includes(cell), `${width} ${cell}`);
      await page.locator('.grid-row').first().click();
      await page.locator('.grid-detail').waitFor();
      for (const name of ['shape', 'macs', 'gflops'])
        assert.equal(
          await page.locator(`.dropped-${name}`).isVisible(),
          (dropped as readonly string[]).includes(`.cell-${name}`),
        );
      await opened.close();
    }
  });

  it('cuts a name in its middle only where it has no room, the whole still in the document', async () => {
    const long = 'encoder.layers.17.self_attention.projection_out.Conv_with_a_long_name.0815';
    const opened = await openPage(browser, buildState(buildReport({ kernels: 20, firstName: long })), { width: 925 });
    const row = opened.page.locator('[data-row="kernel:k0"]');
    assert.equal((await row.locator('.name-nodes').textContent())?.trim(), long);
    const cut = (selector: string): Promise<boolean> =>
      row.locator(selector).evaluate((element) => element.scrollWidth > element.clientWidth);
    assert.equal(await cut('.name-head'), true);
    assert.equal(await cut('.name-tail'), false);
    const short = opened.page.locator('[data-row="kernel:k1"] .name-head');
    assert.equal(await short.evaluate((element) => element.scrollWidth > element.clientWidth), false);
    await opened.close();
  });

  it('leaves out whole what does not fit into a segment', async () => {
    const opened = await openPage(browser, buildState(buildReport({ kernels: 120, modules: 12 })), { width: 800 });
    const cut = await opened.page.locator('.segment').evaluateAll((segments) =>
      segments.flatMap((segment) => {
        const edge = segment.getBoundingClientRect();
        return [...segment.querySelectorAll('.segment-name > span, .segment-time > span')]
          .filter((part) => {
            const box = part.getBoundingClientRect();
            const inSight =
              box.top < edge.bottom - 2 && box.top < (part.parentElement?.getBoundingClientRect().top ?? 0) + 9;
            return inSight && box.width > 0 && box.right > edge.right + 0.5;
          })
          .map((part) => part.textContent);
      }),
    );
    assert.deepEqual(cut, []);
    await opened.close();
  });
});
