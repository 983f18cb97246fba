import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  hasTried,
  keepQuantization,
  withQuantization,
  withQuantizationNote,
} from '../../src/core/report/mergeQuantization.js';
import { createText } from '../../src/format/text/text.js';
import { evidenceFor } from '../../src/format/views/evidence.js';
import { headline } from '../../src/format/views/headline.js';
import { equalSentence, quantizationView, type QuantizationView } from '../../src/format/views/quantization.js';
import { parseLayerFilter } from '../../src/format/views/quantizationFilter.js';
import { countLayers, layerRow, sortLayers, type LayerRow } from '../../src/format/views/quantizationLayers.js';
import { planNotes, trialNotes } from '../../src/format/views/quantizationNotes.js';
import { quantizationNote, verdictOf, verdictText } from '../../src/format/views/quantizationVerdict.js';
import { plainText } from '../../src/format/views/richText.js';
import { indexScenario } from '../../src/format/views/scenarioIndex.js';
import type { Report } from '../../src/protocol/report.js';
import { buildQuantized } from '../webview/quantizationFixture.js';
import { buildReport, buildRun } from '../webview/reportFixture.js';

const text = createText();
const viewOf = (report: Report, targetDb: number | null = null): QuantizationView =>
  quantizationView(report, report.quantization[0]!, targetDb, text);
const indexOf = (report: Report) => indexScenario(report, null)!;

function rowsOf(report: Report, planId: string | null, missedDb: number | null = null): LayerRow[] {
  const [section] = report.quantization;
  const plan = section!.plans.find(({ id }) => id === planId) ?? null;
  const { synthetic } = section!.calibration;
  return section!.layers.map((layer) => layerRow(layer, { index: indexOf(report), plan, synthetic, missedDb, text }));
}

describe('plans of a trial', () => {
  it('come recommended first, then those that meet the target by speed, then the others, with letters', () => {
    const { plans, recommended } = viewOf(buildQuantized());
    assert.deepEqual(
      plans.map(({ letter, plan, meetsTarget }) => [letter, plan.id, meetsTarget]),
      [
        ['A', 'p0', true],
        ['B', 'p1', true],
        ['C', 'p2', true],
        ['D', 'p4', true],
        ['E', 'p3', false],
      ],
    );
    assert.equal(recommended?.plan.id, 'p0');
    assert.deepEqual(
      plans.filter(({ onFront }) => onFront).map(({ plan }) => plan.id),
      ['p0', 'p2', 'p4'],
    );
  });

  it('are judged again by another target, without a run', () => {
    const report = buildQuantized();
    assert.equal(viewOf(report, 25).recommended?.plan.id, 'p2');
    assert.equal(viewOf(report, 40).recommended, null);
    assert.match(verdictText(report, viewOf(report, 40), text), /^Do not quantize: none that is faster keeps 40 dB/);
    assert.equal(viewOf(buildQuantized({ synthetic: true }), 0).recommended, null);
  });

  it('give way to a more accurate one that is as fast, and the verdict says why', () => {
    const report = buildQuantized();
    const [section] = report.quantization;
    section!.plans[1]!.measured!.sqnrDb = 30.3;
    section!.recommended = 'p1';
    const found = (): string => verdictOf(report, viewOf(report), text).detail;
    assert.match(
      found(),
      /Plan B, 1\.31× \(1\.27–1\.35\), cannot be told apart .* leaves 22\.4 dB instead of 30\.3 dB\.$/,
    );
    assert.equal(viewOf(report, 21).recommended?.plan.id, 'p1');
    section!.plans[1]!.measured!.sqnrDb = 21.8;
    section!.recommended = 'p0';
    assert.doesNotMatch(found(), /told apart/);
  });

  it('are called equal in words where their intervals overlap', () => {
    assert.equal(equalSentence(viewOf(buildQuantized()), text), 'A and B cannot be told apart in speed; A loses less.');
    assert.equal(equalSentence(viewOf(buildQuantized(), 25), text), '');
    const three = equalSentence(viewOf(buildQuantized({ synthetic: true })), text);
    assert.equal(three, 'A, B and C cannot be told apart in speed.');
  });

  it('make one sentence with interval and condition', () => {
    const report = buildQuantized();
    const found = verdictOf(report, viewOf(report), text);
    assert.equal(plainText(found.sentence), 'Quantize 9 of 15 layers: 1.31× faster (1.27–1.35), outputs at 22.4 dB.');
    assert.match(
      found.detail,
      /^14\.2 ms becomes 10\.8 ms; the file shrinks from 4\.53 MiB to 2\.19 MiB\. .*2 threads/,
    );
    const unknown = buildQuantized({ synthetic: true });
    assert.equal(verdictOf(unknown, viewOf(unknown), text).kind, 'unknown');
    assert.match(verdictText(unknown, viewOf(unknown), text), /^Accuracy unknown: .* Nothing is recommended\.$/);
    const none = buildQuantized();
    const [section] = none.quantization;
    section!.plans = [];
    section!.recommended = null;
    assert.equal(verdictText(none, viewOf(none), text), 'No plan could be measured.');
    for (const layer of section!.layers)
      Object.assign(layer, { verdict: 'notSupported', reason: { code: 'quantization.reason.nested', params: {} } });
    assert.equal(verdictText(none, viewOf(none), text), 'Do not quantize: no layer of this model can be.');
    const slow = buildQuantized({ slow: true });
    assert.match(verdictText(slow, viewOf(slow), text), /no plan is faster for certain.* 0\.92×/);
  });

  it('speak of agreement only where there is some', () => {
    const report = buildQuantized();
    const measured = report.quantization[0]!.plans[0]!.measured!;
    assert.match(planNotes(viewOf(report), text).join(' '), /No labels were given/);
    measured.agreement = 0.97;
    measured.answers = { same: 97, items: 100 };
    assert.match(verdictText(report, viewOf(report), text), /same top answer on 97 of 100 of your samples/);
    assert.doesNotMatch(planNotes(viewOf(report), text).join(' '), /No labels/);
  });

  it('say how they were calibrated and judged, and what the trial noted beyond its verdict', () => {
    const report = buildQuantized();
    assert.match(
      planNotes(viewOf(report), text).join(' '),
      /^All 5 were built and measured.*Calibrated by minimum and maximum on 8 samples of pages, judged on 8 others\./,
    );
    assert.deepEqual(trialNotes(report.quantization[0]!, text), ['4 layers cost too much accuracy and stay in float.']);
  });

  it('that the runtime refused stand last, with neither figure nor point', () => {
    const report = buildQuantized();
    report.quantization[0]!.plans[0]!.measured = null;
    report.quantization[0]!.recommended = null;
    const view = viewOf(report);
    assert.equal(view.plans.at(-1)?.plan.id, 'p0');
    assert.match(planNotes(view, text).join(' '), /The runtime refused E\./);
  });
});

