/** A real VS Code on the sample workspace, as the tests that drive it from outside share it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { packagedVsix } from './packagedVsix.js';
import { Panel } from './panel.js';
import { startVSCode, type VSCodeServer } from './vscode.js';
import { explorerItem, openWorkbench, poll, profileByRightClick } from './workbench.js';
import { makeSampleWorkspace } from './workspace.js';

const shots = path.resolve(import.meta.dirname, '../../out/screenshots');

/** A test that ended; the types of older Node do not know `passed`. */
export interface Ended {
  name: string;
  passed: boolean;
}

export interface DeskOptions {
  trusted?: boolean;
  budgetSeconds?: number;
  viewport?: { width: number; height: number };
}

/** A real VS Code in a browser, on the sample workspace or the one that `fill` makes; gone after the suite. */
export class Desk {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'e2e-'));
  readonly workspace: string;
  /** Where the extension keeps what it measured. */
  readonly home = path.join(this.folder, 'home');
  page!: Page;
  panel!: Panel;
  #server!: VSCodeServer;
  #browser!: Browser;

  constructor(fill: (folder: string) => void = makeSampleWorkspace) {
    this.workspace = path.join(this.folder, 'sample');
    fill(this.workspace);
  }

  async open(options: DeskOptions = {}): Promise<void> {
    mkdirSync(shots, { recursive: true });
    this.#server = await startVSCode({
      folder: this.workspace,
      vsix: [packagedVsix()],
      settings: {
        'workbench.colorTheme': 'Dark Modern',
        'inferenceProfiler.budgetSeconds': options.budgetSeconds ?? 4,
      },
      env: { INFERENCE_PROFILER_HOME: this.home },
      trusted: options.trusted ?? true,
    });
    this.#browser = await launchChromium();
    this.page = await this.#browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    this.panel = new Panel(this.page);
    await openWorkbench(this.page, this.url());
  }

  async unfoldModels(): Promise<void> {
    await explorerItem(this.page, 'models').click();
    await explorerItem(this.page, 'det.onnx').waitFor();
  }

  newWindow(viewport: { width: number; height: number }): Promise<Page> {
    return this.#browser.newPage({ viewport });
  }

  url(): string {
    return this.#server.url();
  }

  log(): string {
    return this.#server.extensionLog();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async shot(name: string, page = this.page): Promise<void> {
    await page.screenshot({ path: path.join(shots, `${name}.png`) });
  }

  /** What was on the screen and in the log when a test failed; in words besides, where only the output is kept. */
  async keepEvidence(test: Ended): Promise<void> {
    if (test.passed) return;
    const name = `failed-${test.name.replaceAll(/\W+/g, '-').slice(0, 60)}`;
    await this.shot(name);
    const log = this.log();
    writeFileSync(path.join(shots, `${name}.log`), log);
    const shown = await this.page.locator('.notifications-toasts').allInnerTexts();
    const panel = await this.panel.frame('body', 2000).then(
      (frame) => frame.locator('body').innerText(),
      () => 'no panel',
    );
    console.log(`${test.name} failed beside:\n${[...shown, panel.slice(0, 2000), log.slice(-4000)].join('\n--\n')}`);
  }

  async resultOf(name: string): Promise<string> {
    await poll(`the panel of ${name}`, async () => (await this.panel.text('#file-name')) === name);
    return this.panel.waitForResult();
  }

  /** The panel's cost view after a run of the model, with the room of the side bar. */
  async costViewOf(name: string): Promise<Frame> {
    await this.unfoldModels();
    await profileByRightClick(this.page, name);
    await this.resultOf(name);
    await this.page.keyboard.press('Control+b');
    const view = await this.panel.frame('#tab-cost');
    await view.locator('#tab-cost').click();
    return view;
  }

  row(name: RegExp): Locator {
    return this.page.locator('.pane-body [role=tree]').first().getByRole('treeitem', { name });
  }

  async sideBar(name: string | RegExp): Promise<void> {
    await this.page.locator('.activitybar').getByRole('tab', { name }).click();
  }
}
