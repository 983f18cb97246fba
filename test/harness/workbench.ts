/** What a user does in the workbench, as functions over a Playwright page. */

import type { Frame, Locator, Page } from 'playwright-core';
import { setTimeout as delay } from 'node:timers/promises';

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Waits for a condition that no event announces. */
export async function poll<T>(what: string, read: () => T | Promise<T>, timeoutMs = 30_000): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await delay(50);
  }
}

export async function openWorkbench(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  await page.locator('.explorer-folders-view [role=treeitem]').first().waitFor({ timeout: 60_000 });
}

/** Runs a command of the palette by its exact title, e.g. `Inference Profiler: Profile Inference`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget input[type=text]');
  // F1 can be lost while the focus moves.
  for (let attempt = 0; ; attempt++) {
    await page.keyboard.press('F1');
    try {
      await input.waitFor({ state: 'visible', timeout: 2000 });
      break;
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
  await input.fill(`>${title}`);
  const label = page.locator('.label-name', { hasText: new RegExp(`^\\s*${escapeRegExp(title)}\\s*$`) });
  await page.locator('.quick-input-list [role=option]').filter({ has: label }).first().click();
}

/** Answers the editor's own dialog for a file. It fills itself after it opened, and would undo what was typed before. */
export async function answerFileDialog(page: Page, file: string): Promise<void> {
  await typeIntoFileDialog(page, file);
  const dialog = page.locator('.quick-input-widget');
  // It looks at the path while it is typed, and answers for the part that it has seen.
  for (let attempt = 0; attempt < 6; attempt++) {
    if (await becomes(dialog, 'hidden', 3000)) return;
    const again = dialog.getByRole('button', { name: 'OK' });
    await again.click({ timeout: 2000 }).catch(() => undefined);
  }
  throw new Error(`the dialog stayed open: ${file}`);
}

/** As above, but the dialog has something more to ask. */
export async function typeIntoFileDialog(page: Page, file: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget');
  const input = dialog.locator('input[type=text]');
  await poll('a dialog with a file', async () => (await input.isVisible()) && (await input.inputValue()) !== '');
  await dialog.locator('[role=option]').first().waitFor();
  await input.fill('');
  await input.pressSequentially(file);
  await dialog.getByRole('button', { name: 'OK' }).click();
}

export const explorerItem = (page: Page, name: string): Locator =>
  page.locator('.explorer-folders-view').getByRole('treeitem', { name: new RegExp(`^${escapeRegExp(name)}`) });

export const notification = (page: Page, text: string | RegExp): Locator =>
  page.locator('.notifications-toasts .notification-toast').filter({ hasText: text });

export const statusBarItem = (page: Page, text: string | RegExp): Locator =>
  page.locator('.statusbar-item').filter({ hasText: text });

/** Whether `locator` comes to that state within the time. */
const becomes = (locator: Locator, state: 'visible' | 'detached' | 'hidden', timeout: number): Promise<boolean> =>
  locator.waitFor({ state, timeout }).then(
    () => true,
    () => false,
  );

/**
 * Opens the menu of `target` and chooses an entry. The menu swallows a click that comes right after it opened, and on a
 * busy machine stays open: then it is closed and opened again.
 */
export async function chooseFromContextMenu(page: Page, target: Locator, label: string): Promise<void> {
  // By the label alone: the accessible name also holds the key binding.
  const text = page.locator('.action-label', { hasText: new RegExp(`^\\s*${escapeRegExp(label)}\\s*$`) });
  const item = page.locator('.monaco-menu [role=menuitem]').filter({ has: text });
  await target.waitFor();
  for (let attempt = 0; attempt < 6; attempt++) {
    await target.click({ button: 'right', timeout: 5000 }).catch(() => undefined);
    if (await becomes(item, 'visible', 5000)) {
      await delay(150 * (attempt + 1));
      await item.click({ timeout: 2000 }).catch(() => undefined);
      if (await becomes(item, 'detached', 2000)) return;
    }
    await page.keyboard.press('Escape');
    await becomes(page.locator('.monaco-menu-container'), 'detached', 2000);
  }
  throw new Error(`the menu stayed open: ${label}`);
}

/**
 * The main job by a right-click in the explorer. A menu that closes while the window's focus moves takes the click with
 * it; the model's panel is the first thing that comes of one that arrived.
 */
export async function profileByRightClick(page: Page, name: string): Promise<void> {
  const title = `${name.replace(/\.\w+$/, '')} · Profile`;
  const panel = page.locator('.tab.active').filter({ hasText: title });
  for (let attempt = 0; attempt < 6; attempt++) {
    await chooseFromContextMenu(page, explorerItem(page, name), 'Profile Inference');
    if (await becomes(panel, 'visible', 10_000)) return;
  }
  throw new Error(`no panel came: ${title}`);
}

async function isActiveFrame(frame: Frame, page: Page): Promise<boolean> {
  const parent = frame.parentFrame();
  if (!parent || parent === page.mainFrame()) return false;
  const element = await frame.frameElement();
  return (await element.getAttribute('id')) === 'active-frame';
}

/** The webview that shows `selector`. VS Code builds a pending frame and swaps it, so the frames are asked again and again. */
export function webviewFrame(page: Page, selector: string, timeoutMs = 30_000): Promise<Frame> {
  const find = async (): Promise<Frame | undefined> => {
    for (const frame of page.frames()) {
      try {
        if ((await isActiveFrame(frame, page)) && (await frame.locator(selector).first().isVisible())) return frame;
      } catch {
        // Detached while we looked.
      }
    }
    return undefined;
  };
  return poll(`a webview with ${selector}`, find, timeoutMs);
}

/** A theme by its exact name, e.g. `Dark Modern`, `Light Modern`, `Dark High Contrast`. */
export async function chooseTheme(page: Page, name: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  const input = page.locator('.quick-input-widget input[type=text]');
  await input.fill(name);
  await page.locator('.quick-input-list [role=option]').filter({ hasText: name }).first().click();
}

/** Drops a file from outside of the editor in the middle of `target`, by the browser's own drag and drop. */
export async function dropFile(page: Page, target: Locator, file: string): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error('there is nothing to drop it on');
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 60)];
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  await session.detach();
}
