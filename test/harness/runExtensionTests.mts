/**
 * Runs test/extension inside the extension host of a real VS Code: bundles every test file with mocha, opens a workbench
 * that loads the extension from this checkout, and prints what mocha found.
 */

import { build } from 'esbuild';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchChromium } from './chromium.js';
import { startVSCode } from './vscode.js';
import { poll } from './workbench.js';
import { makeSampleWorkspace } from './workspace.js';

const root = path.resolve(import.meta.dirname, '../..');
const TIMEOUT_MS = 8 * 60_000;

interface TestResult {
  passed: number;
  failed: number;
  report: string;
}

async function bundleTests(outfile: string): Promise<void> {
  const folder = path.join(root, 'test/extension');
  const files = readdirSync(folder, { recursive: true }).map(String);
  // Which files, by a part of their names; all without one.
  const part = process.argv[2] ?? '';
  const tests = files.filter((file) => file.endsWith('.test.ts') && path.basename(file).includes(part)).sort();
  if (tests.length === 0) throw new Error('no test file in test/extension');
  const requires = tests.map((file) => `require(${JSON.stringify(`./${file.replaceAll('\\', '/')}`)});`);
  const contents = `
    import { runMocha } from '../harness/mochaInHost.js';
    export const run = () => runMocha(() => { ${requires.join(' ')} });`;
  await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'onnxruntime-node'],
    sourcemap: 'inline',
    logLevel: 'error',
    outfile,
  });
}

/** A built workbench takes tests from its address only with this option, which stands in a <meta> that it reads late. */
function enableTestPayload(): void {
  if (window !== window.top) return;
  new MutationObserver((_, observer) => {
    const meta = document.getElementById('vscode-workbench-web-configuration');
    if (!meta) return;
    observer.disconnect();
    const settings = JSON.parse(meta.getAttribute('data-settings') ?? '{}') as Record<string, object | undefined>;
    settings.developmentOptions = { ...settings.developmentOptions, enableSmokeTestDriver: true };
    meta.setAttribute('data-settings', JSON.stringify(settings));
  }).observe(document, { childList: true, subtree: true });
}

async function main(): Promise<boolean> {
  const temporary = mkdtempSync(path.join(tmpdir(), 'extension-tests-'));
  const entry = path.join(temporary, 'tests.js');
  const resultFile = path.join(temporary, 'result.json');
  await bundleTests(entry);
  const workspace = makeSampleWorkspace(path.join(temporary, 'workspace'));
  const server = await startVSCode({ folder: workspace, env: { EXTENSION_TEST_RESULT: resultFile } });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    if (process.env.EXTENSION_TEST_DEBUG) page.on('console', (message) => process.stdout.write(`${message.text()}\n`));
    await page.addInitScript(enableTestPayload);
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
    await page.goto(
      server.url([
        ['extensionDevelopmentPath', remote(root)],
        ['extensionTestsPath', remote(entry)],
      ]),
    );
    await poll('the result of the tests', () => existsSync(resultFile), TIMEOUT_MS);
    const result = JSON.parse(readFileSync(resultFile, 'utf8')) as TestResult;
    process.stdout.write(`${result.report}\n${result.passed} passed, ${result.failed} failed\n`);
    return result.failed === 0 && result.passed > 0;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(temporary, { recursive: true, force: true });
  }
}

void main().then((passed) => {
  process.exitCode = passed ? 0 : 1;
});
