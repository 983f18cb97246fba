import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'node:test';
import MarkdownIt from 'markdown-it';
import type { Browser, Page } from 'playwright-core';
import { gateOf } from '../../src/core/report/compare/gate.js';
import { writeHtml } from '../../src/core/report/html.js';
import { writeMarkdown } from '../../src/core/report/markdown.js';
import { writeTrace } from '../../src/core/report/trace.js';
import type { Report } from '../../src/protocol/report.js';
import { hostileReport } from '../unit/hostileReport.js';
import { buildComparison } from './compareFixture.js';
import { buildPage, launch } from './pageHarness.js';
import { buildReport } from './reportFixture.js';

const folder = mkdtempSync(path.join(tmpdir(), 'exports-'));
const root = path.resolve(import.meta.dirname, '../..');
let browser: Browser;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  page: Page;
  problems: string[];
  /** Addresses that anything asked for, the file itself excepted. */
  requests: string[];
}

async function openFile(name: string, html: string, width = 1200): Promise<Opened> {
  const file = path.join(folder, name);
  writeFileSync(file, html);
  const page = await browser.newPage({ viewport: { width, height: 1000 } });
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().endsWith(encodeURIComponent(name)) && !request.url().startsWith('data:'))
      requests.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return { page, problems, requests };
}

const hacked = (page: Page): Promise<unknown> => page.evaluate('window.hacked ?? null');
const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

async function htmlOf(report: Report): Promise<string> {
  return writeHtml(report, await buildPage());
}

describe('the exported HTML', () => {
  it('runs nothing of hostile names, asks for nothing, keeps its layout, in every view', async () => {
    const { page, problems, requests } = await openFile('hostile.html', await htmlOf(hostileReport()));
    await page.locator('#file-name').waitFor();
    for (const width of [1200, 600]) {
      await page.setViewportSize({ width, height: 1000 });
      for (const view of ['Timeline', 'Roofline', 'Memory', 'Operators', 'Checks']) {
        await page.locator('#tab-more').click();
        await page.getByRole('menuitemradio', { name: view }).click();
        assert.ok((await overflow(page)) <= 0, `${view} at ${width}`);
      }
      await page.locator('#tab-overview').click();
      assert.ok((await overflow(page)) <= 0, `overview at ${width}`);
    }
    assert.equal(await hacked(page), null);
    assert.equal(await page.locator('img, b[onclick]').count(), 0);
    assert.deepEqual(problems, []);
    assert.deepEqual(requests, []);
    await page.close();
  });

  it('holds 10,000 operators without stalling, and all of them on paper', async () => {
    const { page, problems } = await openFile(
      'large.html',
      await htmlOf(buildReport({ kernels: 10_000, modules: 40 })),
    );
    await page.locator('.grid-row').first().waitFor();
    const rows = await page.locator('.grid-row').count();
    assert.ok(rows > 5 && rows < 400, `${rows} rows drawn`);
    await page.locator('#group-by').selectOption('opType');
    await page.locator('.grid-row').first().click();
    await page.locator('.grid-row[aria-expanded="true"]').waitFor();
    const drawn = await page.locator('.grid-row').count();
    assert.ok(drawn < 400, `${drawn} rows drawn of an open group`);
    assert.deepEqual(problems, []);
    await page.close();
  });

  it('opens on the comparison that it holds, without a network, beside the whole report', async () => {
    const { base, report, comparison: compared } = buildComparison();
    const comparison = { ...compared, gate: gateOf(compared, 0.05) };
    const html = writeHtml(report, await buildPage(), { comparison, base });
    const { page, problems, requests } = await openFile('comparison.html', html);
    await page.locator('.view.compare .view-sentence').waitFor();
    assert.match((await page.locator('.view-sentence').textContent()) ?? '', /before, .* now/);
    assert.match((await page.locator('.compare .banner').textContent()) ?? '', /Failed|Passed|Cannot/);
    assert.ok((await page.locator('.compare-line').count()) > 0);
    assert.equal(await page.getByRole('button', { name: 'Compare with HEAD' }).count(), 0);
    for (const width of [1200, 600]) {
      await page.setViewportSize({ width, height: 1000 });
      assert.ok((await overflow(page)) <= 0, `at ${width}`);
    }
    await page.getByRole('button', { name: 'How these figures were obtained' }).click();
    const rows = await page.locator('.provenance-pair tbody tr').allTextContents();
    const rowOf = (label: string): string[] =>
      (rows.find((row) => row.trim().startsWith(label)) ?? '').split('\n').map((part) => part.trim());
    assert.match(rowOf('Git commit').join('|'), /1a2b3c4d5e6f.*missing/);
    assert.match(rowOf('Runtime').join('|'), /onnxruntime 1\.22\.0.*onnxruntime 1\.30\.0/);
    assert.match(rowOf('Opset').join('|'), /17.*both/);
    assert.ok((await overflow(page)) <= 0);
    await page.locator('#tab-overview').click();
    await page.locator('.grid-row').first().waitFor();
    assert.deepEqual([...problems, ...requests], []);
    await page.close();
  });

  it('prints dark text on white without controls, on pages of paper', async () => {
    const { page } = await openFile('print.html', await htmlOf(buildReport({ kernels: 120 })));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.locator('.grid-row').first().waitFor();
    const colors = await page.evaluate(
      `(() => { const s = getComputedStyle(document.body); return [s.color, getComputedStyle(document.documentElement).backgroundColor, s.backgroundColor]; })()`,
    );
    const [text = '', ...grounds] = colors as string[];
    const light = (color: string): number => Math.max(...(color.match(/\d+/g) ?? ['0']).slice(0, 3).map(Number));
    assert.ok(light(text) < 100, text);
    assert.ok(
      grounds.every((ground) => /, 0\)$/.test(ground) || light(ground) > 240),
      grounds.join(' '),
    );
    assert.equal(await page.locator('.tabs:visible, #filter:visible, .how:visible').count(), 0);
    const pdf = await page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 10_000);
    await page.close();
  });
});

