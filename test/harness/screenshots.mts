/**
 * The pictures of README, from a real VS Code: reports are measured by the command line first, while nothing else runs,
 * and opened in the editor then. usage: npm run screenshots   after `npm run package`
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchChromium } from './chromium.js';
import { Panel } from './panel.js';
import { startVSCode } from './vscode.js';
import { profileByRightClick, explorerItem, openWorkbench, poll } from './workbench.js';
import { makeSampleWorkspace } from './workspace.js';

const root = path.resolve(import.meta.dirname, '../..');
const pictures = path.join(root, 'media/screenshots');
const folder = mkdtempSync(path.join(tmpdir(), 'screenshots-'));
const workspace = makeSampleWorkspace(path.join(folder, 'sample'));
const env = { INFERENCE_PROFILER_HOME: path.join(folder, 'home') };
mkdirSync(pictures, { recursive: true });

for (const model of ['det', 'rec', 'sileroV5']) {
  const words = [path.join(root, 'dist/cli.js'), 'profile', path.join(workspace, 'models', `${model}.onnx`), '--quiet'];
  execFileSync(process.execPath, words, { env: { ...process.env, ...env }, stdio: 'inherit' });
}
const vsix = path.join(root, `out/inference-profiler-${process.platform}-${process.arch}.vsix`);
const settings = { 'workbench.colorTheme': 'Dark Modern', 'window.title': '${activeEditorShort}' };
const server = await startVSCode({ folder: workspace, vsix: [vsix], settings, env });
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  const panel = new Panel(page);
  await openWorkbench(page, server.url());
  const shot = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(pictures, `${name}.jpg`), type: 'jpeg', quality: 75 });

  await page.locator('.activitybar').getByRole('tab', { name: 'Inference Profiler' }).click();
  const row = page
    .locator('.pane-body [role=tree]')
    .first()
    .getByRole('treeitem', { name: /det\.onnx/ });
  await poll('the last median', async () => /ms/.test(await row.innerText()));
  await row.click();
  await panel.waitForResult();
  await shot('models');
  await page.keyboard.press('Control+b');
  await poll('the side bar to close', async () => !(await page.locator('.part.sidebar').isVisible()));
  await shot('overview');
  await page.keyboard.press('Control+b');
  await page
    .locator('.activitybar')
    .getByRole('tab', { name: /Explorer/ })
    .click();
  await explorerItem(page, 'models').click();
  await profileByRightClick(page, 'det.onnx');
  await panel.frame('#stop');
  await panel.frame('#hotspot-grid .grid-row');
  await shot('running');
  await panel.click('#cancel');
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
