import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../harness/chromium.js';
import { startVSCode } from '../harness/vscode.js';
import { openWorkbench, poll, runCommand } from '../harness/workbench.js';
import { makeSampleWorkspace } from '../harness/workspace.js';
import type { Benchmark } from './bench.js';

const root = path.resolve(import.meta.dirname, '../..');
const vsix = path.join(root, `out/inference-profiler-${process.platform}-${process.arch}.vsix`);
const STARTS = 5;

/** What VS Code says of it: loading the code and running `activate`, in milliseconds. */
async function activationMs(browser: Browser, workspace: string): Promise<number> {
  const server = await startVSCode({ folder: workspace, vsix: [vsix] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    await openWorkbench(page, server.url());
    await runCommand(page, 'Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Inference Profiler' });
    const text = await poll('the time of the activation', async () => {
      const times = await row.locator('.activation-time').allTextContents();
      return times.find((time) => /\d/.test(time));
    });
    return Number(/(\d+)\s*ms/.exec(text)?.[1] ?? NaN);
  } finally {
    await page.close();
    await server.stop();
  }
}

const benchmark: Benchmark = {
  name: 'activation: the packaged extension in VS Code',
  run: async () => {
    execFileSync(process.execPath, ['package.mjs'], { cwd: root, stdio: 'ignore' });
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    const browser = await launchChromium();
    try {
      const workspace = makeSampleWorkspace(path.join(folder, 'sample'));
      const times: number[] = [];
      for (let start = 0; start < STARTS; start++) times.push(await activationMs(browser, workspace));
      return [
        { what: `quickest of ${STARTS} starts`, value: Math.min(...times), unit: 'ms', bar: { atMost: 60 } },
        { what: 'slowest', value: Math.max(...times), unit: 'ms' },
      ];
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default benchmark;
