import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { FromPage } from '../../src/protocol/webview.js';
import { launch, openPage, violations, type OpenPage } from './pageHarness.js';
import { buildReport, buildRun, buildState } from './reportFixture.js';

const report = buildReport({ kernels: 120 });
const intents = async (opened: OpenPage): Promise<FromPage[]> =>
  (await opened.posted()).filter(({ type }) => type !== 'ready' && type !== 'firstPaint');
const firstRow = '.grid-row[aria-rowindex="2"]';

describe('the page', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it('says that it is ready, then when it first painted', async () => {
    const opened = await openPage(browser, buildState(report));
    assert.deepEqual(
      (await opened.posted()).map(({ type }) => type),
      ['ready', 'firstPaint'],
    );
    await opened.close();
  });

  it('breaks no rule of the strict policy, whatever is opened', async () => {
    const opened = await openPage(browser, buildState(report));
    await opened.page.locator(firstRow).click();
    await opened.page.locator('#latency .how').click();
    await opened.page.locator('#card').waitFor();
    await opened.page.keyboard.press('Escape');
    await opened.page.locator('#tab-more').click();
    await opened.page.locator('#tab-more-menu').waitFor();
    assert.deepEqual(await violations(opened.page), []);
    assert.deepEqual(opened.problems, []);
    await opened.close();
  });

  it('rows stand above a line that adds up to the median', async () => {
    const opened = await openPage(browser, buildState(report));
    const shares = await opened.page.locator('.grid-row .cell-share > span:last-child').allTextContents();
    const outside = (report.scenarios[0]!.overhead!.timeNs / report.scenarios[0]!.latency!.medianNs) * 100;
    const sum = shares.reduce((total, share) => total + Number(share), outside);
    assert.ok(Math.abs(sum - 100) < 1.5, `${sum}`);
    await opened.close();
  });

  it('sorts by a head that says so, and the other way when asked again', async () => {
    const opened = await openPage(browser, buildState(report));
    const head = opened.page.locator('[data-sort="name"]');
    await head.click();
    await opened.page.locator('[role="columnheader"][aria-sort="ascending"] [data-sort="name"]').waitFor();
    assert.match((await opened.page.locator(firstRow).textContent()) ?? '', /Add/);
    await head.click();
    await opened.page.locator('[role="columnheader"][aria-sort="descending"] [data-sort="name"]').waitFor();
    assert.match((await opened.page.locator(firstRow).textContent()) ?? '', /Resize/);
    await opened.close();
  });

  it('filters as typed, names what it does not understand, and clears', async () => {
    const opened = await openPage(browser, buildState(report));
    const field = opened.page.locator('#filter');
    await field.click();
    await opened.page.keyboard.type('op:Conv share>1%');
    await opened.page.getByText(/of 120 kernels match/).waitFor();
    await opened.page.locator('.grid-row .name-title', { hasNotText: 'Conv' }).first().waitFor({ state: 'detached' });
    assert.ok((await opened.page.locator('.grid-row').count()) > 0);
    await opened.page.keyboard.type(' colour:red');
    await opened.page.locator('#filter-problem', { hasText: 'colour:red' }).waitFor();
    await opened.page.keyboard.press('Escape');
    await opened.page.getByText('20 of 120 kernels').waitFor();
    await opened.close();
  });

  it('works by keyboard: rows open and close, copy, slash leads to the filter', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    await page.locator(firstRow).focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('.grid-row[aria-rowindex="3"]:focus').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.locator('.grid-row[aria-rowindex="3"][aria-expanded="true"]:focus').waitFor();
    assert.equal(await page.locator('.grid-detail').count(), 1);
    await page.keyboard.press('Control+c');
    const copied = (await intents(opened)).find((intent) => intent.type === 'copy');
    assert.match(copied?.text ?? '', /^Add p2o\.Add\.1: .* of the median, .* ms; 1 × 24 × 160 × 160/);
    await page.keyboard.press('ArrowLeft');
    await page.locator('.grid-row[aria-rowindex="3"][aria-expanded="false"]:focus').waitFor();
    await page.keyboard.press('End');
    await page.locator('[data-row="untrusted"]:focus').waitFor();
    await page.keyboard.press('/');
    await page.locator('#filter:focus').waitFor();
    await opened.close();
  });

  it('drills into modules and back, to a kernel of the table', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    await page.locator('[data-key="module:stage 2"]').click();
    await page.locator('.crumbs [aria-current]', { hasText: 'stage 2' }).waitFor();
    await page.locator('[data-key="module:stage 2/block 3"]').click();
    await page.locator('.crumbs [aria-current]', { hasText: 'block 3' }).waitFor();
    await page.locator('.strip.inner [data-key^="kernel:"]').first().click();
    await page.locator('.grid-row[aria-expanded="true"]:focus').waitFor();
    await page.locator('.crumb', { hasText: 'model' }).click();
    await page.locator('.crumb').first().waitFor({ state: 'detached' });
    await opened.close();
  });

  it('moves between segments with the arrows, one stop for the strip', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    await page.locator('.strip.outer .chosen').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-key="module:stage 2"]:focus').waitFor();
    assert.equal(await page.locator('.strip.outer [tabindex="0"]').count(), 1);
    await page.keyboard.press('ArrowDown');
    await page.locator('.strip.inner [data-roving-item]:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-key="module:stage 2"].chosen:focus').waitFor();
    await opened.close();
  });

  it('keeps what was opened, sorted and filtered over a reload, and the key of its host', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    await page.locator('[data-sort="macs"]').click();
    await page.locator(firstRow).click();
    await page.locator('.grid-detail').waitFor();
    assert.equal((await opened.saved())?.panelKey, 'key-1');
    await page.reload();
    await opened.send({ type: 'state', state: buildState(report) });
    await page.locator('[aria-sort="descending"] [data-sort="macs"]').waitFor();
    assert.equal(await page.locator('.grid-detail').count(), 1);
    await opened.close();
  });

  it('opens with its first state when what was kept makes no sense', async () => {
    const saved = { panelKey: null, ui: { tab: 'nowhere', expanded: [1, {}], sort: '__proto__', scrollTop: 'x' } };
    const opened = await openPage(browser, buildState(report), { saved });
    assert.deepEqual(opened.problems, []);
    assert.equal(await opened.page.locator('#tab-overview[aria-selected="true"]').count(), 1);
    await opened.close();
  });

  it('posts what was asked for and carries nothing out', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    await page.locator('#profile-again').click();
    await page.locator('#measure-longer').click();
    await page.locator('#copy-result').click();
    await page.locator('#export').click();
    await page.getByRole('menuitem', { name: 'CSV Table…' }).click();
    await page.locator('#export').click();
    await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
    await page.locator('[data-chip="threads"]').click();
    await page.locator('#chip-dimension-shape').click();
    await page.locator('.chip-form input').nth(0).fill('12x');
    await page.keyboard.press('Enter');
    await page.locator('.chip-form input[aria-invalid="true"]:focus').fill('320');
    await page.locator('.chip-form input').nth(1).fill('480');
    await page.keyboard.press('Enter');
    await page.locator('#chip-dimension-shape:focus').waitFor();
    const posted = await intents(opened);
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['profile', 'measureLonger', 'copy', 'export', 'copyMarkdown', 'changeChip', 'changeDimensions'],
    );
    assert.deepEqual(posted[3], { type: 'export', format: 'csv' });
    assert.deepEqual(posted[5], { type: 'changeChip', chip: 'threads' });
    const values = [
      { name: 'x:2', value: 320 },
      { name: 'x:3', value: 480 },
    ];
    assert.deepEqual(posted[6], { type: 'changeDimensions', values });
    const line = posted[2]?.type === 'copy' ? posted[2].text : '';
    assert.match(
      line,
      /^ch_PP-OCRv4_det_infer\.onnx: .* ± .*95 % interval.*AMD EPYC, 2 cores.*x 1×3×640×640, synthetic, seed 1/,
    );
    await opened.close();
  });

  it('gives the focus to Stop while it runs and to the first remedy after a failure', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    await opened.send({ type: 'run', run: buildRun() });
    await page.locator('#stop:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#cancel').click();
    assert.deepEqual(
      (await intents(opened)).map(({ type }) => type),
      ['stop', 'cancel'],
    );
    assert.equal(await page.locator('#do-quantization[disabled]').count(), 1);
    const remedy = { type: 'profileWithMemory', memoryLimitMiB: 4096 } as const;
    const failure = { message: { code: 'error.bug', params: { text: 'x' } }, details: [], remedies: [remedy] };
    await opened.send({ type: 'state', state: buildState(report, { failure }) });
    await page.locator('#remedy-0:focus').waitFor();
    await page.keyboard.press('Enter');
    assert.deepEqual((await intents(opened)).at(-1), { type: 'remedy', remedy });
    await opened.close();
  });

  it('closes a card with Escape and gives the focus back to its figure', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    await page.locator('#latency .how').focus();
    await page.keyboard.press('Enter');
    await page.locator('#card:focus').waitFor();
    const labels = await page.locator('#card dt').allTextContents();
    assert.deepEqual(
      labels.map((label) => (label.startsWith('±') ? '±' : label)),
      ['Measured', '±', 'Quiet', 'Assumed', 'Left out', 'Command'],
    );
    await page.keyboard.press('Escape');
    await page.locator('#latency .how:focus').waitFor();
    assert.equal(await page.locator('#card').count(), 0);
    await opened.close();
  });

  it('shows hostile names as text and keeps its layout', async () => {
    const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202Egnp.exe${'A'.repeat(3000)}`;
    const state = buildState(
      buildReport({ kernels: 60, firstName: hostile, firstModule: `${hostile}/${'m'.repeat(500)}` }),
      {
        model: { fileName: hostile, location: hostile, outsideWorkspace: true },
      },
    );
    for (const width of [600, 1200]) {
      const opened = await openPage(browser, state, {
        width,
        saved: { panelKey: null, ui: { expanded: ['kernel:k0'] } },
      });
      const { page } = opened;
      await page.locator('#latency .how').click();
      await page.locator('#card').waitFor();
      assert.equal(await page.evaluate('window.hacked'), undefined);
      assert.equal(await page.locator('#page img, #page script').count(), 0);
      assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= width);
      assert.doesNotMatch((await page.locator('#page').textContent()) ?? '', /\u202E/);
      await opened.close();
    }
  });

  it('draws only the rows in sight of 10,000 kernels', async () => {
    const many = buildReport({ kernels: 10_000, modules: 40 });
    for (const kernel of many.scenarios[0]!.kernels) kernel.trusted = true;
    const opened = await openPage(browser, buildState(many), { saved: { panelKey: null, ui: { showAll: true } } });
    const { page } = opened;
    assert.equal(await page.locator('#hotspot-grid').getAttribute('aria-rowcount'), '10001');
    await page.locator(firstRow).focus();
    await page.keyboard.press('End');
    await page.locator('.grid-row[aria-rowindex="10001"]:focus').waitFor();
    const drawn = await page.locator('.grid-row').count();
    assert.ok(drawn > 5 && drawn < 150, `${drawn} rows in the document`);
    await opened.close();
  });

  it('has nothing that needs a host in an exported document', async () => {
    const opened = await openPage(browser, buildState(report, { surface: 'document' }));
    const { page } = opened;
    assert.equal(await page.locator('.actions, #measure-longer, button.chip').count(), 0);
    await page.locator(firstRow).click();
    await page.locator('.grid-detail').waitFor();
    await page.locator('.kind-rest').click();
    await page.locator('.kind-rest').waitFor({ state: 'detached' });
    assert.ok((await page.locator('.grid-row').count()) < 97);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    assert.equal(await page.locator('.grid-row').count(), 97);
    assert.equal(await page.locator('#filter:visible').count(), 0);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(opened.problems, []);
    await opened.close();
  });

  it('follows the theme: the chart is drawn again with the new colours', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    const pixels = (): Promise<string> => page.locator('.chart canvas').evaluate('(canvas) => canvas.toDataURL()');
    const before = await pixels();
    await page.evaluate(`document.documentElement.style.setProperty('--vscode-charts-blue', '#00ff00')`);
    await page.waitForFunction((old) => document.querySelector('canvas')?.toDataURL() !== old, before);
    await opened.close();
  });

  it('is one column without sideways scrolling at 600 px', async () => {
    const opened = await openPage(browser, buildState(report), { width: 600 });
    const { page } = opened;
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 600);
    assert.equal(await page.locator('.strip').count(), 0);
    await page.locator('.tree-row[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.tree-row[aria-level="2"]').first().waitFor();
    await opened.close();
  });
});
