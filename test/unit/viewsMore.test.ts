import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentState } from '../../src/core/report/html.js';
import { createText } from '../../src/format/text/text.js';
import {
  cacheBytesPerToken,
  curveSentence,
  dataRows,
  dataSentence,
  providerRows,
  providersSentence,
} from '../../src/format/views/comparisons.js';
import { parseFilter } from '../../src/format/views/filter.js';
import { headline } from '../../src/format/views/headline.js';
import { kernelDetail, kernelName } from '../../src/format/views/hotspotText.js';
import { hotspotTable } from '../../src/format/views/hotspots.js';
import { memorySentence, memoryView } from '../../src/format/views/memory.js';
import { plainText } from '../../src/format/views/richText.js';
import { decades, logAxis, onLogAxis, rooflineSentence, rooflineView } from '../../src/format/views/roofline.js';
import { curveView } from '../../src/format/views/scenarioCurve.js';
import { indexScenario, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { segmentsOf } from '../../src/format/views/segments.js';
import { moduleTree } from '../../src/format/views/layers.js';
import { drawnBars, timelineSentence, timelineView } from '../../src/format/views/timeline.js';
import type { Report } from '../../src/protocol/report.js';
import { buildCurve, buildPhases, buildProviders } from '../webview/comparisonFixture.js';
import { buildReport } from '../webview/reportFixture.js';

const text = createText();
const indexOf = (report: Report): ScenarioIndex => indexScenario(report, null)!;
const near = (a: number, b: number): void => {
  assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(b)), `${a} ${b}`);
};

describe('the roofline view', () => {
  const index = indexOf(buildReport({ kernels: 40 }));

  it('places kernels by FLOP per byte and attained FLOP/s, 1 MAC = 2 FLOP', () => {
    const { points } = rooflineView(index);
    const kernel = index.scenario.kernels[0]!;
    const point = points.find((one) => one.kernel === kernel)!;
    near(point.flopPerByte, (2 * kernel.macs!) / (kernel.readBytes! + kernel.writtenBytes!));
    near(point.flopPerSecond, 300e9);
    assert.ok(points.every((one) => one.kernel.macs !== null));
    assert.ok(points.every((one, at) => at === 0 || points[at - 1]!.share >= one.share));
  });

  it('adds shares up by what bounds them, and says what was not placed', () => {
    const report = buildReport({ kernels: 40 });
    const { kernels } = report.scenarios[0]!;
    kernels.forEach((kernel, at) => (kernel.bound = at === 0 ? 'overhead' : at % 2 === 0 ? 'compute' : null));
    const view = rooflineView(indexOf(report));
    near(view.shares.overhead, kernels[0]!.share);
    assert.equal(view.shares.memory, 0);
    assert.match(
      plainText(rooflineSentence(view, text)),
      /is compute bound, 0 % memory bound, .*; \d+ % was not placed\./,
    );
  });

  it('says in words that the ceilings were not measured', () => {
    const report = { ...buildReport({ kernels: 4 }), roofline: null };
    assert.match(plainText(rooflineSentence(rooflineView(indexOf(report)), text)), /ceilings .* were not measured/);
  });

  it('has whole decades around its values, and survives none', () => {
    const axis = logAxis([0.3, 25]);
    assert.deepEqual(
      decades(axis).map((one) => Number(one.toPrecision(6))),
      [0.1, 1, 10, 100],
    );
    near(onLogAxis(axis, 1), 1 / 3);
    assert.deepEqual(logAxis([]), { low: 1, high: 10 });
    assert.deepEqual(logAxis([100]), { low: 100, high: 1000 });
  });
});

describe('the memory view', () => {
  const report = buildReport({ kernels: 41 });
  const index = indexOf(report);

  it('finds the peak, its kernel, and what the process holds besides', () => {
    const view = memoryView(index)!;
    assert.equal(view.peak?.step, 20);
    assert.equal(view.peak.kernel?.id, 'k20');
    assert.equal(view.peak.liveBytes, 41e6);
    assert.equal(view.restBytes, 123e6 - 41e6 - 4.7e6);
    assert.equal(view.largest.length, 20);
    assert.match(plainText(memorySentence(index, view, text)), /^39\.1 MiB of tensors are alive at the peak, in .*20;/);
  });

  it('lists a stretch of equal moments once, and knows no rest where the shapes say more than the process', () => {
    const flat = buildReport({ kernels: 5 });
    const memory = flat.scenarios[0]!.memory!;
    memory.timeline.forEach((point) => (point.liveBytes = 10));
    memory.peakResidentBytes = 1e6;
    const view = memoryView(indexOf(flat))!;
    assert.equal(view.largest.length, 1);
    assert.equal(view.restBytes, null);
  });

  it('says so where nothing was measured', () => {
    assert.equal(memoryView(indexOf(buildReport({ kernels: 3, status: 'partial' }))), null);
    const empty = buildReport({ kernels: 3 });
    empty.scenarios[0]!.memory!.timeline = [];
    const of = indexOf(empty);
    assert.match(plainText(memorySentence(of, memoryView(of)!, text)), /not known/);
  });
});

