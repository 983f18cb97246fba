import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { PageState } from '../../src/protocol/webview.js';
import { buildCurve, buildProviders } from './comparisonFixture.js';
import { buildComparison } from './compareFixture.js';
import { costOf, measuredReport, pageCost } from './costFixture.js';
import { buildHistory } from './historyFixture.js';
import { launch, openPage } from './pageHarness.js';
import { buildQuantized } from './quantizationFixture.js';
import { buildReport, buildRun, buildState } from './reportFixture.js';
import type { ThemeName } from './themes.js';

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

const report = buildReport({ kernels: 120 });
const priced = measuredReport();
const compared = buildComparison();
const failure = {
  message: { code: 'error.bug', params: { text: 'out of memory' } },
  details: [],
  remedies: [{ type: 'profileWithMemory', memoryLimitMiB: 4096 } as const, { type: 'showLog' } as const],
};
const states: Record<string, { state: PageState; tab?: string; width?: number; open?: string }> = {
  measured: { state: buildState(report) },
  narrow: { state: buildState(report), width: 600 },
  running: { state: buildState(buildReport({ kernels: 120, status: 'partial', rounds: 2 }), { run: buildRun() }) },
  failed: { state: buildState(buildReport({ kernels: 120, status: 'static' }), { failure }) },
  static: { state: buildState(buildReport({ kernels: 120, status: 'static' })) },
  quantization: { state: buildState(report), tab: 'quantization' },
  quantized: {
    state: buildState(buildQuantized({ kernels: 120 })),
    tab: 'quantization',
    open: 'tr.quant-layer:nth-child(1)',
  },
  quantizedNarrow: { state: buildState(buildQuantized({ synthetic: true })), tab: 'quantization', width: 600 },
  rounds: { state: buildState(report), tab: 'rounds' },
  timeline: { state: buildState(report), tab: 'timeline' },
  roofline: { state: buildState(report), tab: 'roofline' },
  memory: { state: buildState(report), tab: 'memory', width: 600 },
  curve: { state: buildState(buildCurve()), tab: 'curve' },
  cost: { state: buildState(priced, { cost: pageCost(costOf(priced)) }), tab: 'cost', open: '.cost-name' },
  costNarrow: { state: buildState(priced, { cost: pageCost(costOf(priced), false) }), tab: 'cost', width: 600 },
  costWithoutRate: { state: buildState(priced, { cost: pageCost(costOf(priced, { rate: null })) }), tab: 'cost' },
  providers: { state: buildState(buildProviders()), tab: 'providers' },
  compare: { state: buildState(compared.report, { comparison: compared.comparison }), tab: 'compare' },
  compareNarrow: {
    state: buildState(compared.report, { comparison: compared.comparison }),
    tab: 'compare',
    width: 600,
  },
  notCompared: { state: buildState(report), tab: 'compare' },
  trend: { state: buildState(report, { history: buildHistory() }), tab: 'trend' },
  trendNarrow: { state: buildState(report, { history: buildHistory() }), tab: 'trend', width: 600 },
  provenance: { state: buildState(report), tab: 'provenance' },
  provenanceNarrow: { state: buildState(report), tab: 'provenance', width: 600 },
  measure: { state: buildState(report), tab: 'measure' },
  shape: { state: buildState(report), open: '#chip-dimension-shape' },
  document: { state: buildState(report, { surface: 'document' }) },
  card: { state: buildState(report), open: '#latency .how' },
  menu: { state: buildState(report), open: '#tab-more' },
};

describe('accessibility', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  for (const theme of ['dark', 'light', 'contrastDark', 'contrastLight'] as const satisfies ThemeName[]) {
    for (const [name, { state, tab, width, open }] of Object.entries(states)) {
      it(`axe finds nothing in the ${name} page, ${theme}`, async () => {
        const saved = {
          panelKey: null,
          ui: { tab: tab ?? 'overview', expanded: ['kernel:k0', 'untrusted', 'group:g2'] },
        };
        const opened = await openPage(browser, state, { theme, saved, width: width ?? 1200 });
        if (open !== undefined) await opened.page.locator(open).first().click();
        await opened.page.evaluate(await axeSource);
        const result = await opened.page.evaluate<AxeResult>('axe.run(document, { resultTypes: ["violations"] })');
        const found = result.violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .slice(0, 3)
              .map((node) => `${node.target.join(' ')} ${node.failureSummary}`)
              .join(' | ')}`,
        );
        assert.deepEqual(found, []);
        await opened.close();
      });
    }
  }
});