describe('layers of a trial', () => {
  it('have a verdict and a reason each, of the plan that is shown', () => {
    const report = buildQuantized();
    const rows = rowsOf(report, 'p0');
    assert.equal(countLayers(rows, text), '9 quantize · 6 keep in float · 1 not supported');
    const first = rows[0]!;
    assert.deepEqual(
      [first.name, first.shape, first.verdict, first.reason],
      ['p2o.Conv.0', '3 × 3, 96 → 24', 'quantize', 'saves 786 µs'],
    );
    assert.deepEqual([rows[4]!.shape, rows[4]!.verdict], ['depthwise 3 × 3, 96', 'keepFloat']);
    assert.equal(rows[4]!.reason, 'depthwise: 1.5 × slower in int8');
    assert.match(rows.at(-1)!.reason, /^ConvTranspose: this runtime computes it in float/);
    const fewer = rowsOf(report, 'p2');
    assert.equal(fewer.filter(({ reason }) => reason === 'not in this plan').length, 3);
  });

  it('stay in float, and say why, where no plan keeps the target', () => {
    const rows = rowsOf(buildQuantized(), null, 40);
    assert.equal(rows.filter(({ verdict }) => verdict === 'quantize').length, 0);
    assert.equal(rows[0]!.reason, 'no plan that is faster keeps 40 dB');
  });

  it('are faster or slower on synthetic inputs, never recommended', () => {
    const rows = rowsOf(buildQuantized({ synthetic: true }), 'p0');
    assert.equal(countLayers(rows, text), '12 faster in int8 · 3 slower · 1 not supported');
    assert.deepEqual([rows[0]!.verdict, rows[0]!.reason, rows[0]!.sqnrDb], ['faster', 'accuracy unknown', null]);
  });

  it('are sorted by any column, those without a figure last', () => {
    const rows = rowsOf(buildQuantized(), 'p0');
    for (const descending of [true, false])
      for (const sort of ['saved', 'float', 'int8', 'factor', 'sqnr'] as const)
        assert.equal(sortLayers(rows, sort, descending).at(-1)?.verdict, 'notSupported', sort);
    assert.equal(sortLayers(rows, 'sqnr', false)[0]?.sqnrDb, 5.2);
    assert.equal(sortLayers(rows, 'name', false)[0]?.name, 'p2o.Conv.0');
    assert.equal(sortLayers(rows, 'verdict', true)[0]?.verdict, 'quantize');
  });

  it('are filtered by words, verdicts and figures; what cannot be read is named', () => {
    const rows = rowsOf(buildQuantized(), 'p0');
    const count = (query: string): number => rows.filter((row) => parseLayerFilter(query).matches(row)).length;
    assert.equal(count('verdict:keep'), 6);
    assert.equal(count('-verdict:keep verdict:unsupported'), 1);
    assert.equal(count('saves>0.5'), 1);
    assert.equal(count('sqnr<20'), 3);
    assert.equal(count('factor<1 depthwise'), 3);
    assert.equal(count('op:ConvTranspose'), 1);
    assert.deepEqual(parseLayerFilter('verdict:maybe colour:red saves>1constructor Conv').unread, [
      'verdict:maybe',
      'colour:red',
      'saves>1constructor',
    ]);
  });
});