describe('the timeline', () => {
  it('lays every kernel once, one after the other, to the sum of the table', () => {
    const index = indexOf(buildReport({ kernels: 60 }));
    const view = timelineView(index);
    let endNs = 0;
    for (const bar of view.bars) {
      near(bar.startNs, endNs);
      endNs += bar.durationNs;
    }
    assert.equal(
      view.lanes.reduce((sum, lane) => sum + lane.bars.length, 0),
      60,
    );
    near(view.kernelsNs + view.outsideNs, index.scenario.latency!.medianNs);
    assert.deepEqual(
      view.lanes.map((lane) => lane.module),
      [1, 2, 3, 4, 5, 6].map((stage) => `stage ${stage}`),
    );
    assert.match(
      plainText(timelineSentence(index, view, text)),
      /^60 kernels .* The longest is Conv p2o\.Conv\.0 with 3\.20 ms\./,
    );
  });

  it('gathers modules beyond fourteen lanes and opens a module that holds nearly all', () => {
    const many = timelineView(indexOf(buildReport({ kernels: 400, modules: 40 }))).lanes;
    assert.equal(many.length, 14);
    assert.equal(many.at(-1)?.gathered, 27);
    const report = buildReport({ kernels: 60 });
    for (const kernel of report.scenarios[0]!.kernels.slice(1)) kernel.module = `model/${kernel.module}`;
    report.scenarios[0]!.kernels[0]!.module = 'last';
    const opened = timelineView(indexOf(report)).lanes.map((lane) => lane.module);
    assert.ok(opened.includes('model/stage 4'), opened.join());
  });

  it('draws what is narrower than a pixel as one', () => {
    const { bars } = timelineView(indexOf(buildReport({ kernels: 2000 })));
    const drawn = drawnBars(bars, 1e6);
    assert.equal(drawn.flat().length, 2000);
    assert.ok(drawn.length < 60, `${drawn.length}`);
  });
});

describe('scenarios beside each other', () => {
  it('says how latency grows along a dimension', () => {
    const report = buildCurve();
    assert.equal(
      plainText(curveSentence(report, curveView(report)!, text)),
      '4.0 × the x:2 takes 3.0 × the time, from 320 to 1,280.',
    );
  });

  it('tells prefill from decode, each token, and what the cache grows by', () => {
    const report = buildPhases();
    const said = plainText(curveSentence(report, curveView(report)!, text));
    assert.match(
      said,
      /^A decoded token takes .* ms; the prompt takes .* ms, .* a token\. Each token adds 48\.0 KiB to the cache\.$/,
    );
    assert.equal(cacheBytesPerToken(report), 49_152);
    assert.equal(cacheBytesPerToken(buildCurve()), null);
  });

  it('compares providers with the first, names what fell back, and never invents a speedup', () => {
    const rows = providerRows(indexOf(buildProviders()), text);
    assert.deepEqual(
      rows.map((row) => row.name),
      ['CPU', 'WebGPU'],
    );
    assert.equal(rows[0]?.speedup, null);
    near(rows[1]!.speedup!, 2);
    assert.deepEqual(
      rows[1]!.fellBack.map((one) => one.operator),
      ['Mul', 'unknown'],
    );
    assert.deepEqual(rows[1]!.differences, [{ output: 'y', error: '1.2e-3', sqnr: '61.3', cosine: '0.999998' }]);
    assert.match(plainText(providersSentence(rows, text)), /^WebGPU is 2\.00 × as fast as CPU here/);
    assert.deepEqual(providerRows(indexOf(buildReport({ kernels: 3 })), text), []);
  });

  it('calls providers whose intervals overlap equal, and tells why one was not measured', () => {
    const report = buildProviders();
    const [cpu, other] = report.scenarios;
    other!.latency = cpu!.latency && { ...cpu!.latency, medianNs: cpu!.latency.medianNs * 0.999 };
    assert.match(plainText(providersSentence(providerRows(indexOf(report), text), text)), /cannot be told apart/);
    other!.latency = null;
    other!.warnings = [{ code: 'scenario.warning.providerUnused', params: { provider: 'WebGPU' } }];
    const rows = providerRows(indexOf(report), text);
    assert.match(plainText(providersSentence(rows, text)), /Only one provider was measured/);
    assert.match(rows[1]!.notes[0]!, /No operator ran on WebGPU/);
  });

  it('says that latency depends on data only where intervals are apart', () => {
    const report = buildProviders();
    const said = (): string => plainText(dataSentence(dataRows(indexOf(report), text), text));
    assert.equal(said(), 'Latency depends on the data: with denormal numbers a run takes 4.00 × as long.');
    const denormals = report.scenarios[0]!.dataSensitivity![2]!;
    denormals.confidenceNs = [1, denormals.medianNs * 2];
    assert.match(said(), /does not depend/);
    denormals.confidenceNs = [denormals.medianNs, denormals.medianNs];
    assert.match(said(), /cannot be told/);
    report.scenarios[0]!.dataSensitivity = null;
    assert.match(said(), /was not checked/);
  });
});

