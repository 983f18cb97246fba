import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createText } from '../../src/format/text/text.js';
import { aboutDuration, decimal, percent } from '../../src/format/units.js';
import { chips } from '../../src/format/views/chips.js';
import { measuredOtherwise } from '../../src/format/views/measuredOtherwise.js';
import { evidenceFor } from '../../src/format/views/evidence.js';
import { int8Unit } from '../../src/format/views/facts.js';
import { parseFilter } from '../../src/format/views/filter.js';
import { headline } from '../../src/format/views/headline.js';
import { hotspotCells, hotspotColumns } from '../../src/format/views/hotspotText.js';
import { hotspotTable, type HotspotOptions } from '../../src/format/views/hotspots.js';
import { driftOf, histogram, latencyView, quietOf } from '../../src/format/views/latency.js';
import { legend, moduleBasis, moduleTree, trailTo, type ModuleNode } from '../../src/format/views/layers.js';
import { shortenMiddle, shortOperatorName } from '../../src/format/views/names.js';
import { gatherTypes, macsColumn, operatorTypes } from '../../src/format/views/operatorTypes.js';
import { phaseRows, runLine } from '../../src/format/views/progress.js';
import { resultLine } from '../../src/format/views/resultLine.js';
import { plainText, richText } from '../../src/format/views/richText.js';
import { indexScenario, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { segmentsOf } from '../../src/format/views/segments.js';
import type { Kernel, Report } from '../../src/protocol/report.js';
import { buildReport, buildRun, choices } from '../webview/reportFixture.js';

const text = createText();
const indexOf = (report: Report): ScenarioIndex => indexScenario(report, null)!;
const index = indexOf(buildReport({ kernels: 120 }));

const table = (change: Partial<HotspotOptions> = {}, of = index): ReturnType<typeof hotspotTable> =>
  hotspotTable(of, {
    filter: parseFilter(of, ''),
    sort: 'share',
    descending: true,
    groupBy: 'kernel',
    expanded: new Set(),
    limit: 20,
    ...change,
  });

describe('hotspots', () => {
  for (const groupBy of ['kernel', 'opType', 'module'] as const)
    it(`rows and what lies outside add up to the median, by ${groupBy}`, () => {
      const rowsNs = table({ groupBy }).rows.reduce((sum, row) => sum + row.timeNs, 0);
      const { overhead, latency } = index.scenario;
      assert.ok(Math.abs(rowsNs + overhead!.timeNs - latency!.medianNs) < 2);
    });

  it('counts nested kernels once: a parent by its own time', () => {
    const report = buildReport({ kernels: 3 });
    const [parent, child] = report.scenarios[0]!.kernels;
    child!.parentId = parent!.id;
    parent!.timeNs += child!.timeNs;
    const nested = indexOf(report);
    const rowsNs = table({}, nested).rows.reduce((sum, row) => sum + row.timeNs, 0);
    assert.ok(Math.abs(rowsNs + report.scenarios[0]!.overhead!.timeNs - report.scenarios[0]!.latency!.medianNs) < 2);
  });

  it('gathers kernels that cannot be trusted, and shows them when asked by filter', () => {
    const gathered = table().rows.at(-1)!;
    assert.equal(gathered.kind, 'untrusted');
    assert.equal(gathered.kernels.length, 24);
    assert.equal(gathered.trusted, false);
    const asked = table({ filter: parseFilter(index, 'trusted:no'), limit: Infinity });
    assert.equal(asked.rows.length, 24);
    assert.ok(asked.rows.every((row) => row.kind === 'kernel' && !row.trusted));
  });

  it('never gathers a single row beyond the limit', () => {
    assert.equal(table({ limit: 95 }).rows.filter((row) => row.kind === 'rest').length, 0);
    assert.equal(table({ limit: 94 }).rows.find((row) => row.kind === 'rest')?.kernels.length, 2);
  });

  it('sorts numbers in names as numbers', () => {
    const names = table({ sort: 'name', descending: false, limit: Infinity }).rows.map((row) => row.kernels[0]!.name);
    assert.ok(names.indexOf('p2o.Add.9') < names.indexOf('p2o.Add.17'));
  });

  it('opens a group to its kernels', () => {
    const { rows } = table({ groupBy: 'opType', expanded: new Set(['opType:Resize']) });
    const at = rows.findIndex((row) => row.key === 'opType:Resize');
    assert.deepEqual(
      rows.slice(at, at + 3).map((row) => row.level),
      [1, 2, 2],
    );
  });

  it('has one unit and one count of decimals a column, and 1 MAC = 2 FLOP', () => {
    const whole = table();
    const columns = hotspotColumns(whole);
    const cells = whole.rows.map((row) => hotspotCells(index, row, columns, text));
    assert.ok(
      cells.every((cell) => /^\d+\.\d\d$/.test(cell.time)),
      JSON.stringify(cells[0]),
    );
    assert.equal(cells[0]?.gflops, '300');
    assert.equal(cells[1]?.macs, '–');
  });
});

describe('the filter', () => {
  const count = (query: string): number =>
    index.scenario.kernels.filter((one) => parseFilter(index, query).matches(one)).length;

  it('reads every field, negation and quotes', () => {
    assert.equal(count('op:Conv -op:ConvTranspose trusted:yes') > 0, true);
    assert.equal(count('kind:layout'), 7);
    assert.equal(count('in:"stage 2"'), 20);
    assert.equal(count('share>2%') + count('-share>2%'), 120);
    assert.equal(count('time>=3200us'), 1);
    assert.equal(count('p2o.Conv.0'), 1);
    assert.equal(count('bound:memory') + count('bound:compute'), 120);
  });

  it('names what it does not understand and goes on without it', () => {
    const filter = parseFilter(index, 'colour:red share>lots trusted:maybe op: op:Resize');
    assert.deepEqual(filter.unread, ['colour:red', 'share>lots', 'trusted:maybe', 'op:']);
    assert.equal(
      index.scenario.kernels.filter((one) => filter.matches(one)).every((one) => one.opType === 'Resize'),
      true,
    );
  });
});

describe('layers', () => {
  const leaves = (node: ModuleNode): number =>
    node.kernels.length + node.children.reduce((sum, one) => sum + leaves(one), 0);

  it('holds every kernel once, in order of execution', () => {
    const root = moduleTree(index);
    assert.equal(leaves(root), 120);
    assert.deepEqual(
      root.children.map((child) => child.label),
      ['stage 1', 'stage 2', 'stage 3', 'stage 4', 'stage 5', 'stage 6'],
    );
    assert.deepEqual(
      trailTo(root, 'stage 2/block 3').map((node) => node.label),
      ['', 'stage 2', 'block 3'],
    );
    assert.deepEqual(trailTo(root, 'gone/away'), [root]);
  });

  it('joins names between which nothing branches', () => {
    const report = buildReport({ kernels: 4 });
    const paths = ['/net/a//b/x', 'net/a/b/y/', 'net/c', 'net/c'];
    report.scenarios[0]!.kernels.forEach((kernel, position) => (kernel.module = paths[position]!));
    const root = moduleTree(indexOf(report));
    assert.deepEqual(
      root.children.map(({ label, path }) => [label, path]),
      [
        ['a/b', 'net/a/b'],
        ['c', 'net/c'],
      ],
    );
    assert.equal(trailTo(root, 'net/a/b/x').at(-1)?.label, 'x');
  });

  it('survives a path of ten thousand names and names of the prototype', () => {
    const report = buildReport({ kernels: 2 });
    report.scenarios[0]!.kernels[0]!.module = 'x/'.repeat(10_000);
    report.scenarios[0]!.kernels[1]!.module = '__proto__/constructor';
    assert.equal(leaves(moduleTree(indexOf(report))), 2);
  });

  it('fills each strip: widths add up to one, the small ones gathered with their count', () => {
    const root = moduleTree(index);
    for (const node of [root, ...root.children, root.children[0]!.children[0]!]) {
      const segments = segmentsOf(index, node);
      const width = segments.reduce((sum, segment) => sum + segment.width, 0);
      assert.ok(Math.abs(width - 1) < 1e-9, `${node.path} ${width}`);
    }
    const flat = indexOf(buildReport({ kernels: 90, modules: 1 }));
    flat.scenario.kernels.forEach((kernel, position) => {
      kernel.module = '';
      // Types of their own are too small to be gathered by type.
      if (position > 30) kernel.opType = `Op${position}`;
    });
    const gathered = segmentsOf(flat, moduleTree(flat));
    assert.equal(
      gathered.filter((one) => one.kind !== 'outside').reduce((sum, one) => sum + one.count, 0),
      90,
    );
    assert.ok(gathered.some((one) => one.kind === 'layout'));
    assert.ok(gathered.some((one) => one.kind === 'rest'));
  });

  it('tells names from structure, and the legend adds up', () => {
    assert.equal(moduleBasis(index), 'structure');
    const report = buildReport({ kernels: 4, modules: 1 });
    report.operators.forEach((operator) => (operator.name = `/stage 1/block 0/${operator.opType}`));
    assert.equal(moduleBasis(indexOf(report)), 'names');
    const legendNs = legend(index).reduce((sum, entry) => sum + entry.timeNs, 0);
    assert.ok(Math.abs(legendNs - index.wholeNs) < 2);
  });
});

describe('latency', () => {
  it('says how many runs a percentile still needs', () => {
    const { percentiles, longerSeconds, runs } = latencyView(index)!;
    assert.equal(runs, 150);
    assert.deepEqual(
      percentiles.map(({ missingRuns }) => missingRuns),
      [0, 0, 309],
    );
    assert.ok(longerSeconds !== null && longerSeconds * 1e9 >= 459 * index.wholeNs);
  });

  it('has no interval from one round', () => {
    assert.equal(latencyView(indexOf(buildReport({ kernels: 5, rounds: 1 })))!.errorNs, null);
  });

  it('bins every sample or counts it as above', () => {
    const samples = [...Array.from({ length: 99 }, (_, at) => 1000 + at), 50_000];
    const bins = histogram(samples, 10)!;
    assert.equal(bins.counts.reduce((sum, one) => sum + one, 0) + bins.above, 100);
    assert.equal(bins.above, 1);
    assert.deepEqual(histogram([5, 5, 5], 4)!.counts, [3, 0, 0, 0]);
    assert.equal(histogram([], 4), null);
  });

  it('takes the clock’s own verdict before its own reading', () => {
    const report = buildReport({ kernels: 5 });
    report.scenarios[0]!.warnings.push({ code: 'measure.warning.slowed', params: { percent: 14 } });
    assert.equal(driftOf(indexOf(report)), 0.14);
    assert.equal(quietOf(report.scenarios[0]!.latency!.rounds.slice(0, 2)).drift, null);
  });
});

describe('words', () => {
  it('says three sentences, and less while it runs', () => {
    const said = headline(index, null, text).map((sentence) => plainText(sentence.parts));
    assert.match(said[0]!, /^\d+(\.\d+)? ms ± \d+\.\d+ on this machine’s CPU; \d+ % of it in stage 1\.$/);
    assert.equal(said[1], 'int8 may be faster here; not tried yet.');
    assert.equal(said[2], 'Bill unknown: which machine, how many requests?');
    const running = headline(index, buildRun(), text);
    assert.match(plainText(running[0]!.parts), /^About \d+ ms so far on/);
    assert.deepEqual(running[1]!.button, { label: 'Try int8', disabled: true, why: 'after this run' });
  });

  it('does not hope for int8 where nothing multiplies', () => {
    const report = buildReport({ kernels: 5 });
    report.scenarios[0]!.totals.macs = 0;
    const [, quantization] = headline(indexOf(report), null, text);
    assert.equal(plainText(quantization!.parts), 'int8 has nothing to make faster here: no operator multiplies.');
    assert.equal(quantization!.button.disabled, true);
  });

  it('names no module whose share is not sure', () => {
    for (const spoil of [
      (kernel: Kernel): void => void (kernel.trusted = false),
      (kernel: Kernel): void => void (kernel.errorNs = 4 * kernel.selfTimeNs),
    ]) {
      const report = buildReport({ kernels: 120 });
      report.scenarios[0]!.kernels.forEach(spoil);
      const said = plainText(headline(indexOf(report), null, text)[0]!.parts);
      assert.match(said, /^\d+(\.\d+)? ms ± \d+\.\d+ on this machine’s CPU\.$/);
    }
  });

  it('answers in the same order, whatever is asked', () => {
    const order = ['measured', 'error', 'quiet', 'assumed', 'leftOut', 'command'];
    for (const subject of ['latency', 'hotspots', 'memory', 'bound', 'quantization'] as const) {
      const ids = evidenceFor(index, subject, text).rows.map((row) => row.id);
      assert.deepEqual(
        ids,
        order.filter((id) => ids.some((one) => one === id)),
      );
    }
    const assumed = evidenceFor(index, 'latency', text).rows.find((row) => row.id === 'assumed');
    assert.equal(assumed?.text, 'x:2 640, x:3 640 (the file leaves them open); synthetic input, seed 1');
  });

  it('copies a result in one line', () => {
    const line = resultLine(index, 'det\n.onnx', text)!;
    assert.doesNotMatch(line, /\n/);
    assert.match(line, /95 % interval \d+\.\d–\d+\.\d ms, median of 150 runs\) on AMD EPYC, 2 cores, 2 threads/);
  });

  it('keeps markers in names as they are', () => {
    const parts = richText(text, 'page.stale', { file: 'a**b**{file}' });
    assert.deepEqual(parts[0], { text: 'a**b**{file} changed', strong: true });
  });

  it('shortens names in the middle and keeps controls out', () => {
    assert.equal(shortenMiddle('abcdefghij', 5), 'ab…ij');
    assert.equal(shortenMiddle('a\u202Eb\nc', 10), 'a b c');
    assert.equal(shortOperatorName('p2o.Conv.58', 'Conv'), 'Conv.58');
    assert.equal(shortOperatorName('/layer1/conv1/Conv', 'Conv'), 'Conv');
  });

  it('writes one chip with the shape, or one for each symbol', () => {
    const report = index.report;
    const shape = chips(choices, report, text)[0]!;
    assert.equal(shape.value, '1 × 3 × 640 × 640');
    assert.equal(shape.assumed, true);
    assert.deepEqual(
      shape.dimensions.map((one) => one.label),
      ['x:2 (assumed)', 'x:3 (assumed)'],
    );
    const symbols = {
      ...choices,
      dimensions: ['batch', 'sequence', 'a', 'b', 'c'].map((name) => ({ name, value: 2, assumed: false })),
    };
    assert.deepEqual(
      chips(symbols, report, text)
        .filter((chip) => chip.kind === 'dimension')
        .map((chip) => `${chip.name} ${chip.value}`),
      ['batch 2', 'sequence 2', 'a 2', ' 2 more'],
    );
  });

  it('says with what the figures were measured where the chips say something else, and nothing where they do not', () => {
    const { report, scenario } = index;
    const { threads, optimization, seed } = scenario.run;
    const same = { ...choices, threads, optimization: optimization!, seed: seed! };
    const said = (other: Partial<typeof choices>): string | null =>
      measuredOtherwise({ ...same, ...other }, report, scenario, text);
    assert.equal(said({}), null);
    assert.equal(said({ threads: 0 }), null);
    const larger = choices.dimensions.map((each) => ({ ...each, value: 960 }));
    assert.match(said({ dimensions: larger })!, /were measured with x 1 × 3 × 640 × 640\. The chips/);
    assert.match(said({ threads: 7, provider: 'webgpu' })!, /measured with CPU, 2 threads\./);
    assert.match(said({ input: 'page.png' })!, /measured with input synthetic, seed 1\./);
    const both = { ...report, scenarios: [scenario, { ...scenario, run: { ...scenario.run, threads: 7 } }] };
    assert.equal(measuredOtherwise({ ...same, threads: 7 }, both, scenario, text), null);
    assert.equal(measuredOtherwise({ ...same, threads: 7 }, report, { ...scenario, latency: null }, text), null);
  });

  it('gives no sign to what rounds to zero', () => {
    assert.equal(percent(-0.002), '0 %');
    assert.equal(decimal(-0.004, 2), '0.00');
    assert.equal(percent(-0.02), '-2 %');
  });

  it('counts what a run has done', () => {
    const rows = phaseRows(buildRun(), text);
    assert.deepEqual(rows.map(({ label, value }) => `${label}: ${value}`).slice(3), [
      'First trace: 6 runs',
      'Latency, round 3 of 5: 61 of 147 runs',
      'Trace: 6 of 25 runs',
      'Memory: waiting',
    ]);
    assert.equal(runLine(buildRun(), text), 'Latency, round 3 of 5 · about 5 s left');
    assert.equal(aboutDuration(43_940_000), '44 ms');
  });

  it('knows the int8 unit by its usual name, and op types by their MACs', () => {
    assert.equal(int8Unit(index.report.environment), 'AVX-512 VNNI');
    assert.equal(int8Unit({ ...index.report.environment, simd: ['avx2'] }), null);
    const types = operatorTypes(index.report);
    assert.equal(types[0]?.opType, 'Conv');
    const { shown, rest } = gatherTypes(types, 2);
    assert.equal(shown.reduce((sum, one) => sum + one.nodes, 0) + rest!.nodes, 120);
  });

  it('shows the MACs of op types in one unit, a little as little and not as nothing', () => {
    const typeOf = (macs: number | null) => ({ opType: 'Conv', nodes: 1, macs });
    const large = macsColumn([typeOf(4.1e9), typeOf(2e6), typeOf(null)], 1, text);
    assert.equal(large.heading, 'MACs (G)');
    assert.deepEqual([4.1e9, 2e6, null].map(large.cell), ['4.1', '< 0.1', '–']);
    const small = macsColumn([typeOf(512)], 1, text);
    assert.deepEqual([small.heading, small.cell(512)], ['MACs', '512']);
  });
});
