import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { PageState } from '../../src/protocol/webview.js';
import { launch, openPage, violations, type OpenOptions, type OpenPage } from './pageHarness.js';
import { buildQuantized } from './quantizationFixture.js';
import { buildReport, buildRun, buildState } from './reportFixture.js';

const tried = buildQuantized({ kernels: 120 });

describe('the view of quantization', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const open = (state: PageState, options: OpenOptions = {}): Promise<OpenPage> =>
    openPage(browser, state, { saved: { panelKey: null, ui: { tab: 'quantization' } }, ...options });
  const buttons = (opened: OpenPage): Promise<string[]> =>
    opened.page.locator('#view vscode-button[appearance="primary"]').allTextContents();

  it('has one primary button, and saves the recommended plan with it, or any plan from its row', async () => {
    const opened = await open(buildState(tried));
    const { page } = opened;
    assert.deepEqual(await buttons(opened), ['Save Quantized Model…']);
    await page.locator('#save-quantized').click();
    await page.locator('[data-plan="p2"] .icon-button').click();
    assert.deepEqual((await opened.posted()).slice(-2), [
      { type: 'saveQuantized', planId: 'p0' },
      { type: 'saveQuantized', planId: 'p2' },
    ]);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(opened.problems, []);
    await opened.close();
  });

  it('draws the plans, says in words what it draws, and shows the table alone when asked', async () => {
    const opened = await open(buildState(tried));
    const { page } = opened;
    const canvas = page.getByRole('img', { name: /Speed-up and SQNR of 5 plans\. Quantize 9 of 45/ });
    const inked = await canvas.evaluate((element) => {
      const drawn = element as HTMLCanvasElement;
      const pixels = drawn.getContext('2d')?.getImageData(0, 0, drawn.width, drawn.height).data ?? [];
      return pixels.filter((value, at) => at % 4 === 3 && value > 0).length;
    });
    assert.ok(inked > 1000, String(inked));
    await page.locator('#view-toggle').click();
    await canvas.waitFor({ state: 'detached' });
    assert.equal(await page.locator('.quant-plan').count(), 5);
    await opened.close();
  });

  it('judges the same plans by another target at once, and keeps it over a reload', async () => {
    const opened = await open(buildState(tried));
    const { page } = opened;
    await page.locator('#quant-target').selectOption('40');
    await page.locator('#quant-verdict[data-verdict="doNot"]').waitFor();
    assert.match((await page.locator('#quant-verdict').textContent()) ?? '', /none that is faster keeps 40 dB/);
    assert.deepEqual(await buttons(opened), ['Try Again']);
    assert.match((await page.locator('#tab-quantization').textContent()) ?? '', /not worth it/);
    await page.reload();
    await opened.send({ type: 'state', state: buildState(tried) });
    await page.locator('#quant-verdict[data-verdict="doNot"]').waitFor();
    await opened.close();
  });

  it('warns of synthetic inputs: no accuracy, nothing recommended, saving possible but not primary', async () => {
    const opened = await open(buildState(buildQuantized({ kernels: 120, synthetic: true })));
    const { page } = opened;
    assert.deepEqual(await buttons(opened), ['Choose Samples…']);
    assert.equal(await page.locator('#quant-target, .quant-star .codicon').count(), 0);
    await page.getByRole('img', { name: /^Speed-up of 5 plans with intervals/ }).waitFor();
    await page.locator('#choose-samples').click();
    await page.locator('#save-quantized').click();
    assert.deepEqual((await opened.posted()).slice(-2), [
      { type: 'chooseCalibrationInputs' },
      { type: 'saveQuantized', planId: 'p0' },
    ]);
    await opened.close();
  });

  it('is operated by keyboard: a plan, a layer that opens and closes, the filter, a copied row', async () => {
    const opened = await open(buildState(tried));
    const { page } = opened;
    await page.locator('.quant-choose[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-plan="p2"].chosen').waitFor();
    await page.locator('.quant-layer[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.locator('.quant-layer[aria-expanded="true"]:focus').waitFor();
    assert.equal(await page.locator('.quant-detail').count(), 1);
    await page.keyboard.press('ArrowLeft');
    await page.locator('.quant-detail').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+c');
    const copied = (await opened.posted()).at(-1);
    assert.match(
      copied?.type === 'copy' ? copied.text : '',
      /^p2o\.Conv\.\d+, 3 × 3, 96 → 24: float .* Quantize: saves/,
    );
    await page.keyboard.press('/');
    await page.keyboard.type('verdict:keep');
    const words = await page.locator('.layer-verdict').allTextContents();
    assert.ok(words.length > 0 && words.every((word) => word.trim() === 'Keep in float'), words.join());
    await opened.close();
  });

  it('sorts by its heads and says so, shows the first rows and all when asked', async () => {
    const opened = await open(buildState(tried));
    const { page } = opened;
    assert.equal(await page.locator('.quant-layer').count(), 20);
    await page.locator('#layers-all').click();
    assert.equal(await page.locator('.quant-layer').count(), 46);
    await page.locator('.quant-layers .sort[data-sort="sqnr"]').click();
    assert.equal(
      await page
        .locator('.quant-layers th[aria-sort="ascending"]')
        .textContent()
        .then((head) => head?.trim()),
      'SQNR alone (dB)',
    );
    assert.match((await page.locator('.quant-layer').first().textContent()) ?? '', /5\.2/);
    await opened.close();
  });

  it('answers how it is known below its sentence, and copies the verdict', async () => {
    const opened = await open(buildState(tried), { width: 1000 });
    const { page } = opened;
    await page.locator('.quant-actions .how').click();
    const card = (await page.locator('#card').boundingBox())!;
    const verdict = (await page.locator('#quant-verdict').boundingBox())!;
    assert.ok(card.y >= verdict.y + verdict.height, `${card.y} is over the sentence`);
    assert.equal(
      (await page.locator('#card code').textContent())?.trim(),
      'inference-profiler quantize det.onnx --dim x:2=640 --threads 2 --input-dir pages',
    );
    await page.locator('#card').getByRole('button', { name: 'Copy Result' }).click();
    const copied = (await opened.posted()).at(-1);
    assert.match(copied?.type === 'copy' ? copied.text : '', /^\S+\.onnx: Quantize 9 of 45 layers: 1\.31× faster/);
    await page.locator('#card').getByRole('button', { name: 'Change Assumptions…' }).click();
    assert.deepEqual((await opened.posted()).at(-1), { type: 'chooseCalibrationInputs' });
    await opened.close();
  });

  it('leads from a layer to its kernel in the hotspots', async () => {
    const opened = await open(buildState(tried));
    const { page } = opened;
    await page.locator('.quant-layer').first().focus();
    const id = await page.locator('.quant-layer:focus').getAttribute('data-layer');
    await page.keyboard.press('Enter');
    await page.locator(`[data-row="kernel:k${id?.slice(1) ?? ''}"][aria-expanded="true"]:focus`).waitFor();
    await opened.close();
  });

  it('starts a trial from the second sentence, and shows its phases wherever it was started', async () => {
    const untried = buildReport({ kernels: 40 });
    const opened = await openPage(browser, buildState(untried, { trialSeconds: 27.8 }));
    const { page } = opened;
    await page.locator('#do-quantization', { hasText: 'Try int8, about 28 s' }).click();
    assert.deepEqual((await opened.posted()).at(-1), { type: 'tryQuantization' });
    await page.locator('#try-int8').waitFor();
    await page.locator('#tab-overview').click();
    const phases = [
      { phase: 'layerSpeed', state: 'running', done: 12, total: 62, unit: 'nodes', round: null, remainingMs: null },
    ] as const;
    await opened.send({
      type: 'state',
      state: buildState(untried, { run: buildRun({ task: 'quantization', phases: [...phases] }) }),
    });
    await page.locator('.quant-running .phase', { hasText: '12 of 62 nodes' }).waitFor();
    await page.locator('#stop:focus').waitFor();
    await page.locator('#tab-overview').click();
    assert.doesNotMatch((await page.locator('.sentences').textContent()) ?? '', /so far/);
    await opened.close();
  });

  it('says an error in its own view with a way out, and keeps what was found', async () => {
    const failure = {
      task: 'quantization',
      message: { code: 'quantization.error.check', params: { file: 'a.onnx', found: 3, expected: 20 } },
      details: [],
      remedies: [{ type: 'tryQuantization' }, { type: 'showLog' }],
    } as const;
    const state = buildState(tried, { failure: { ...failure, details: [], remedies: [...failure.remedies] } });
    const opened = await openPage(browser, state);
    const { page } = opened;
    await page.locator('.banner.error', { hasText: 'The quantized model was removed again' }).waitFor();
    await page.locator('#tab-overview').click();
    await opened.send({ type: 'state', state });
    await page.locator('#hotspot-grid').waitFor();
    assert.equal(await page.locator('.banner.error').count(), 0);
    await page.locator('#tab-quantization').click();
    await page.locator('.quant-plan').first().waitFor();
    assert.deepEqual(await buttons(opened), ['Try Again']);
    await page.locator('#remedy-0').click();
    assert.deepEqual((await opened.posted()).at(-1), { type: 'remedy', remedy: { type: 'tryQuantization' } });
    await opened.close();
  });

  it('keeps the width of 600 px, names that are hostile and names that are long', async () => {
    const hostile = `<b>${'A'.repeat(3000)}`;
    const opened = await open(buildState(buildQuantized({ kernels: 40, firstName: hostile })), { width: 600 });
    const { page } = opened;
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 600);
    assert.equal(await page.locator('#page b').count(), 0);
    await page.locator('.quant-layer').first().click();
    await page.locator('.quant-detail').waitFor();
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 600);
    assert.deepEqual(opened.problems, []);
    await opened.close();
  });

  it('asks for labels where the samples are the user’s own, and names those that were given', async () => {
    const own = (labels: string | null): PageState => {
      const state = buildState(tried);
      return { ...state, choices: { ...state.choices, input: 'pages', labels } };
    };
    const opened = await open(own(null));
    const { page } = opened;
    await page.locator('#add-labels', { hasText: 'Add Labels…' }).click();
    assert.deepEqual((await opened.posted()).at(-1), { type: 'addLabels' });
    await opened.send({ type: 'state', state: own('labels.csv') });
    await page.locator('#add-labels', { hasText: 'Change Labels…' }).waitFor();
    await opened.send({ type: 'state', state: { ...own('labels.csv'), report: buildReport({ kernels: 40 }) } });
    await page.locator('.empty', { hasText: 'judged on pages, against the labels of labels.csv' }).waitFor();
    await opened.send({ type: 'state', state: buildState(buildQuantized({ synthetic: true })) });
    await page.locator('#choose-samples').waitFor();
    assert.equal(await page.locator('#add-labels').count(), 0);
    await opened.close();
  });

  for (const [name, task, intent, sentence] of [
    ['Pruning Candidates', 'pruning', 'measurePruning', /What could be pruned has not been looked at/],
    ['Smaller Models', 'alternatives', 'measureAlternatives', /No other model has been measured/],
  ] as const)
    it(`measures from an empty view: ${name}`, async () => {
      const untried = buildReport({ kernels: 40 });
      const opened = await openPage(browser, buildState(untried));
      const { page } = opened;
      await page.locator('#tab-more').click();
      await page.getByRole('menuitemradio', { name }).click();
      assert.match((await page.locator('.empty').textContent()) ?? '', sentence);
      assert.deepEqual(await violations(page), []);
      await page.locator(`#measure-${task}`).click();
      assert.deepEqual((await opened.posted()).at(-1), { type: intent });
      const phase = { phase: task, state: 'running', done: 3, total: 9, unit: 'nodes', round: null, remainingMs: null };
      await page.locator('#tab-overview').click();
      const run = buildRun({ task, phases: [phase as never] });
      await opened.send({ type: 'state', state: buildState(untried, { run }) });
      await page.locator('.quant-running .phase', { hasText: '3 of 9 nodes' }).waitFor();
      const failure = { task, message: { code: 'error.limit.freeMemory', params: {} }, details: [], remedies: [] };
      await opened.send({ type: 'state', state: buildState(untried, { failure }) });
      await page.locator('.banner.error + .empty').waitFor();
      assert.deepEqual(opened.problems, []);
      await opened.close();
    });

  it('shows pruning and smaller models behind More, in an exported page only those that the report has', async () => {
    const exported = await open({ ...buildState(tried), surface: 'document' });
    await exported.page.locator('#tab-more').click();
    assert.equal(await exported.page.getByRole('menuitemradio', { name: 'Pruning Candidates' }).count(), 0);
    await exported.close();
    const [section] = tried.quantization;
    const layer = {
      operatorId: 'n0',
      elements: 20_736,
      zeroShare: 0.01,
      nearZeroShare: 0.2,
      channels: 24,
      channelNorms: { min: 0.1, median: 1.2, max: 3.4 },
      removal: { channels: 6, normShare: 0.12, floatNs: 1e6, prunedNs: 0.7e6 },
      reason: null,
    };
    const code = 'quantization.pruning.reason.grouped';
    const kept = { ...layer, operatorId: 'n1', removal: null, reason: { code, params: {} } };
    const slower = { ...layer, operatorId: 'n2', removal: { ...layer.removal, prunedNs: 1.01e6 } };
    const own = { scenarioId: 's1', fileBytes: 4_745_517, parameterCount: 1e6, medianNs: 14.2e6 };
    const speed = { medianNs: 7e6, modelNs: 14e6, speedup: 2, speedupInterval: [1.9, 2.1] as [number, number] };
    const answers = { cosine: 0.98, agreement: 0.96, answers: { same: 96, items: 100 }, accuracy: null };
    const smaller = {
      path: 'small.onnx',
      fileBytes: 1_000_000,
      parameterCount: 2e5,
      measured: { ...speed, ...answers },
      reason: null,
    };
    const opened = await open(
      buildState({
        ...tried,
        quantization: [{ ...section!, pruning: { layers: [slower, layer, kept], explanation: [] } }],
        alternatives: [{ ...own, models: [smaller] }],
      }),
    );
    const { page } = opened;
    await page.locator('#tab-more').click();
    await page.getByRole('menuitemradio', { name: 'Pruning Candidates' }).click();
    assert.match(
      (await page.locator('.view[aria-label="Pruning Candidates"] .view-sentence').textContent()) ?? '',
      /accuracy after pruning unknown.*0\.70×/,
    );
    const saves = page.locator('.view[aria-label="Pruning Candidates"] tbody td:last-child');
    assert.deepEqual(await saves.allTextContents(), ['300.0', 'nothing', '–']);
    const reason = page.locator('.table-reason');
    assert.match((await reason.textContent()) ?? '', /grouped convolution/);
    const box = await reason.boundingBox();
    assert.ok(box && box.width > 3 * box.height, 'words beside each other, not below');
    await page.locator('#tab-more').click();
    await page.getByRole('menuitemradio', { name: 'Smaller Models' }).click();
    assert.match(
      (await page.locator('.view[aria-label="Smaller Models"] .view-sentence').textContent()) ?? '',
      /small\.onnx is 2\.00× .*same top answer on 96 of 100/,
    );
    assert.equal(await page.locator('.view-table tbody tr').count(), 2);
    await page.locator('#measure-alternatives', { hasText: 'Choose Others…' }).click();
    assert.deepEqual((await opened.posted()).at(-1), { type: 'measureAlternatives' });
    await opened.close();
  });
});
