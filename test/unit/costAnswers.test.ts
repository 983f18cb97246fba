import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnswerRequest } from '../../src/core/cost/answers/answers.js';
import { parseMeasurement } from '../../src/core/cost/answers/measurements.js';
import { usdPerMillionTokens } from '../../src/core/cost/answers/tokens.js';
import { scriptThere } from '../../src/core/cost/measureThere.js';
import { parsePriceList, withPriceList } from '../../src/core/cost/prices/priceFile.js';
import { serviceModels } from '../../src/core/cost/service.js';
import { createText } from '../../src/format/text/text.js';
import { answerSentence } from '../../src/format/views/costAnswer.js';
import { energyFacts, energyNotes } from '../../src/format/views/costEnergy.js';
import { costRows, howKnown } from '../../src/format/views/costRows.js';
import { largestSavings, planEffects, savingLines } from '../../src/format/views/costSavings.js';
import { plainText } from '../../src/format/views/richText.js';
import type { CostAssumptions, CostOption, CostSection } from '../../src/protocol/cost.js';
import type { Scenario } from '../../src/protocol/report.js';
import { costOf, measuredReport, TODAY } from '../webview/costFixture.js';

const text = createText();

const report = measuredReport();

const ask = (change: Partial<CostAssumptions> = {}, more: Partial<AnswerRequest> = {}): CostSection =>
  costOf(report, change, more);

const row = (section: CostSection, instance: string): CostOption =>
  section.options.find((each) => each.instance === instance)!;

/** No figure of a section is anything but finite. */
function assertFinite(value: unknown, path = ''): void {
  if (typeof value === 'number') assert.ok(Number.isFinite(value), `${path} is ${value}`);
  else if (value !== null && typeof value === 'object')
    for (const [key, each] of Object.entries(value)) assertFinite(each, `${path}.${key}`);
}

