/** Prices and measurements that the user brings, in a real editor: a list of prices, a file dropped on the panel. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { Desk, type Ended } from '../harness/desk.js';
import { dropFile, notification, poll, runCommand } from '../harness/workbench.js';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
const THERE = 'c7i.large';

describe('what the user brings to the cost view', () => {
  const desk = new Desk();
  const elsewhere = path.join(desk.folder, 'elsewhere');
  const lists = new Map<string, string>();
  const asked: string[] = [];
  let server: Server;
  let view: Frame;

  /** The cells of one machine, read at one moment. */
  const rowOf = async (instance: string): Promise<string> => {
    const rows = await view
      .locator('.cost-table tbody tr')
      .evaluateAll((all) => all.map((row) => (row as HTMLElement).innerText.replaceAll('\u00a0', ' ')));
    return rows.find((row) => row.includes(instance)) ?? '';
  };
  const rowSays = (instance: string, wanted: RegExp): Promise<string> =>
    poll(`${instance}: ${String(wanted)}`, async () => {
      const row = await rowOf(instance);
      return wanted.test(row) ? row : null;
    });

  /** Measures as the command for another machine says, in a folder that stands for that machine. */
  function measureThere(model: string): string {
    const file = `${model}.onnx`;
    const folder = path.join(elsewhere, model);
    mkdirSync(folder, { recursive: true });
    cpSync(path.join(desk.workspace, 'models', file), path.join(folder, file));
    const options = {
      stdio: 'pipe',
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, INFERENCE_PROFILER_HOME: elsewhere },
    } as const;
    const printed = execFileSync(process.execPath, [cli, 'cost', file, '--measure-there', THERE], options);
    const [tool, ...words] = printed.trim().split(' ');
    assert.equal(tool, 'inference-profiler');
    execFileSync(process.execPath, [cli, ...words, '--budget', '1', '--quiet'], options);
    return path.join(folder, words.at(-1) ?? '');
  }

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const found = lists.get((request.url ?? '').replace(/\?.*$/, ''));
      response.writeHead(found === undefined ? 404 : 200).end(found);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await desk.open({ budgetSeconds: 2 });
    view = await desk.costViewOf('cls.onnx');
    await view.locator('#cost-rate').fill('400');
    await view.locator('#cost-rate').press('Tab');
    await rowSays(THERE, /[pP]rojected/);
  });
  after(async () => {
    await desk.close();
    server.close();
  });
  afterEach((test) => desk.keepEvidence(test as unknown as Ended));

  /** Answers the box of "Refresh Prices…"; what stands in it is where the last list came from. */
  async function refreshPrices(source: string): Promise<string> {
    const box = desk.page.locator('.quick-input-widget input[type=text]');
    await box.waitFor({ state: 'visible' });
    const before = await box.inputValue();
    await box.fill(source);
    await box.press('Enter');
    return before;
  }
  /** The sentence of a notification, which is closed again. */
  async function told(wanted: RegExp): Promise<string> {
    const toast = notification(desk.page, wanted);
    await toast.waitFor();
    const sentence = await toast.locator('.notification-list-item-message').innerText();
    await toast.hover();
    await toast.locator('.codicon-notifications-clear').click();
    await toast.waitFor({ state: 'detached' });
    return sentence;
  }
  const list = (usd: string, more = ''): string =>
    `provider,instance,region,usdPerHour,asOf,source${more}\naws,${THERE},us-east-1,${usd},2026-11-02,our contract\n`;
  const ofRow = async (instance: string): Promise<string> => {
    const name = view.locator('.cost-name', { hasText: instance });
    if ((await name.getAttribute('aria-expanded')) !== 'true') await name.click();
    return desk.panel.says('.cost-detail', /an hour,/);
  };

  it('makes a row measured by the JSON of that machine, dropped on the panel', async () => {
    await dropFile(desk.page, view.locator('.cost-table'), measureThere('cls'));
    const row = await rowSays(THERE, /Measured there/);
    assert.match(row, /0\.0892\s+[\d.,]+\s+\d+/, 'its price, what it carries, how many');
    assert.doesNotMatch(row, /not measured|not projected/i);
    assert.match(await ofRow(THERE), /measured on this machine itself/);
    await desk.shot('cost-dropped');
  });

  it('refuses the JSON of another model in words, wherever on the page it is dropped', async () => {
    // The simulation follows the formula, and tells another percentile.
    await poll('the simulated answer', async () => /by simulation of the queue/.test(await ofRow(THERE)) || null);
    const before = await rowOf(THERE);
    await view.locator('#tab-overview').click();
    await dropFile(desk.page, view.locator('#tabs, [role=tablist]').first(), measureThere('rec'));
    assert.equal(
      await told(/another model/),
      `measured-${THERE}.json was measured with another model: its content is not the same.`,
    );
    await view.locator('#tab-cost').click();
    await poll('the row as it was', async () => (await rowOf(THERE)) === before);
  });

  it('takes prices from a file that the user names, and shows their source and day', async () => {
    writeFileSync(path.join(desk.workspace, 'ours.csv'), list('0.0666'));
    await view.locator('#refresh-prices').click();
    assert.equal(await refreshPrices('ours.csv'), '');
    assert.equal(await told(/in force now/), '1 price of ours.csv is in force now.');
    await rowSays(THERE, /0\.0666/);
    await rowSays('c7g.large', /0\.0725/);
    assert.match(await ofRow(THERE), /\$0\.0666 an hour, 2 Nov 2026, our contract/);
    assert.deepEqual(asked, [], 'nothing was fetched');
  });

  it('takes them from an address by the command, once, and keeps them when the next list is broken', async () => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    lists.set('/good.csv', `provider,instance,region,usdPerHour,asOf\naws,${THERE},us-east-1,0.0777,2026-11-03\n`);
    lists.set('/broken.csv', list('cheap'));
    await runCommand(desk.page, 'Inference Profiler: Refresh Prices…');
    assert.equal(await refreshPrices(`${address}/good.csv?key=secret`), 'ours.csv');
    await told(/1 price of 127\.0\.0\.1:\d+\/good\.csv is in force now\./);
    await rowSays(THERE, /0\.0777/);
    assert.match(await ofRow(THERE), /\$0\.0777 an hour, 3 Nov 2026, 127\.0\.0\.1:\d+\/good\.csv/);
    assert.deepEqual(asked, ['/good.csv?key=secret']);
    await view.locator('#refresh-prices').click();
    assert.equal(await refreshPrices(`${address}/broken.csv`), `${address}/good.csv?key=secret`);
    assert.match(
      await told(/The prices in force stay/),
      /^127\.0\.0\.1:\d+\/broken\.csv, line 2: usdPerHour must be a plain number, not “cheap”\. The prices in force stay\.$/,
    );
    await rowSays(THERE, /0\.0777/);
    await view.locator('#refresh-prices').click();
    await refreshPrices('');
    await told(/from before your list/);
    await rowSays(THERE, /0\.0892/);
  });
});
