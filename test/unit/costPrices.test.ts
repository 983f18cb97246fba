import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExpectedError } from '../../src/core/common/errors.js';
import { parsePriceList, withPriceList } from '../../src/core/cost/prices/priceFile.js';
import { catalogue, findPrice, isOldPrice, regionsOf } from '../../src/core/cost/prices/table.js';
import { createText } from '../../src/format/text/text.js';

const text = createText();
const HEADER = 'provider,instance,region,usdPerHour,spotUsdPerHour,vcpus,memoryGiB,currency,asOf';

/** The sentence that a bad list is answered with. */
function complaint(list: string): string {
  try {
    parsePriceList(list, 'prices.csv');
  } catch (error) {
    return text.message((error as ExpectedError).failureMessage);
  }
  return 'taken';
}

describe('the catalogue of prices', () => {
  const { prices } = catalogue();

  it('has a price above zero, a source and a day for every machine, each once', () => {
    assert.ok(prices.length > 200);
    for (const { onDemand, spot, vcpus, memoryBytes, instance } of prices) {
      assert.ok(onDemand.usdPerHour > 0.01 && onDemand.usdPerHour < 200, instance);
      assert.ok(onDemand.source.text.length > 10 && !Number.isNaN(Date.parse(onDemand.source.asOf ?? '')), instance);
      assert.ok(spot === null || (spot.usdPerHour > 0 && spot.usdPerHour < onDemand.usdPerHour), instance);
      assert.ok((vcpus ?? 0) >= 1 && (memoryBytes ?? 0) >= 2 ** 30, instance);
    }
    assert.equal(new Set(prices.map((each) => `${each.provider} ${each.region} ${each.instance}`)).size, prices.length);
  });

  it('knows three clouds, and a European region of each', () => {
    const known = regionsOf(catalogue()).map(({ provider, region }) => `${provider} ${region}`);
    for (const wanted of ['aws us-east-1', 'aws eu-west-1', 'gcp europe-west4', 'azure westeurope'])
      assert.ok(known.includes(wanted), wanted);
  });

  it('marks prices older than half a year, and those of an unknown day by the earliest it can be', () => {
    const c7i = findPrice('c7i.large').price!;
    assert.equal(isOldPrice(c7i.onDemand.source, '2026-11-22'), false);
    assert.equal(isOldPrice(c7i.onDemand.source, '2027-02-01T00:00:00Z'), true);
    assert.equal(isOldPrice(findPrice('c7g.large').price!.spot!.source, '2026-11-22'), true);
  });

  it('marks a price of a list that bears no day, and makes none up', () => {
    const list = parsePriceList('provider,instance,region,usdPerHour\naws,c7i.large,us-east-1,0.07\n', 'a.csv');
    const { source } = findPrice('c7i.large', { table: withPriceList(list, 'a.csv') }).price!.onDemand;
    assert.deepEqual(source, { text: 'a.csv', asOf: null, exactDay: false });
    assert.equal(isOldPrice(source, '1970-01-02'), true);
  });
});

describe('finding a price', () => {
  it('takes the machine in its region, whatever the case of its name', () => {
    assert.equal(findPrice('standard_d2s_v5', { region: 'WestEurope' }).price?.onDemand.usdPerHour, 0.115);
    assert.deepEqual([findPrice('c7a.large').price?.region, findPrice('c7a.large').regionAssumed], ['us-east-1', true]);
    assert.equal(findPrice('c7a.large', { region: 'us-east-1' }).regionAssumed, false);
  });

  it('never gives the price of another region, and says where there is one', () => {
    const answer = findPrice('c7g.large', { region: 'ap-south-1' });
    assert.equal(answer.price, null);
    assert.equal(
      text.message(answer.reason),
      'No price known for c7g.large in ap-south-1; known in us-east-1, eu-west-1.',
    );
  });

  it('never gives the price of a virtual machine for a managed one', () => {
    const managed = [
      findPrice('ml.c7i.large'),
      findPrice('Standard_D2s_v5', { service: 'azureml' }),
      findPrice('n2-standard-4', { service: 'vertex' }),
    ];
    for (const { price, reason } of managed) {
      assert.equal(price, null);
      assert.match(text.message(reason), /a managed service has prices of its own/);
    }
    const list = parsePriceList(
      'provider,instance,region,usdPerHour,service\naws,ml.c7i.large,us-east-1,0.119,\nazure,Standard_D2s_v5,eastus,0.12,azureml\n',
      'mine.csv',
    );
    const table = withPriceList(list, 'mine.csv');
    assert.equal(findPrice('ml.c7i.large', { table }).price?.onDemand.usdPerHour, 0.119);
    assert.equal(findPrice('Standard_D2s_v5', { table, service: 'azureml' }).price?.onDemand.usdPerHour, 0.12);
    assert.equal(findPrice('Standard_D2s_v5', { table }).price?.onDemand.usdPerHour, 0.096);
  });
});