describe('what serving costs', () => {
  it('counts machines of the kind that was measured, and multiplies its list price', () => {
    const section = ask();
    const here = row(section, 'c7a.large');
    assert.equal(here.basis, 'measured');
    // 50 req/s × 39.8 ms = 1.99 machines busy; 70 % of each may be used.
    assert.equal(here.replicas, 3);
    assert.ok(Math.abs(here.usdPerMonth! - 3 * 0.10264 * 730) < 1e-9);
    assert.ok(Math.abs(here.usdPerMillion! - (here.usdPerMonth! * 1e6) / (50 * 730 * 3600)) < 1e-9);
    assert.ok(here.percentileNs! > 39e6 && here.percentileNs! < 150e6);
    assert.ok(here.holdsUpToRate![0] >= 50 && here.holdsUpToRate![0] < 54);
    assert.equal(section.cheapest, 'c7a.large');
  });

  it('gives another processor a range, never calls it cheapest, and says what cannot be told apart', () => {
    const section = ask();
    const other = row(section, 'c7i.large');
    assert.equal(other.basis, 'projected');
    assert.ok(other.throughput!.low < other.throughput!.high && other.throughput!.mid === null);
    const { replicas, usdPerMonth } = other.ranges!;
    assert.ok(replicas[0] < replicas[1] && usdPerMonth![0] < usdPerMonth![1]);
    assert.equal(other.usdPerMonth, null);
    assert.ok(section.indistinct!.includes('c7g.large'));
    const unmeasured = ask({ thisMachine: null });
    assert.equal(unmeasured.cheapest, null);
    assert.deepEqual([unmeasured.options[0]!.instance, unmeasured.options[0]!.usdPerMonth], ['', null]);
    assert.equal(unmeasured.options[0]!.replicas, 3);
  });

  it('gives an accelerator neither money nor rank from a CPU run', () => {
    const gpu = row(ask(), 'g4dn.xlarge');
    assert.deepEqual(
      [gpu.basis, gpu.replicas, gpu.usdPerMonth, gpu.usdPerMillion, gpu.throughput, gpu.ranges],
      ['none', null, null, null, null, undefined],
    );
    assert.equal(gpu.usdPerHour, 0.526);
    assert.equal(text.message(gpu.unmetReason!), 'no money from a CPU run');
    assert.equal(ask().options.at(-1)!.instance, 'g4dn.xlarge');
  });

  it('takes what was measured on the accelerator itself', () => {
    const measurement = parseMeasurement(
      JSON.stringify({
        format: 'inference-profiler-measurement',
        instance: 'g4dn.xlarge',
        measuredAt: TODAY,
        provider: 'CUDAExecutionProvider',
        capacity: [{ batch: 1, threads: 1, sessions: 1, serviceSamplesNs: [4e6, 4.1e6, 4.2e6] }],
      }),
      'there.json',
    );
    const gpu = row(ask({}, { measurements: [measurement] }), 'g4dn.xlarge');
    assert.deepEqual([gpu.basis, gpu.replicas], ['measured', 1]);
    assert.equal(text.message(gpu.notes![0]!), 'Measured with CUDAExecutionProvider.');
    const onCpu = { ...measurement, runtimeProvider: 'CPUExecutionProvider' };
    const [note] = row(ask({}, { measurements: [onCpu] }), 'g4dn.xlarge').notes!;
    assert.equal(text.message(note!), 'Measured on its CPU: the NVIDIA T4 was not used.');
    assert.ok(Math.abs(gpu.usdPerMonth! - 0.526 * 730) < 1e-9);
  });

  it('shows what was measured on a machine of no price list, without money', () => {
    const there = parseMeasurement(JSON.stringify(report), 'there.json', 'our-server');
    const section = ask({ thisMachine: null, instances: 'c7i.large' }, { measurements: [there] });
    const ours = row(section, 'our-server');
    assert.deepEqual([ours.basis, ours.replicas, ours.usdPerHour, ours.usdPerMonth], ['measured', 3, null, null]);
    const shown = costRows(section, text).find(({ option }) => option === ours)!;
    assert.deepEqual([shown.reason, shown.basis], ['no price known', 'Measured there']);
    assert.equal(section.options.filter(({ instance }) => instance === 'our-server').length, 1);
  });

  it('rules a machine out that has too little memory', () => {
    const large = structuredClone(report);
    large.capacity[0]!.peakResidentBytes = 5 * 2 ** 30;
    const small = row(ask({ instances: 'c7i.large,c7i.xlarge' }, { report: large }), 'c7i.large');
    assert.equal(
      text.message(small.unmetReason!),
      'too little memory: one session needs 5.0 GiB, the machine has 4.0 GiB',
    );
    assert.equal(small.usdPerMonth, null);
    large.capacity[0]!.peakResidentBytes = 4.04 * 2 ** 30;
    const [hardly] = ask({ instances: 'c7i.large' }, { report: large }).options.slice(-1);
    assert.match(text.message(hardly!.unmetReason!), /one session needs 4\.04 GiB, the machine has 4\.00 GiB$/);
    assert.equal(row(ask({ instances: 'c7i.xlarge' }, { report: large }), 'c7i.xlarge').basis, 'projected');
  });

  it('says of a price that bears no day so, and dates no list by it', () => {
    const known = ask({ instances: 'c7i.large' });
    assert.match(known.pricesAsOf!, /^2026-\d\d-\d\d$/);
    const prices = withPriceList(
      parsePriceList('provider,instance,region,usdPerHour\naws,c7i.large,us-east-1,0.07\n', 'ours.csv'),
      'ours.csv',
    );
    const section = ask({ instances: 'c7i.large' }, { prices });
    assert.equal(section.pricesAsOf, null);
    const shown = costRows(section, text).find(({ option }) => option.instance === 'c7i.large')!;
    const price = howKnown(shown.option, section, text).find(({ label }) => label === 'Price');
    assert.equal(price?.text, '$0.0700 an hour, no day given, ours.csv (old price)');
  });

  it('makes up no traffic: without a rate, hours and what one machine carries', () => {
    const section = ask({ rate: null });
    for (const { replicas, usdPerMonth, usdPerMillion, percentileNs } of section.options)
      assert.deepEqual([replicas, usdPerMonth, usdPerMillion, percentileNs], [null, null, null, null]);
    assert.ok(Math.abs(row(section, 'c7a.large').throughput!.mid! - 25.1) < 0.2);
    assert.deepEqual([section.curves, section.perModule, section.cheapest], [null, [], null]);
  });

  it('answers no traffic, absurd traffic and a target below the service time in words', () => {
    const idle = row(ask({ rate: 0 }), 'c7a.large');
    assert.deepEqual([idle.replicas, idle.usdPerMillion], [1, null]);
    assert.ok(idle.usdPerMonth! > 70);
    assert.match(text.message(row(ask({ rate: 1e11 }), 'c7a.large').unmetReason!), /more than 100000 replicas/);
    assert.match(
      text.message(row(ask({ targetMs: 20 }), 'c7a.large').unmetReason!),
      /cannot be met: the fastest run alone takes 38/,
    );
  });

  it('pays for the mean of the hours when machines start and stop, for the peak when they do not', () => {
    const hourly = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 5 : 50));
    const day = row(ask({ hourly }), 'c7a.large');
    assert.equal(day.replicas, 3);
    assert.ok(Math.abs(day.autoscaledUsdPerMonth![0] - 2 * 0.10264 * 730) < 1e-9);
    assert.ok(Math.abs(day.usdPerMillion! - (day.usdPerMonth! * 1e6) / (27.5 * 730 * 3600)) < 1e-9);
  });

  it('takes the spot price with its caveat, and says where none is known, with the price on demand', () => {
    const section = ask({ purchase: 'spot' });
    assert.equal(row(section, 'c7g.large').usdPerHour, 0.0244);
    assert.equal(row(section, 'c7a.large').usdPerHour, null);
    assert.equal(row(section, 'c7a.large').usdPerMonth, null);
    assert.ok(section.caveats!.some(({ code }) => code === 'cost.caveat.spot'));
    const shown = (of: CostSection, name: string) => costRows(of, text).find(({ option }) => option.instance === name)!;
    const why = 'no spot price known; on demand $0.1026 an hour';
    const unplanned = ask({ purchase: 'spot', rate: null });
    for (const one of [section, unplanned]) assert.equal(shown(one, 'c7a.large').reason, 'no spot price known');
    assert.equal(howKnown(row(section, 'c7a.large'), section, text).find(({ label }) => label === 'Price')?.text, why);
    assert.match(
      plainText(answerSentence(section, text)),
      /^3 × c7a\.large hold 50 req\/s at p95 .*\. No spot price is known for it; on demand it is \$0\.1026 an hour\.$/,
    );
    assert.match(
      plainText(answerSentence(unplanned, text)),
      /No spot price is known for it; on demand it is \$0\.1026/,
    );
    // A machine that nobody named has neither.
    const unnamed = ask({ purchase: 'spot', thisMachine: null });
    assert.equal(shown(unnamed, '').reason, 'no price known');
    // Without a price it is not the cheapest of its kind.
    const projected = unnamed.options.filter(({ basis }) => basis === 'projected').map(({ instance }) => instance);
    assert.equal(projected[0], 'c7g.large', projected.join());
  });

  it('counts savings in machines, and says from which rate on the next one is saved', () => {
    const section = ask();
    const saved = section.perModule.filter(({ savesReplicas }) => savesReplicas > 0);
    // Those that save most come first, in the panel as on the command line, however small a part they were found as.
    const order = largestSavings({ perModule: section.perModule.toReversed() });
    assert.ok(order.length > 1 && order.length <= 5);
    for (const [at, each] of order.slice(1).entries()) assert.ok(each.savesReplicas <= order[at]!.savesReplicas);
    assert.equal(order[0]!.savesReplicas, Math.max(...section.perModule.map(({ savesReplicas }) => savesReplicas)));
    const none = section.perModule.filter(({ savesReplicas }) => savesReplicas === 0);
    assert.ok(none.length > 0);
    for (const each of none) {
      assert.equal(each.usdPerMonth, 0);
      assert.ok(each.nextSavingAtRate! > 50 && each.nextSavingAtRate! < 54);
      // Just beyond that rate it does save one.
      const there = ask({ rate: each.nextSavingAtRate! * 1.0005 });
      const same = there.perModule.find(({ module, kind }) => module === each.module && kind === each.kind)!;
      assert.ok(same.savesReplicas >= 1, each.module);
    }
    for (const each of saved) assert.ok(Math.abs(each.usdPerMonth! - each.savesReplicas * 0.10264 * 730) < 1e-9);
  });

  it('counts what each quantization plan saves, and nothing by one that may not be faster', () => {
    const quantized = structuredClone(report);
    const plan = (method: string, speedup: number, speedupInterval: [number, number]) => ({
      ...{
        id: method,
        method,
        assignments: [{ operatorId: 'a', method: 'staticInt8' }],
        predicted: { speedup, sqnrDb: null },
      },
      measured: {
        ...{ medianNs: 40e6 / speedup, speedup, speedupInterval, sqnrDb: 30, cosine: 1, agreement: null, fileBytes: 1 },
      },
    });
    const plans = [plan('slower', 0.8, [0.75, 0.85]), plan('perhaps', 1.6, [0.9, 2.5]), plan('int8', 2, [1.9, 2.1])];
    quantized.quantization = [
      {
        ...{ scenarioId: quantized.scenarios[0]!.id, layers: [], recommended: null, explanation: [] },
        ...{ calibration: { method: 'minMax', samples: 8, source: 'x', synthetic: false }, plans },
      },
    ];
    const section = ask({}, { report: quantized });
    // Half of 39.8 ms at 50 req/s: 1 machine busy, 70 % of each may be used: 2 in place of 3.
    const int8 = section.perPlan!.find(({ method }) => method === 'int8')!;
    assert.deepEqual([int8.replicas, int8.savesReplicas], [2, 1]);
    assert.ok(Math.abs(int8.usdPerMonth! - 0.10264 * 730) < 1e-9);
    const told = (of: CostSection) => planEffects(of, text).map((each) => `${each.method} ${each.effect}`);
    const unsure = 'Not faster for sure: saves nothing.';
    assert.deepEqual(told(section), [
      'int8, 1 layer 3 machines become 2: $75 a month less.',
      `perhaps, 1 layer ${unsure}`,
      `slower, 1 layer ${unsure}`,
    ]);
    // At 40 req/s it takes three still; with int8 two, until 52.8 it is so; at 5 nothing is saved yet.
    assert.match(
      told(ask({ rate: 5 }, { report: quantized }))[0]!,
      /^int8, 1 layer 1 machine stays 1; saves from [\d.]+ req\/s\.$/,
    );
    // Beside a count by simulation that differs, no count of the formula's is told.
    const simulated = { ...section, options: section.options.map((each) => ({ ...each, replicas: 2 })) };
    assert.equal(told(simulated)[0], 'int8, 1 layer About 1 machine fewer, $75 a month less, by formula.');
    // As the quantization view calls them; plans of one method by their layers, or a number where even those are alike.
    const [first] = section.perPlan!;
    const alike = [24, 24, 0].map((layers) => ({ ...first!, method: 'mixedInt8', layers }));
    assert.deepEqual(
      planEffects({ ...section, perPlan: alike }, text).map(({ method }) => method),
      ['mixed int8, 24 layers (number 1)', 'mixed int8, 24 layers (number 2)', 'mixed int8'],
    );
    assert.match(savingLines(simulated, text)[0]!.text, /^About \d machines? fewer, \$\d+ a month less, by formula\.$/);
  });

  it('says in how many months a device has paid for itself', () => {
    const device = { name: 'box', priceUsd: 300, watts: 10, lifetimeMonths: 36, requestsPerSecond: 80, usdPerKwh: 0.2 };
    const [edge] = ask({}, { edge: [device] }).edge;
    const cloud = 3 * 0.10264 * 730;
    assert.equal(edge!.devices, 1);
    assert.ok(Math.abs(edge!.breakEvenMonths![0] - 300 / (cloud - 10 * 0.73 * 0.2)) < 1e-6);
    assert.equal(
      ask({}, { edge: [{ ...device, priceUsd: 1, otherUsdPerMonth: 1000 }] }).edge[0]!.breakEvenMonths,
      null,
    );
    // Two carry 28 of 50 req/s with the headroom kept; the cloud keeps two machines for the rest, and one is saved.
    const some = ask({}, { edge: [{ ...device, requestsPerSecond: 20, count: 2 }] }).edge[0]!;
    assert.deepEqual([some.devices, Math.round(some.trafficShare! * 100)], [2, 56]);
    assert.ok(Math.abs(some.restUsdPerMonth![0] - 2 * 0.10264 * 730) < 1e-9);
    const alone = ask({ thisMachine: null }, { edge: [{ ...device, requestsPerSecond: 20, count: 2 }] }).edge[0]!;
    assert.deepEqual([alone.breakEvenMonths, alone.reason?.code], [null, 'cost.edge.restUnknown']);
    assert.match(text.message(ask().edge[0]!.reason!), /It pays if one device carries at least/);
  });

  it('has watts as a range and grams for the region, and none where nothing is known', () => {
    const { energy } = ask();
    assert.ok(energy!.wattsPerMachine[0] < energy!.wattsPerMachine[1] && energy!.wattsPerMachine[1] < 10);
    assert.equal(energy!.gramsPerKwh, 416);
    assert.equal(ask({ rate: 0 }).energy!.gramsPerThousand, null);
    assert.equal(ask({ thisMachine: null, instances: 'nothing' }).energy, null);
    assert.match(energyFacts(energy!, 'call', text)[0]!.value, /^[\d.]+–[\d.]+ Wh, by load, not measured$/);
  });

  it('counts the items of a call alike, whether capacity was measured, only latency, or elsewhere', () => {
    const four = structuredClone(report);
    const [scenario] = four.scenarios;
    scenario!.itemsPerCall = 4;
    const serviceSamplesNs = Array.from({ length: 100 }, () => 40e6);
    for (const round of scenario!.latency!.rounds) round.samplesNs = [...serviceSamplesNs];
    const sample = { ...four.capacity[0]!, batch: 4, serviceSamplesNs };
    const there = (content: object) => [parseMeasurement(JSON.stringify(content), 'there.json', 'c7i.large')];
    const script = { format: 'inference-profiler-measurement', instance: 'c7i.large', capacity: [sample] };
    const rate = { rate: 50 };
    four.capacity = [];
    const alone = ask(rate, { report: four, measurements: there(script) });
    const elsewhere = ask(rate, { report: four, measurements: there(four) });
    four.capacity = [sample];
    const measured = ask(rate, { report: four });
    // Four items in 40 ms: 100 a second; 50 of them are half of one machine, $74.93 over 131.4 million.
    for (const one of [row(alone, 'c7a.large'), row(alone, 'c7i.large'), row(elsewhere, 'c7i.large')]) {
      assert.ok(Math.abs(one.throughput!.mid! - 100) < 1e-9, `${one.instance}: ${one.throughput!.mid}`);
      assert.equal(one.replicas, 1);
    }
    assert.ok(Math.abs(row(alone, 'c7a.large').usdPerMillion! - (0.10264 * 1e6) / (50 * 3600)) < 1e-9);
    assert.deepEqual(row(alone, 'c7a.large').throughput, row(measured, 'c7a.large').throughput);
    assert.deepEqual([alone.unit, measured.unit], ['item', 'item']);
    // Projected from the same call: the measured rate lies where a call of one item would not.
    assert.ok(row(alone, 'c7g.large').throughput!.high > 4 * row(ask(rate), 'c7g.large').throughput!.low);
    // What is not recorded in an older report is told by its smallest measured call.
    delete scenario!.itemsPerCall;
    assert.deepEqual(row(ask(rate, { report: four }), 'c7g.large').throughput, row(alone, 'c7g.large').throughput);
    assert.match(scriptThere(four, scenario!, 'c7i.large')!, /^BATCH = 4$/m);
  });

  it('reckons energy, training and tokens of an item, not of a call of several', () => {
    const four = structuredClone(report);
    const [scenario] = four.scenarios;
    scenario!.power = { source: 'rapl', watts: 60, joules: 360, seconds: 6, packages: 1 };
    const training = { samples: 1e6, epochs: 10, accelerator: 'NVIDIA A100 40GB SXM' };
    const change = { rate: null, thisMachine: null, instances: 'nothing' };
    const one = ask(change, { report: four, training });
    scenario!.itemsPerCall = 4;
    const each = ask(change, { report: four, training });
    const quarter = (part: number, whole: number): void => {
      assert.ok(Math.abs(4 * part - whole) < 1e-9 * whole);
    };
    quarter(each.energy!.wattHoursPerThousand![0], one.energy!.wattHoursPerThousand![0]);
    quarter(each.training!.acceleratorHours[1], one.training!.acceleratorHours[1]);
    const phase = (name: 'prefill' | 'decode', shape: number[]): Scenario => ({
      ...structuredClone(report.scenarios[0]!),
      ...{ id: name, phase: name, itemsPerCall: 4 },
      inputs: [{ name: 'input_ids', dataType: 'int64', shape, source: 'none' }],
    });
    const capacity = ['prefill', 'decode'].map((scenarioId) => ({
      ...{ ...report.capacity[0]!, scenarioId },
      ...{ batch: 4, serviceSamplesNs: [100e6, 100e6] },
    }));
    const scenarios = [phase('prefill', [4, 16]), phase('decode', [4, 1])];
    // 64 and 4 tokens in 100 ms, at $3.60 an hour and 50 % headroom: 320 and 20 a second.
    const tokens = usdPerMillionTokens({ scenarios, capacity }, 3.6, 50)!;
    assert.deepEqual([tokens.prefill.toFixed(6), tokens.decode.toFixed(6)], ['3.125000', '50.000000']);
  });

  it('takes the watts that were read here, waiting machines as a range, and says what is counted', () => {
    const read = structuredClone(report);
    read.scenarios[0]!.power = { source: 'rapl', watts: 60, joules: 360, seconds: 6, packages: 1 };
    const more = { report: read };
    const energy = ask({}, more).energy!;
    const here = row(ask({}, more), 'c7a.large');
    assert.deepEqual([energy.basis, energy.wattsPerMachine], ['rapl', [60, 60]]);
    const whole = here.replicas! * 60 * 1.135 * 0.73;
    assert.ok(Math.abs(energy.kwhPerMonth![1] - whole) < 1e-9);
    assert.ok(Math.abs(energy.kwhPerMonth![0] - whole * (1 - here.idleShare![0])) < 1e-9);
    assert.match(energyFacts(energy, 'call', text)[0]!.value, / Wh, measured \(RAPL\)$/);
    assert.match(energyNotes(energy, text), /the whole package, with what it takes when idle and whatever else ran/);
    // Without a rate: calls one after the other on this machine, of which no data centre is known.
    const alone = ask({ rate: null, thisMachine: null, instances: 'nothing' }, more).energy!;
    const { medianNs } = read.scenarios[0]!.latency!;
    assert.ok(Math.abs(alone.wattHoursPerThousand![0] - (60 * 1000 * medianNs) / 3.6e12) < 1e-9);
    assert.deepEqual([alone.kwhPerMonth, alone.gramsPerKwh, alone.region], [null, null, null]);
    // Read here: nothing is known by it of another machine, nor of a request's other models.
    assert.equal(ask({ thisMachine: null, instances: 'c7i.large', rate: 50 }, more).energy!.region, null);
    const services = serviceModels(read.capacity, read.scenarios[0]!.id);
    assert.equal(ask({}, { ...more, services }).energy!.basis, 'load');
  });

  it('spreads training over the planned volume, as a range', () => {
    const training = { samples: 1e6, epochs: 10, accelerator: 'NVIDIA A100 40GB SXM', usdPerHour: 3, months: 12 };
    const share = ask({}, { training }).training!;
    const flop = 2 * report.scenarios[0]!.totals.macs! * 1e7 * 3;
    assert.ok(Math.abs(share.acceleratorHours[0] - flop / (312e12 * 0.5) / 3600) < 1e-9);
    assert.ok(share.usdPerMillion![0] > 0 && share.usdPerMillion![0] < share.usdPerMillion![1]);
  });
});