describe('reasons in the detail of a kernel', () => {
  const report = buildReport({ kernels: 20 });
  const index = indexOf(report);
  const lines = (at: number): string =>
    kernelDetail(index, report.scenarios[0]!.kernels[at]!, text)
      .map((line) => plainText(line.parts))
      .join('\n');

  it('names bound and share of the ceiling', () => {
    assert.match(lines(0), /Compute bound: reaches 70 % of this CPU’s measured ceiling \(470 GFLOP\/s, 455–484\)/);
  });

  it('finds channels that the runtime pads', () => {
    assert.doesNotMatch(lines(0), /pads/);
    report.scenarios[0]!.kernels[0]!.outputShapes = [[1, 32, 320, 320]];
    assert.match(lines(0), /pads 24 output channels to 32, so 25 % of this work is padding/);
  });

  it('knows depthwise convolutions and single rows through a matrix', () => {
    report.operators[3]!.attributes['group'] = 96;
    assert.match(lines(3), /Depthwise: each of 96 channels/);
    report.operators[3]!.attributes['group'] = 2;
    assert.doesNotMatch(lines(3), /Depthwise/);
    const kernel = report.scenarios[0]!.kernels[5]!;
    Object.assign(kernel, {
      opType: 'MatMul',
      bound: 'memory',
      inputShapes: [
        [1, 768],
        [768, 3072],
      ],
    });
    kernel.outputShapes = [[1, 3072]];
    assert.match(lines(5), /One row goes through a matrix/);
    kernel.outputShapes = [[64, 3072]];
    assert.doesNotMatch(lines(5), /One row/);
  });

  it('says beside whom a layout conversion stands', () => {
    const kernels = report.scenarios[0]!.kernels;
    kernels[11]!.outputShapes = [[1, 16, 8, 8]];
    kernels[12]!.inputShapes = [[1, 16, 8, 8]];
    assert.equal(kernelName(index, kernels[11]!, text).subtitle, 'layout, before p2o.Relu.12');
    assert.match(lines(11), /changes the layout of data here for Relu p2o\.Relu\.12/);
    kernels[11]!.outputShapes = [[7, 7]];
    kernels[11]!.inputShapes = [[9, 9]];
    assert.equal(kernelName(index, kernels[11]!, text).subtitle, 'layout, ReorderInput_11');
  });

  it('says what makes a time uncertain', () => {
    const kernel = report.scenarios[0]!.kernels[1]!;
    kernel.errorNs = kernel.selfTimeNs;
    assert.match(lines(1), /Not certain: ± .* is as large as the time/);
    kernel.trusted = false;
    assert.match(lines(1), /Not trusted: recording it costs about 3\.40 µs/);
  });
});

describe('what stands in front', () => {
  it('gives no interval that is as wide as the figure', () => {
    const report = buildReport({ kernels: 5 });
    const latency = report.scenarios[0]!.latency!;
    latency.confidenceNs = [1, latency.medianNs * 4];
    assert.match(plainText(headline(indexOf(report), null, text)[0]!.parts), /^About \d+(\.\d)? ms on/);
  });

  it('gathers modules only where at least two are tiny', () => {
    const report = buildReport({ kernels: 6 });
    const { kernels } = report.scenarios[0]!;
    kernels.forEach((kernel, at) => {
      kernel.module = `m${at}`;
      kernel.selfTimeNs = at < 4 ? 1e6 : 1e3;
    });
    const shown = (): string[] => {
      const index = indexOf(report);
      return segmentsOf(index, moduleTree(index)).map((segment) => segment.key);
    };
    assert.deepEqual(shown(), ['module:m0', 'module:m1', 'module:m2', 'module:m3', 'rest', 'outside:']);
    kernels[5]!.selfTimeNs = 1e6;
    assert.ok(shown().includes('module:m4'));
  });

  it('never hides a large kernel among those too small to trust', () => {
    const report = buildReport({ kernels: 40 });
    const [first] = report.scenarios[0]!.kernels;
    first!.trusted = false;
    const index = indexOf(report);
    const filter = parseFilter(index, '');
    const options = {
      filter,
      sort: 'share',
      descending: true,
      groupBy: 'kernel',
      expanded: new Set<string>(),
    } as const;
    const { rows } = hotspotTable(index, { ...options, limit: 20 });
    assert.equal(rows[0]?.key, 'kernel:k0');
    assert.equal(rows[0].trusted, false);
    assert.ok(rows.find((row) => row.kind === 'untrusted')!.kernels.every((kernel) => kernel.share < 0.01));
  });

  it('names the file of an exported document once', () => {
    const report = buildReport({ kernels: 2 });
    const { fileName, location } = documentState(report).model;
    assert.deepEqual([fileName, location], ['det.onnx', 'models/ocr']);
    report.model.path = 'det.onnx';
    assert.equal(documentState(report).model.location, '');
  });
});
