/** The profile panel as a user sees it, over its webview frame. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import { poll, webviewFrame } from './workbench.js';

export interface Hotspot {
  share: number;
  title: string;
  nodes: string;
}

export class Panel {
  constructor(private readonly page: Page) {}

  frame(selector = '#file-name', timeoutMs?: number): Promise<Frame> {
    return webviewFrame(this.page, selector, timeoutMs);
  }

  async text(selector: string): Promise<string> {
    const frame = await this.frame(selector);
    return (await frame.locator(selector).first().innerText()).trim();
  }

  /** Waits until the text is there: a page draws what came of a click with its next frame, or when the host answered. */
  async says(selector: string, pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const text = await this.text(selector);
      if (pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`${selector} does not say ${String(pattern)}, but:\n${text}`);
      await delay(50);
    }
  }

  /** Waits until no run is under way and the headline has its interval. */
  async waitForResult(timeoutMs = 90_000): Promise<string> {
    return poll(
      'a measured headline',
      async () => {
        const frame = await this.frame();
        const running = await frame.locator('#stop').count();
        const line = (await frame.locator('.sentences, [aria-label="In short"]').first().innerText()).trim();
        return running === 0 && /\d/.test(line.split('\n')[0] ?? '') ? line : undefined;
      },
      timeoutMs,
    );
  }

  /** Read at one moment: a table that is drawn anew between two rows would lose some of them. */
  async hotspots(): Promise<Hotspot[]> {
    const frame = await this.frame('#hotspot-grid .grid-row');
    // No named function in there: what tsx makes of one is not known in the page.
    const texts = await frame
      .locator('#hotspot-grid .grid-row')
      .evaluateAll((rows) =>
        rows.map((row) =>
          ['.cell-share', '.name-title', '.name-nodes'].map(
            (selector) => row.querySelector<HTMLElement>(selector)?.innerText ?? '',
          ),
        ),
      );
    return texts.map(([share, title = '', nodes = '']) => ({ share: Number(share), title, nodes }));
  }

  /** Gives the dimensions of the chip that says `size` new values, and asks for them all at once. */
  async changeDimensions(size: string, values: readonly string[]): Promise<void> {
    const frame = await this.frame('.chips');
    await frame.locator('.chips button').filter({ hasText: size }).first().click();
    const fields = frame.locator('.chip-form input');
    // The form is drawn with the next frame; of its fields the last ones are meant.
    await fields.nth(values.length - 1).waitFor();
    const first = (await fields.count()) - values.length;
    for (const [position, value] of values.entries()) await fields.nth(first + position).fill(value);
    await fields.last().press('Enter');
  }

  async click(selector: string): Promise<void> {
    const frame = await this.frame(selector);
    await frame.locator(selector).first().click();
  }
}