describe('properties of the answers', () => {
  const rates = [0, 0.01, 1, 7, 20, 50, 51, 100, 400, 1e4, 1e7, 1e12];

  it('cost never falls with the rate, and every figure is finite', () => {
    let before = 0;
    for (const rate of rates) {
      const section = ask({ rate });
      assertFinite(section);
      const usd = row(section, 'c7a.large').usdPerMonth ?? Infinity;
      assert.ok(usd >= before, `at ${rate}`);
      before = usd;
      for (const each of section.options) assert.ok(each.usdPerMonth === null || each.usdPerMonth > 0);
    }
  });

  it('machines never become fewer with a tighter target, more headroom or a spare one', () => {
    const of = (change: Partial<CostAssumptions>): number => row(ask(change), 'c7a.large').replicas ?? Infinity;
    const falling = [500, 150, 100, 80, 60, 50, 45, 42].map((targetMs) => of({ targetMs }));
    assert.deepEqual(
      falling,
      [...falling].sort((a, b) => a - b),
    );
    const headroom = [0, 10, 30, 50, 90].map((headroomPercent) => of({ headroomPercent }));
    assert.deepEqual(
      headroom,
      [...headroom].sort((a, b) => a - b),
    );
    assert.equal(of({ spareReplicas: 1 }), of({}) + 1);
  });

  it('takes what is no figure as not set', () => {
    assertFinite(ask({ rate: NaN, targetMs: -3, percentile: 0, headroomPercent: 1000, hourly: [NaN] }));
    assert.equal(ask({ rate: -5 }).assumptions.rate, null);
  });

  it('says nothing of a report without a scenario, and little of one that was not measured', () => {
    assert.deepEqual(ask({}, { report: { ...report, scenarios: [] } }).options, []);
    const still = structuredClone(report);
    still.capacity = [];
    still.scenarios[0]!.latency = null;
    const section = ask({}, { report: still });
    assertFinite(section);
    assert.ok(section.options.every(({ usdPerMonth, usdPerHour }) => usdPerMonth === null && (usdPerHour ?? 0) > 0));
  });
});
