/** Opens the built page in a browser as the panel would: strict policy, theme variables, a stub of the editor's side. */

import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { FromPage, PageSavedState, PageState, ToPage } from '../../src/protocol/webview.js';
import { drawAfterActs } from './painted.js';
import { themes, type ThemeName } from './themes.js';

const root = path.resolve(import.meta.dirname, '../..');
const out = path.join(root, '.cache/test-page');
const ORIGIN = 'http://page.invalid';
const NONCE = 'c3RyaWN0';

/** The panel's policy: nothing from anywhere, script and style by nonce, the icon font from the style sheet. */
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'nonce-${NONCE}'; font-src data:`;

let bundle: Promise<{ script: string; style: string }> | null = null;

/** Built for this test from the sources, with the settings of the real build that matter to the page. */
export async function buildPage(): Promise<{ script: string; style: string }> {
  await build({
    absWorkingDir: root,
    entryPoints: ['webview/main.ts'],
    outfile: path.join(out, 'page.js'),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    tsconfig: 'webview/tsconfig.json',
    loader: { '.ttf': 'dataurl' },
    logLevel: 'silent',
  });
  const [script, style] = await Promise.all([
    readFile(path.join(out, 'page.js'), 'utf8'),
    readFile(path.join(out, 'page.css'), 'utf8'),
  ]);
  return { script, style };
}

export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}

export interface OpenPage {
  page: Page;
  /** Errors of the console and of the policy. */
  problems: string[];
  send(message: ToPage): Promise<void>;
  /** What the page asked its host for, oldest first. */
  posted(): Promise<FromPage[]>;
  saved(): Promise<PageSavedState | null>;
  close(): Promise<void>;
}

export interface OpenOptions {
  theme?: ThemeName;
  width?: number;
  height?: number;
  saved?: PageSavedState | null;
}

interface StubWindow {
  posted: FromPage[];
  saved: PageSavedState | null;
  violations: string[];
}

function shell(theme: ThemeName, state: PageState): string {
  const { bodyClass, variables } = themes[theme];
  const isDocument = state.surface === 'document';
  const declared = Object.entries(variables)
    .map(([name, value]) => `--vscode-${name}:${value};`)
    .join('');
  const css = isDocument
    ? ''
    : `<style nonce="${NONCE}">:root{${declared}--vscode-font-family:system-ui,sans-serif;--vscode-font-size:13px;--vscode-editor-font-family:monospace}</style>`;
  const embedded = isDocument
    ? `<script type="application/json" id="page-state">${JSON.stringify(state).replaceAll('<', '\\u003c')}</script>`
    : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Profile</title>
<meta property="csp-nonce" content="${NONCE}">${css}<link nonce="${NONCE}" rel="stylesheet" href="${ORIGIN}/page.css"></head>
<body class="${isDocument ? '' : bodyClass}">${embedded}<script nonce="${NONCE}" src="${ORIGIN}/page.js"></script></body></html>`;
}

/** The editor's side, as text: a compiled function would carry the compiler's own names into the page. */
const stub = (saved: PageSavedState | null, isPanel: boolean): string => `
  window.posted = [];
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.violations.push([event.violatedDirective, event.sourceFile, event.lineNumber, event.sample].join(' ')));
  const kept = sessionStorage.getItem('saved');
  window.saved = kept === null ? ${JSON.stringify(saved)} : JSON.parse(kept);
  if (${String(isPanel)}) window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.posted.push(message),
    getState: () => window.saved,
    setState: (value) => {
      window.saved = value;
      sessionStorage.setItem('saved', JSON.stringify(value));
    },
  });
`;

export async function openPage(browser: Browser, state: PageState, options: OpenOptions = {}): Promise<OpenPage> {
  bundle ??= buildPage();
  const { script, style } = await bundle;
  const page = await browser.newPage({ viewport: { width: options.width ?? 1200, height: options.height ?? 1000 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/page.js') return route.fulfill({ contentType: 'text/javascript', body: script });
    if (pathname === '/page.css') return route.fulfill({ contentType: 'text/css', body: style });
    if (pathname === '/')
      return route.fulfill({
        contentType: 'text/html',
        headers: { 'content-security-policy': POLICY },
        body: shell(options.theme ?? 'dark', state),
      });
    return route.fulfill({ status: 204 });
  });
  await page.addInitScript(stub(options.saved ?? null, state.surface === 'panel'));
  await page.goto(`${ORIGIN}/`);
  const opened: OpenPage = {
    page,
    problems,
    send: async (message) => {
      await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
    },
    posted: () => page.evaluate(() => (window as unknown as StubWindow).posted),
    saved: () => page.evaluate(() => (window as unknown as StubWindow).saved),
    close: () => page.close(),
  };
  if (state.surface === 'panel') await opened.send({ type: 'state', state });
  await page.locator('#file-name').waitFor();
  drawAfterActs(page);
  return opened;
}

export const violations = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as StubWindow).violations);