describe('a price list of the workspace', () => {
  it('goes before the catalogue, row by row', () => {
    const list = parsePriceList(`# ours\n${HEADER}\naws,c7i.large,us-east-1,0.07,,2,4,USD,2026-11-01\n`, 'a.csv');
    const table = withPriceList(list, 'a.csv');
    const { price } = findPrice('c7i.large', { table });
    assert.deepEqual(
      [price?.onDemand.usdPerHour, price?.onDemand.source.asOf, price?.file],
      [0.07, '2026-11-01', 'a.csv'],
    );
    assert.equal(table.prices.length, catalogue().prices.length);
    assert.equal(findPrice('c7i.large').price?.onDemand.usdPerHour, 0.08925);
  });

  it('may be JSON, with what is common once, and may replace the catalogue', () => {
    const list = parsePriceList(
      '{"replace": true, "provider": "ours", "region": "cellar", "asOf": "2026-10-01", "prices": [{"instance": "box", "usdPerHour": 0.02, "memoryGiB": 8}]}',
      'p.json',
    );
    const table = withPriceList(list, 'p.json');
    assert.equal(table.prices.length, 1);
    assert.equal(table.prices[0]?.memoryBytes, 8 * 2 ** 30);
    assert.equal(findPrice('c7i.large', { table }).price, null);
  });

  it('reads quotes, semicolons and Windows line ends', () => {
    const list = parsePriceList(
      '\uFEFFprovider;instance;region;usdPerHour;source\r\nours;"box; large";"the ""cellar""";0.5;"two\r\nlines"\r\nours;b;c;1;x\r\n',
      'w.csv',
    );
    assert.deepEqual(
      list.prices.map(({ instance, region }) => [instance, region]),
      [
        ['box; large', 'the "cellar"'],
        ['b', 'c'],
      ],
    );
  });

  const bad: [name: string, list: string, sentence: RegExp][] = [
    [
      'a missing column',
      'provider,instance,region\naws,a,b\n',
      /^prices\.csv, line 1: the column usdPerHour is missing\./,
    ],
    [
      'text in a number',
      `${HEADER}\naws,a,b,0.1,,,,,\naws,c,d,cheap,,,,,\n`,
      /line 3: usdPerHour must be a plain number, not “cheap”/,
    ],
    [
      'a sign of currency in a number',
      `${HEADER}\naws,a,b,$0.1,,,,,\n`,
      /line 2: usdPerHour must be a plain number, not “\$0\.1”/,
    ],
    ['a comma as decimal point', `${HEADER.replaceAll(',', ';')}\naws;a;b;0,1;;;;;\n`, /line 2: .* not “0,1”/],
    ['a negative price', `${HEADER}\naws,a,b,-0.1,,,,,\n`, /line 2: usdPerHour must be more than zero, not -0\.1/],
    ['a price of zero', `${HEADER}\naws,a,b,0,,,,,\n`, /line 2: usdPerHour must be more than zero/],
    ['a negative spot price', `${HEADER}\naws,a,b,0.1,-1,,,,\n`, /line 2: spotUsdPerHour must be more than zero/],
    ['another currency', `${HEADER}\naws,a,b,0.1,,,,EUR,\n`, /line 2: the currency is EUR; prices are in US dollars/],
    ['an empty cell', `${HEADER}\naws,,b,0.1,,,,,\n`, /line 2: instance is empty/],
    ['a day that is none', `${HEADER}\naws,a,b,0.1,,,,,June\n`, /line 2: asOf must be a day such as .* not “June”/],
    ['one machine twice', `${HEADER}\naws,a,b,1,,,,,\naws,A,b,2,,,,,\n`, /line 3: A has a price in line 2 already/],
    ['no rows', `${HEADER}\n`, /holds no price/],
    ['broken JSON', '{"prices": [\n{"provider": "a",,}]}', /line 2: this is not valid JSON/],
    ['JSON without a list', '{"prices": 3}', /line 1: a price list is a list of objects/],
    [
      'a number in JSON that is text',
      '[\n{"provider":"a","instance":"b","region":"c","usdPerHour":"free"}]',
      /line 2: usdPerHour .* “free”/,
    ],
    [
      'another currency for all',
      '{"currency":"EUR","prices":[{"provider":"a","instance":"b","region":"c","usdPerHour":1}]}',
      /line 1: the currency is EUR/,
    ],
  ];
  for (const [name, list, sentence] of bad)
    it(`answers ${name} with one sentence and its line`, () => {
      const said = complaint(list);
      assert.match(said, sentence);
      assert.match(said, /The prices in force stay\.$/);
    });
});