describe('the verdict elsewhere', () => {
  it('stands behind the tab and in the second sentence, whose button then shows the plans', () => {
    const report = buildQuantized();
    assert.equal(quantizationNote(report, 's1', null, text), '1.31×, 22.4 dB');
    assert.equal(quantizationNote(buildQuantized({ synthetic: true }), 's1', null, text), 'accuracy unknown');
    assert.equal(quantizationNote(buildReport({ kernels: 4 }), 's1', null, text), 'not tried');
    const [, after] = headline(indexOf(report), null, text);
    assert.equal(plainText(after!.parts), 'int8: 1.31× faster (1.27–1.35) with 9 of 15 layers, outputs at 22.4 dB.');
    assert.deepEqual([after!.button.label, after!.done, after!.evidence], ['Show Plans', true, 'plans']);
    const [, before] = headline(indexOf(buildReport({ kernels: 4 })), null, text, 27.6);
    assert.deepEqual([before!.button.label, before!.done], ['Try int8, about 28 s', false]);
  });

  it('leaves the latency alone while a trial runs', () => {
    const index = indexOf(buildReport({ kernels: 40 }));
    const [latency, trial] = headline(index, buildRun({ task: 'quantization' }), text, 20);
    assert.doesNotMatch(plainText(latency!.parts), /so far/);
    assert.equal(trial!.button.disabled, true);
  });

  it('answers how it is known: when, how often, by what, and with which command', () => {
    const { rows, command } = evidenceFor(indexOf(buildQuantized()), 'plans', text);
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['measured', 'error', 'assumed', 'leftOut', 'command'],
    );
    assert.match(rows[0]!.text, /5 plans built, loaded and run, each in turn with the float model, 2 threads.*18\.4 s/);
    assert.match(command ?? '', /^inference-profiler quantize det\.onnx/);
    const layers = evidenceFor(indexOf(buildQuantized({ synthetic: true })), 'trials', text);
    assert.doesNotMatch(layers.rows[0]!.text, /SQNR/);
  });
});

