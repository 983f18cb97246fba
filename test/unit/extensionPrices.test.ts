import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it, mock } from 'node:test';
import type { ExpectedError } from '../../src/core/common/errors.js';
import { parsePriceList, withPriceList } from '../../src/core/cost/prices/priceFile.js';
import { findPrice } from '../../src/core/cost/prices/table.js';
import { sourceName, takePrices } from '../../src/extension/session/priceSource.js';
import { ServingChoices } from '../../src/extension/session/servingChoices.js';
import { createText } from '../../src/format/text/text.js';

const root = mkdtempSync(path.join(tmpdir(), 'prices-'));
after(() => {
  rmSync(root, { recursive: true, force: true });
});
const kept = path.join(root, 'kept');
const text = createText();

const list = (usd: string, head = 'provider,instance,region,usdPerHour,asOf,currency'): string =>
  `${head}\naws,c7a.large,us-east-1,${usd},2026-11-01,USD\n`;
const given = (name: string, content: string): string => {
  writeFileSync(path.join(root, name), content);
  return name;
};
const refused = async (source: string): Promise<string> => {
  const before = readdirSync(kept).map((name) => [name, readFileSync(path.join(kept, name), 'utf8')]);
  const error = await takePrices(source, root, kept).then(
    () => null,
    (reason: unknown) => reason as ExpectedError,
  );
  assert.deepEqual(
    readdirSync(kept).map((name) => [name, readFileSync(path.join(kept, name), 'utf8')]),
    before,
  );
  return error ? text.message(error.failureMessage) : 'taken';
};

describe('a price list that the user names', () => {
  const fetching = mock.method(globalThis, 'fetch', () => Promise.reject(new Error('nobody asked for this')));
  after(() => {
    fetching.mock.restore();
  });
  beforeEach(() => {
    fetching.mock.resetCalls();
  });

  it('is copied, goes before the known prices, and fetches nothing where it is a file', async () => {
    const { file, count } = await takePrices(given('ours.csv', list('0.05')), root, kept);
    assert.deepEqual([count, path.dirname(file), fetching.mock.callCount()], [1, kept, 0]);
    const table = withPriceList(parsePriceList(readFileSync(file, 'utf8'), 'ours.csv'), 'ours.csv');
    assert.equal(findPrice('c7a.large', { table }).price?.onDemand.usdPerHour, 0.05);
    assert.ok(findPrice('c7g.large', { table }).price, 'the others stay');
  });

  it('keeps the old one where it is bad, with one sentence that names the line', async () => {
    await takePrices(given('ours.csv', list('0.05')), root, kept);
    assert.equal(
      await refused(given('text.csv', list('cheap'))),
      'text.csv, line 2: usdPerHour must be a plain number, not “cheap”. The prices in force stay.',
    );
    assert.match(await refused(given('minus.csv', list('-1'))), /^minus\.csv, line 2: .*The prices in force stay\.$/);
    const headless = list('0.05', 'provider,instance,region,asOf,currency');
    assert.match(await refused(given('head.csv', headless)), /line 1: the column usdPerHour is missing/);
    assert.match(await refused(given('euro.csv', list('1').replace('USD', 'EUR'))), /line 2: the currency is EUR/);
    for (const source of ['none.csv', '.'])
      assert.equal(await refused(source), `${source} cannot be read as a price list. The prices in force stay.`);
    assert.equal(
      await refused('http://prices.invalid/list.csv'),
      'prices.invalid/list.csv: without https anybody on the way could change the prices. The prices in force stay.',
    );
    assert.equal(fetching.mock.callCount(), 0);
  });

  it('is fetched once from the very address, and from nowhere else', async () => {
    const address = 'https://prices.invalid/list.csv';
    assert.match(await refused(address), /cannot be read as a price list/);
    const [asked, ...more] = fetching.mock.calls;
    const options = asked?.arguments as unknown as [URL, RequestInit];
    assert.deepEqual([String(options[0]), options[1].redirect, more.length], [address, 'error', 0]);
    fetching.mock.mockImplementationOnce(() => Promise.resolve(new Response(list('0.07'))));
    assert.match(readFileSync((await takePrices(address, root, kept)).file, 'utf8'), /0\.07/);
    fetching.mock.mockImplementationOnce(() => Promise.resolve(new Response('no', { status: 404 })));
    assert.match(await refused(address), /cannot be read as a price list/);
  });

  it('comes from this machine without https too, and no more than a list may have is read', async () => {
    fetching.mock.mockImplementationOnce(() => Promise.resolve(new Response(list('0.09'))));
    const { file } = await takePrices('http://127.0.0.1:8080/list.csv', root, kept);
    assert.match(readFileSync(file, 'utf8'), /0\.09/);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 2 ** 20;
        controller.enqueue(new Uint8Array(2 ** 20).fill(0x20));
      },
    });
    fetching.mock.mockImplementationOnce(() => Promise.resolve(new Response(endless)));
    assert.match(await refused('https://prices.invalid/endless.csv'), /cannot be read as a price list/);
    assert.ok(sent < 12 * 2 ** 20, `${sent} bytes were taken`);
  });

  it('is named without what may be a secret, and without the folders of this machine', () => {
    assert.equal(sourceName('https://me:secret@prices.invalid/list.csv?token=secret#x'), 'prices.invalid/list.csv');
    assert.equal(sourceName('/home/me/lists/ours.csv'), 'ours.csv');
    assert.equal(sourceName('C:\\lists\\ours.csv'), 'ours.csv');
  });
});

describe('what was picked for serving', () => {
  const kept = new Map<string, unknown>();
  const memento = {
    keys: () => [...kept.keys()],
    get: <T>(key: string, other?: T) => (kept.has(key) ? kept.get(key) : other) as T,
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
  };

  it('leaves nothing behind of what was taken back', async () => {
    const choices = new ServingChoices(memento);
    await choices.set({ rate: 5, targetMs: 20 });
    await choices.set({ rate: undefined });
    assert.deepEqual(
      { serving: 'of the file', rate: 7, ...choices.get() },
      { serving: 'of the file', rate: 7, targetMs: 20 },
    );
  });

  it('knows where a list came from as long as that list is in force', async () => {
    const choices = new ServingChoices(memento);
    await choices.setPrices({ file: '/kept/prices.csv', source: 'https://prices.invalid/ours.csv?token=1' });
    assert.equal(choices.nameOfPrices('/kept/prices.csv'), 'prices.invalid/ours.csv');
    assert.equal(choices.nameOfPrices('lists/team.csv'), 'team.csv');
    await choices.set({ prices: 'lists/team.csv' });
    assert.equal(choices.prices, null);
    await choices.setPrices(null);
    assert.deepEqual([choices.prices, choices.get().prices], [null, undefined]);
  });
});
