/** A real VS Code on the sample workspace, as the tests that drive it from outside share it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { packagedVsix } from './packagedVsix.js';
import { Panel } from './panel.js';
import { startVSCode, type VSCodeServer } from './vscode.js';
import { explorerItem, openWorkbench, poll } from './workbench.js';
import { makeSampleWorkspace } from './workspace.js';

const shots = path.resolve(import.meta.dirname, '../../out/screenshots');

/** A test that ended; the types of older Node do not know `passed`. */
export interface Ended {
  name: string;
  passed: boolean;
}

/** A real VS Code on the sample workspace, in a browser; gone after the suite. */
export class Desk {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'e2e-'));
  readonly workspace = makeSampleWorkspace(path.join(this.folder, 'sample'));
  page!: Page;
  panel!: Panel;
  #server!: VSCodeServer;
  #browser!: Browser;

  async open(trusted: boolean): Promise<void> {
    mkdirSync(shots, { recursive: true });
    this.#server = await startVSCode({
      folder: this.workspace,
      vsix: [packagedVsix()],
      settings: { 'workbench.colorTheme': 'Dark Modern', 'inferenceProfiler.budgetSeconds': 4 },
      trusted,
    });
    this.#browser = await launchChromium();
    this.page = await this.#browser.newPage({ viewport: { width: 1280, height: 800 } });
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    this.panel = new Panel(this.page);
    await openWorkbench(this.page, this.#server.url());
    await explorerItem(this.page, 'models').click();
    await explorerItem(this.page, 'det.onnx').waitFor();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async shot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(shots, `${name}.png`) });
  }

  /** What was on the screen and in the log when a test failed. */
  async keepEvidence(test: Ended): Promise<void> {
    if (test.passed) return;
    const name = `failed-${test.name.replaceAll(/\W+/g, '-').slice(0, 60)}`;
    await this.shot(name);
    writeFileSync(path.join(shots, `${name}.log`), this.#server.extensionLog());
  }

  async resultOf(name: string): Promise<string> {
    await poll(`the panel of ${name}`, async () => (await this.panel.text('#file-name')) === name);
    return this.panel.waitForResult();
  }

  row(name: RegExp): Locator {
    return this.page.locator('.pane-body [role=tree]').first().getByRole('treeitem', { name });
  }

  async sideBar(name: string | RegExp): Promise<void> {
    await this.page.locator('.activitybar').getByRole('tab', { name }).click();
  }
}