describe('a trial and the profile of the same model', () => {
  const trialOf = (report: Report): Report => {
    const [scenario] = report.scenarios;
    const bare = { ...scenario!, id: 's0', latency: null, kernels: [], run: { ...scenario!.run, threads: 0 } };
    const quantization = report.quantization.map((section) => ({ ...section, scenarioId: 's0' }));
    return { ...report, reportId: 'trial', scenarios: [bare], quantization };
  };

  it('become one report, under the scenario of equal dimensions', () => {
    const profile = buildReport({ kernels: 40 });
    const merged = withQuantization(profile, trialOf(buildQuantized()));
    assert.equal(merged.reportId, 'r1');
    assert.deepEqual([merged.scenarios.length, merged.quantization[0]?.scenarioId], [1, 's1']);
    const again = withQuantization(merged, trialOf(buildQuantized({ synthetic: true })));
    assert.deepEqual([again.quantization.length, again.quantization[0]?.calibration.synthetic], [1, true]);
  });

  it('keep a scenario of its own where the dimensions differ, and say where it was stopped', () => {
    const trial = trialOf(buildQuantized());
    trial.scenarios[0]!.dimensions = [{ name: 'x:2', value: 320, source: 'user' }];
    trial.scenarios[0]!.id = trial.quantization[0]!.scenarioId = 's1';
    const merged = withQuantization(buildReport({ kernels: 40 }), { ...trial, status: 'partial' });
    assert.deepEqual(
      merged.scenarios.map(({ id }) => id),
      ['s1', 's1-1'],
    );
    const [section] = merged.quantization;
    assert.equal(section?.scenarioId, 's1-1');
    assert.equal(section.explanation.at(-1)?.code, 'quantization.note.stopped');
  });

  it('a trial of a file that was never run is the report', () => {
    const merged = withQuantization(buildReport({ kernels: 40, status: 'static' }), trialOf(buildQuantized()));
    assert.deepEqual([merged.reportId, merged.quantization.length, merged.scenarios.length], ['trial', 1, 1]);
  });

  it('what was tried outlives another profile of the same content under the same conditions only', () => {
    const before = buildQuantized();
    const profile = buildReport({ kernels: 40 });
    assert.equal(keepQuantization(before, profile).quantization.length, 1);
    assert.equal(keepQuantization(null, profile).quantization.length, 0);
    const other = buildReport({ kernels: 40 });
    other.model.fileBytes = 1;
    assert.equal(keepQuantization(before, other).quantization.length, 0);
    const threads = buildReport({ kernels: 40 });
    threads.scenarios[0]!.run.threads = 1;
    assert.equal(keepQuantization(before, threads).quantization.length, 0);
  });

  it('keeps what one looked at and the other did not: plans, pruning, other models', () => {
    const pruning = { layers: [], explanation: [] };
    const alone = trialOf(buildQuantized());
    alone.quantization[0] = { ...alone.quantization[0]!, plans: [], layers: [], explanation: [], pruning };
    assert.equal(hasTried(alone), true);
    const before = buildQuantized();
    const looked = withQuantization(before, { ...alone, status: 'partial' });
    assert.deepEqual(looked.quantization[0], { ...before.quantization[0]!, pruning });
    assert.deepEqual(withQuantization(looked, trialOf(buildQuantized())).quantization[0]!.pruning, pruning);
    const untried = withQuantization(buildReport({ kernels: 40 }), alone);
    assert.equal(quantizationNote(untried, null, null, text), 'not tried');
    assert.equal(withQuantization(untried, trialOf(buildQuantized())).quantization[0]!.pruning, pruning);

    const model = { path: '/models/small/a.onnx', fileBytes: 1, parameterCount: 1, measured: null, reason: null };
    const section = { scenarioId: 's1', fileBytes: 1, parameterCount: 1, medianNs: null, models: [model] };
    const compared = { ...trialOf(buildQuantized()), quantization: [], alternatives: [section] };
    assert.equal(hasTried(compared), true);
    before.model.path = '/models/large/b.onnx';
    const beside = withQuantization(before, compared);
    assert.equal(beside.alternatives?.[0]?.models[0]?.path.replaceAll('\\', '/'), '../small/a.onnx');
    assert.equal(beside.quantization, before.quantization);
    const profiled = { ...buildReport({ kernels: 40 }), model: before.model };
    assert.equal(keepQuantization(beside, profiled).alternatives, beside.alternatives);
  });

  it('takes a note once, and tells a trial with nothing in it', () => {
    const note = {
      code: 'quantization.note.saved',
      params: { file: 'a.onnx', method: 'mixedInt8', layers: 12, db: '22.4' },
    };
    const noted = withQuantizationNote(withQuantizationNote(buildQuantized(), 'p1', note), 'p1', note);
    assert.equal(noted.quantization[0]!.explanation.filter(({ code }) => code === note.code).length, 1);
    assert.match(trialNotes(noted.quantization[0]!, text).join(' '), /^.*Saved a\.onnx: mixed int8, 12 layers/);
    const empty = buildQuantized();
    assert.equal(hasTried(empty), true);
    empty.quantization[0] = { ...empty.quantization[0]!, plans: [], layers: empty.quantization[0]!.layers.slice(-1) };
    assert.equal(hasTried(empty), false);
  });
});
