import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { servicesHere } from '../../src/core/cost/answers/services.js';
import type { PageState } from '../../src/protocol/webview.js';
import { batchedReport, costOf, measuredReport, pageCost } from './costFixture.js';
import { launch, openPage, violations, type OpenOptions, type OpenPage } from './pageHarness.js';
import { buildState } from './reportFixture.js';

const report = measuredReport();
const answered = (more: Parameters<typeof costOf>[2]) => costOf(report, {}, more);
const planned = buildState(report, { cost: pageCost(costOf(report)) });

describe('the cost view', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const openAt = (state: PageState, options: OpenOptions = {}): Promise<OpenPage> =>
    openPage(browser, state, { saved: { panelKey: null, ui: { tab: 'cost' } }, ...options });

  it('answers in a sentence, then shows machines: a dot, boxes, and no money where nothing is known', async () => {
    const opened = await openAt(planned);
    const { page } = opened;
    assert.match(
      await page.locator('.cost-sentence').innerText(),
      /^3 × c7a\.large hold 50 req\/s at p95 \d+\.\d ms: \$225 a month, \$1\.71 per million calls\.$/,
    );
    assert.match(await page.locator('.cost-answer').innerText(), /Model calls only\./);
    assert.equal(await page.locator('.cost-picture .dot').count(), 1);
    assert.equal(await page.locator('.cost-picture .box').count(), 2);
    const gpu = page.locator('.cost-table tr', { hasText: 'g4dn.xlarge' });
    assert.match(await gpu.innerText(), /no money from a CPU run/);
    assert.doesNotMatch(await gpu.innerText(), /\$/);
    assert.equal(await page.locator('svg.plot[role="img"]').count(), 2);
    assert.match(await page.locator('#tab-cost').innerText(), /\$225\/month/);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(opened.problems, []);
    await opened.close();
  });

  it('opens a row to say how it is known: basis, price with its day and source, what is left out', async () => {
    const opened = await openAt(planned);
    await opened.page.locator('.cost-name').first().click();
    const told = await opened.page.locator('.cost-detail').innerText();
    for (const wanted of [/measured here/, /20 Jul 2026, karpenter/, /holds up to/, /set by you/, /load balancer/])
      assert.match(told, wanted);
    await opened.close();
  });

  it('asks for a change once the typing pauses, and leaves what is typed alone when the answer comes', async () => {
    const opened = await openAt(planned);
    const { page } = opened;
    await page.locator('#cost-rate').fill('80');
    await page.waitForFunction(() =>
      (window as unknown as { posted: { type: string }[] }).posted.some(({ type }) => type === 'changeAssumptions'),
    );
    const asked = (await opened.posted()).filter(({ type }) => type === 'changeAssumptions');
    assert.deepEqual(asked, [{ type: 'changeAssumptions', change: { rate: 80 } }]);
    await page.locator('#cost-rate').pressSequentially('5');
    await opened.send({ type: 'cost', cost: pageCost(costOf(report, { rate: 80 })) });
    await page.locator('.cost-sentence', { hasText: '80 req/s' }).waitFor();
    assert.equal(await page.locator('#cost-rate').inputValue(), '805');
    await page.locator('#cost-rate').fill('much');
    assert.equal(await page.locator('#cost-rate').getAttribute('aria-invalid'), 'true');
    await page.locator('#cost-purchase').selectOption('spot');
    assert.deepEqual((await opened.posted()).at(-1), { type: 'changeAssumptions', change: { purchase: 'spot' } });
    await opened.close();
  });

  it('takes the largest batch and the wait for it, and tells what batches would change', async () => {
    const batched = batchedReport();
    const of = (change: Parameters<typeof costOf>[1]) => pageCost(costOf(batched, { rate: 100, ...change }));
    const opened = await openAt(buildState(batched, { cost: of({}) }));
    const { page } = opened;
    assert.match(
      await page.locator('.cost-answer').innerText(),
      /With batches of up to 4: 1 machine instead of 2, p95 [\d.]+ ms, \$75 a month less\./,
    );
    const [batch, delay] = [page.locator('#cost-batch'), page.locator('#cost-delay')];
    assert.deepEqual([await batch.inputValue(), await delay.inputValue()], ['1', '0']);
    await batch.fill('2.5');
    assert.equal(await batch.getAttribute('aria-invalid'), 'true');
    await batch.fill('4');
    await batch.press('Tab');
    await delay.fill('5');
    await delay.press('Tab');
    const asked = (await opened.posted()).filter(({ type }) => type === 'changeAssumptions');
    assert.deepEqual(asked.slice(-2), [
      { type: 'changeAssumptions', change: { maxBatch: 4 } },
      { type: 'changeAssumptions', change: { queueDelayMs: 5 } },
    ]);
    await opened.send({ type: 'cost', cost: of({ maxBatch: 4, queueDelayMs: 5 }) });
    await page.locator('.cost-sentence', { hasText: '1 × c7a.large' }).waitFor();
    assert.doesNotMatch(await page.locator('.cost-answer').innerText(), /With batches/);
    await page.locator('.cost-name').first().click();
    assert.match(
      await page.locator('.cost-detail').innerText(),
      /In batches of up to 4, the first request waiting 5 ms/,
    );
    await opened.close();
  });

  it('takes spare machines, and hours in place of a rate', async () => {
    const opened = await openAt(planned);
    const { page } = opened;
    const [spare, hourly] = [page.locator('#cost-spare'), page.locator('#cost-hourly')];
    assert.deepEqual([await spare.inputValue(), await hourly.inputValue()], ['0', '']);
    await spare.fill('1');
    await spare.press('Tab');
    const day = Array.from({ length: 24 }, (_, hour) => hour * 2);
    await hourly.fill('10 20 30');
    await hourly.press('Tab');
    assert.equal(await hourly.getAttribute('aria-invalid'), 'true');
    assert.match((await hourly.getAttribute('title')) ?? '', /These are 3 figures/);
    await hourly.fill(day.join(', '));
    await hourly.press('Tab');
    const asked = (await opened.posted()).filter(({ type }) => type === 'changeAssumptions');
    assert.deepEqual(asked, [
      { type: 'changeAssumptions', change: { spareReplicas: 1 } },
      { type: 'changeAssumptions', change: { hourly: day } },
    ]);
    const answer = costOf(report, { spareReplicas: 1, hourly: day, rate: 46 });
    await opened.send({ type: 'cost', cost: pageCost(answer) });
    await page.locator('.cost-sentence', { hasText: '46 req/s' }).waitFor();
    assert.deepEqual([await spare.inputValue(), await hourly.inputValue()], ['1', day.join(' ')]);
    assert.match(await page.locator('.cost-answer').innerText(), /started and stopped|by the hour/i);
    await hourly.fill('');
    await hourly.press('Tab');
    assert.deepEqual((await opened.posted()).at(-1), { type: 'changeAssumptions', change: { hourly: null } });
    await opened.close();
  });

  it('says of the charts that their steps are by formula, of as many machines as they draw', async () => {
    const section = costOf(report);
    const simulated = section.options.map((row) =>
      row.instance === 'c7a.large' ? { ...row, replicas: 2, estimate: 'simulation' as const } : row,
    );
    const opened = await openAt(buildState(report, { cost: pageCost({ ...section, options: simulated }) }));
    const said = await opened.page.locator('.cost-charts').innerText();
    assert.match(said, /\$ per month over request rate, steps by formula/);
    assert.match(said, /p95 over request rate, 3 × c7a\.large, by formula/);
    await opened.close();
  });

  it('makes up no traffic: hours and what a machine carries, the button leads to the rate', async () => {
    const opened = await openAt(buildState(report, { cost: pageCost(costOf(report, { rate: null })) }));
    const { page } = opened;
    const said = await page.locator('.cost').innerText();
    assert.match(said, /Bill unknown: no request rate is set\. One c7a\.large lists at \$0\.1026 an hour/);
    assert.doesNotMatch(said, /per million calls/);
    assert.equal(await page.locator('svg.plot').count(), 0);
    await page.locator('#set-rate').click();
    await page.locator('#cost-rate:focus').waitFor();
    await opened.close();
  });

  it('calls nothing cheapest that was only projected', async () => {
    const opened = await openAt(buildState(report, { cost: pageCost(costOf(report, { thisMachine: null })) }));
    const said = await opened.page.locator('.cost-answer').innerText();
    assert.match(said, /3 machines like this one hold 50 req\/s/);
    assert.match(said, /cannot be told apart\. Measure/);
    assert.doesNotMatch(said, /\$/);
    await opened.close();
  });

  it('measures capacity and other machines, takes a dropped measurement, and shares, when asked', async () => {
    const opened = await openAt(buildState(report, { cost: pageCost(costOf(report), false) }));
    const { page } = opened;
    await page.locator('#measure-capacity').click();
    await page.getByRole('button', { name: 'Measure There… c7i.large' }).click();
    await page.locator('#share-assumptions').click();
    await page.locator('#refresh-prices').click();
    const claimed = await page.evaluate(() => {
      const files = new DataTransfer();
      files.items.add(new File(['{"a":1}'], 'measured-c7i.large.json', { type: 'application/json' }));
      const other = new DataTransfer();
      other.items.add(new File(['PK'], 'other.onnx'));
      // What reaches the window is what the editor hears of.
      const heard: string[] = [];
      for (const type of ['dragenter', 'dragover', 'drop'])
        window.addEventListener(type, (event) => heard.push(`${type} ${String(event.defaultPrevented)}`));
      for (const dataTransfer of [other, files])
        for (const type of ['dragenter', 'dragover', 'drop'])
          document
            .querySelector('#file-name')
            ?.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      return heard;
    });
    assert.deepEqual(
      claimed,
      ['dragenter false', 'dragover false', 'drop false'],
      'JSON is ours, the rest is the editor’s',
    );
    await page.waitForFunction(() =>
      (window as unknown as { posted: { type: string }[] }).posted.some(({ type }) => type === 'measured'),
    );
    const asked = (await opened.posted()).slice(-5);
    assert.deepEqual(asked, [
      { type: 'measureCapacity' },
      { type: 'measureThere', instance: 'c7i.large' },
      { type: 'shareAssumptions' },
      { type: 'refreshPrices' },
      { type: 'measured', name: 'measured-c7i.large.json', text: '{"a":1}' },
    ]);
    await opened.close();
  });

  it('has each chart as a table, and its figures without a host', async () => {
    const opened = await openAt(planned);
    await opened.page.locator('#cost-as-table').click();
    assert.match(await opened.page.locator('.cost-charts table').innerText(), /Holds up to/);
    await opened.close();
    const kept = await openAt({ ...buildState({ ...report, cost: costOf(report) }), surface: 'document' });
    await kept.page.locator('#tab-cost').click();
    assert.match(await kept.page.locator('.cost-sentence').innerText(), /\$225 a month/);
    assert.equal(await kept.page.locator('.cost-controls').count(), 0);
    await kept.close();
  });

  it('has each button on one line and no sideways scrolling, whatever the width', async () => {
    for (const width of [600, 760, 900, 1019, 1020, 1280]) {
      const usual = costOf(report, { instances: null });
      const opened = await openAt(buildState(report, { cost: pageCost(usual) }), { width });
      const { page } = opened;
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(over <= 0, `${over} px too wide at ${width}`);
      const tall = await page
        .locator('.cost-table .there .link')
        .evaluateAll(
          (links) => links.filter((link) => link.getClientRects().length > 1 || link.clientHeight > 24).length,
        );
      assert.equal(tall, 0, `a button on two lines at ${width}`);
      if (width >= 900) {
        const rows = page.locator('.cost-table tbody tr');
        const heights = await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
        assert.deepEqual([...new Set(heights)], [24], `at ${width}`);
      }
      await page.locator('.cost-name').first().click();
      const told = await page.locator('.cost-detail').innerText();
      assert.equal(/p95 \(ms\)/.test(told), width < 1020, `the percentile at ${width}`);
      await opened.close();
    }
  });

  it('says that no spot price is known, with the one on demand, and that hours differ', async () => {
    const opened = await openAt(buildState(report, { cost: pageCost(costOf(report, { purchase: 'spot' })) }));
    const { page } = opened;
    const row = page.locator('.cost-table tr', { hasText: 'c7a.large' });
    assert.match(await row.innerText(), /no spot price known/);
    assert.match(
      await page.locator('.cost-sentence').innerText(),
      /No spot price is known for it; on demand it is \$0\.1026/,
    );
    const hourly = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 5 : 50));
    await opened.send({ type: 'cost', cost: pageCost(costOf(report, { hourly })) });
    await page
      .locator('.cost-answer', { hasText: 'With machines started and stopped by the hour: $150 a month.' })
      .waitFor();
    await opened.close();
  });

  it('comes to the front with the machine and the count of a config, once its figures are there', async () => {
    const opened = await openPage(browser, buildState(report));
    const { page } = opened;
    const costAsked = { at: 7, instance: 'C7I.large', replicas: 5 };
    await opened.send({ type: 'state', state: buildState(report, { costAsked }) });
    await page.locator('#tab-cost[aria-selected="true"]').waitFor();
    await opened.send({ type: 'cost', cost: pageCost(costOf(report)) });
    const row = page.locator('tr.asked');
    await row.locator('.cost-name:focus').waitFor();
    assert.match(await row.innerText(), /c7i\.large/);
    const written = page.locator('.cost-written');
    assert.match(
      await written.innerText(),
      /^As written: 5 × c7i\.large, \$326 a month list\. Carries [\d.]+–[\d.]+ req\/s/,
    );
    assert.deepEqual(await violations(page), []);
    await opened.send({ type: 'state', state: buildState(report, { costAsked, cost: pageCost(costOf(report)) }) });
    await page.locator('#tab-overview').click();
    await opened.send({ type: 'state', state: buildState(report, { costAsked, cost: pageCost(costOf(report)) }) });
    assert.equal(await page.locator('#tab-overview').getAttribute('aria-selected'), 'true');
    await page.locator('#tab-cost').click();
    await page.locator('#dismiss-written').click();
    assert.equal(await written.count(), 0);
    await opened.close();
  });

  it('says what one request is where requests are counted', async () => {
    const request = { name: 'ocr', steps: [{ model: 'models/det.onnx' }, { model: 'rec.onnx', callsPerRequest: 9 }] };
    const measuredAt = new Date(Date.now() - 3.5 * 86_400_000).toISOString();
    const steps = [
      { model: 'models/det.onnx', callsPerRequest: 1, measuredAt, stale: true },
      { model: 'rec.onnx', callsPerRequest: 9, measuredAt, stale: false },
    ];
    const whole = answered({ services: servicesHere(report, report.scenarios[0]!), steps });
    const opened = await openAt(buildState(report, { cost: { ...pageCost(whole), request } }));
    const stale = opened.page.locator('.cost-stale');
    assert.equal(await stale.count(), 1);
    assert.match(await stale.innerText(), /Stale: det\.onnx was measured 3 days ago and its file has changed since\./);
    const said = await opened.page.locator('.cost-answer').innerText();
    assert.match(said, /per million requests\./);
    assert.match(said, /One request of “ocr”: 1 × det\.onnx \+ 9 × rec\.onnx\. Pre- and post-processing, network/);
    assert.doesNotMatch(said, /Model calls only/);
    await opened.close();
  });

  it('says the bill in the overview, with a button that leads here', async () => {
    const opened = await openPage(browser, planned);
    const { page } = opened;
    assert.match(
      await page.locator('[data-sentence="cost"]').innerText(),
      /\$225 a month for 50 req\/s on 3 × c7a\.large/,
    );
    await page.locator('#do-cost').click();
    await page.locator('.cost').waitFor();
    await opened.close();
  });
});