describe('the Markdown, as a host renders it', () => {
  it('runs nothing of hostile names and keeps its tables', async () => {
    const rendered = new MarkdownIt({ html: true, linkify: true }).render(writeMarkdown(hostileReport()));
    const { page, problems, requests } = await openFile(
      'comment.html',
      `<!doctype html><meta charset="utf-8"><body>${rendered}`,
    );
    assert.equal(await hacked(page), null);
    assert.equal(await page.locator('img, script, b, a, h1, i, iframe').count(), 0);
    assert.deepEqual([...problems, ...requests], []);
    const cells = await page.evaluate(
      `[...document.querySelectorAll('table')].map((table) => [...new Set([...table.rows].map((row) => row.cells.length))])`,
    );
    assert.deepEqual(cells, [[4], [7], [2]]);
    await page.close();
  });
});

describe('the trace in speedscope', () => {
  const release = path.join(root, 'node_modules/speedscope/dist/release');
  let server: Server;
  let trace = '';
  before(() => {
    server = createServer((request, response) => {
      const name = path.basename(new URL(request.url ?? '/', 'http://local').pathname);
      const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
      response.setHeader('content-type', types[path.extname(name)] ?? 'application/octet-stream');
      response.end(name === 'trace.json' ? trace : readFileSync(path.join(release, name)));
    });
    return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  for (const [name, report] of [
    ['a usual model', buildReport({ kernels: 120 })],
    ['hostile names', hostileReport()],
  ] as const)
    it(`opens ${name}`, async () => {
      trace = writeTrace(report);
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
      const messages: string[] = [];
      page.on('console', (message) => messages.push(message.text()));
      page.on('pageerror', (error) => messages.push(String(error)));
      const url = encodeURIComponent(`${origin}/trace.json`);
      await page.goto(`${origin}/index.html#profileURL=${url}`);
      await page.waitForFunction(`document.title.includes('speedscope') && document.title !== 'speedscope'`);
      await page.getByText('CPU kernels in their modules').waitFor();
      assert.deepEqual(
        messages.filter((text) => /error|failed|unexpected|tried to|mismatch/i.test(text)),
        [],
      );
      await page.close();
    });
});
