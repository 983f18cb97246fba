/** What serving costs, in a real editor: profile a model, say what is planned, read the bill and how it is known. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { Desk, type Ended } from '../harness/desk.js';
import { chooseTheme, poll } from '../harness/workbench.js';

describe('the cost view', () => {
  const desk = new Desk();
  let view: Frame;

  const text = async (selector: string): Promise<string> =>
    (await view.locator(selector).first().innerText()).replaceAll('\u00a0', ' ');
  /** The sentence once it says so. */
  const answered = (wanted: RegExp): Promise<string> =>
    poll(String(wanted), async () => {
      const sentence = await text('.cost-sentence');
      return wanted.test(sentence) ? sentence : null;
    });
  const put = async (field: string, value: string): Promise<void> => {
    await view.locator(field).fill(value);
    await view.locator(field).press('Tab');
  };

  before(async () => {
    await desk.open({ budgetSeconds: 3 });
    view = await desk.costViewOf('cls.onnx');
  });
  after(() => desk.close());
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  it('makes up no bill before a rate is set', async () => {
    await answered(/^Bill unknown: no request rate is set\./);
    assert.doesNotMatch(await text('.cost'), /a month|per million calls|NaN|Infinity/);
  });

  it('answers with machines and dollars of a month, the price with its day and its source', async () => {
    await view.locator('#cost-this').selectOption('c7g.large');
    await put('#cost-rate', '400');
    await put('#cost-target', '100');
    await answered(/\d+ × c7g\.large holds? 400 req\/s at p95 [\d.]+ ms: \$\d+ a month, \$[\d.]+ per million calls\./);
    assert.match(await text('.cost-answer'), /Model calls only\./);
    await desk.shot('cost-dark');
    await view.locator('tr.chosen .cost-name').click();
    // The simulation follows the formula, from a thread of its own.
    const known = await poll('the simulated answer', async () => {
      const told = await text('.cost-detail');
      return /by simulation of the queue/.test(told) ? told : null;
    });
    for (const part of [/measured here/, /\$0\.\d+ an hour, \d+ \w+ 20\d\d, \w+/, /rate 400 req\/s/, /Left out/])
      assert.match(known, part);
    await view.locator('tr.chosen').scrollIntoViewIfNeeded();
    await desk.shot('cost-how');
  });

  it('answers anew when an assumption changes', async () => {
    const bill = (sentence: string): number => Number(/\$([\d,]+) a month/.exec(sentence)?.[1]?.replace(',', ''));
    const before = bill(await answered(/400 req\/s/));
    await put('#cost-rate', '40000');
    const more = bill(await answered(/40,?000 req\/s/));
    assert.ok(more > before, `${before} → ${more}`);
    await put('#cost-headroom', '80');
    const roomier = await poll('a dearer plan', async () => {
      const now = bill(await text('.cost-sentence'));
      return now > more ? now : null;
    });
    const hour = await text('tr.chosen td.number');
    const elsewhere = view.locator('#cost-region option', { hasText: 'aws eu-west-1' });
    await view.locator('#cost-region').selectOption((await elsewhere.first().getAttribute('value')) ?? '');
    await poll('prices of the other region', async () => (await text('tr.chosen td.number')) !== hour);
    assert.ok(bill(await text('.cost-sentence')) > 0 && roomier > 0);
    assert.doesNotMatch(await text('.cost'), /NaN|Infinity|\$0\.00/);
  });

  it('can be read in high contrast', async () => {
    await chooseTheme(desk.page, 'Dark High Contrast');
    view = await desk.panel.frame('.cost');
    await poll('the theme', () => view.evaluate(() => document.body.className.includes('high-contrast')));
    await view.evaluate(() => {
      window.scrollTo(0, 0);
    });
    await desk.shot('cost-high-contrast');
    const over = await view.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${over} px too wide`);
  });
});
