import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { simulationBasis, withSimulation } from '../../src/core/cost/answers/simulatedRows.js';
import { checkSameModel, parseMeasurement } from '../../src/core/cost/answers/measurements.js';
import type { ExpectedError } from '../../src/core/common/errors.js';
import { ceilingsOf } from '../../src/core/cost/machines/ceilings.js';
import { cpusOf } from '../../src/core/cost/machines/cpus.js';
import { commandThere, instanceOfFile, measurementFile, scriptThere } from '../../src/core/cost/measureThere.js';
import { catalogue } from '../../src/core/cost/prices/table.js';
import { projectRun } from '../../src/core/cost/projection/projection.js';
import { fitThreads, type ThreadPair } from '../../src/core/cost/projection/threadFit.js';
import { parseAssumptions } from '../../src/extension/panel/assumptionsFromPage.js';
import { usd, usdDigits } from '../../src/format/views/money.js';
import { costOf, measuredReport, PLANNED, TODAY } from '../webview/costFixture.js';

const report = measuredReport();
const scenario = report.scenarios[0]!;
const source = { flopPerSecond: 160e9, bytesPerSecond: 14e9, threads: 2 };
const median = scenario.latency!.medianNs;

describe('projection', () => {
  it('gives the measured time and its interval for the same machine, and half of both where all is twice as fast', () => {
    const at = (factor: number) =>
      projectRun({
        scenario,
        source,
        target: {
          flopPerSecond: [source.flopPerSecond * factor, source.flopPerSecond * factor],
          bytesPerSecond: [source.bytesPerSecond * factor, source.bytesPerSecond * factor],
          threads: 2,
          clockFactor: [1 / factor, 1 / factor],
        },
      })!;
    for (const factor of [1, 2]) {
      const { lowNs, midNs, highNs } = at(factor);
      const [least, most] = scenario.latency!.confidenceNs;
      assert.ok(least < median && median < most);
      for (const [ns, here] of [
        [lowNs, least],
        [midNs, median],
        [highNs, most],
      ] as const)
        assert.ok(Math.abs(ns * factor - here) < median * 1e-6);
    }
  });

  it('puts the truth of one more thread between what was fitted at best and at worst', () => {
    const pairs: ThreadPair[] = Array.from({ length: 20 }, (_, index) => ({
      kind: 'convolution',
      oneNs: 1e6,
      twoNs: 0.5e6 * (1 + index / 40),
      promised: 0.5,
    }));
    const fit = fitThreads(pairs);
    assert.ok(fit.convolution.low < fit.convolution.mid && fit.convolution.mid < fit.convolution.high);
    assert.ok(Math.abs(fit.convolution.mid - 1.25) < 0.06);
    // Too few kernels of a kind say nothing.
    assert.deepEqual(fitThreads(pairs.slice(0, 2)).convolution, fitThreads([]).convolution);
  });

  it('charges a short kernel for being shared, whatever the roofs promise, and gives it back to one thread', () => {
    const pair = (oneNs: number): ThreadPair => ({
      kind: 'convolution',
      oneNs,
      twoNs: oneNs / 2 + 3000,
      promised: 0.5,
    });
    const fit = fitThreads([8000, 10_000, 12_000, 500_000].map(pair));
    assert.ok(Math.abs(fit.sharingNs.mid - 3000) < 1);
    assert.ok(Math.abs(fit.convolution.mid - 1) < 1e-9);
    const kernel = { ...scenario.kernels[0]!, opType: 'Conv', bound: 'compute' as const, trusted: true, macs: 1e6 };
    const times = (selfTimeNs: number, from: number, to: number): number =>
      projectRun({
        scenario: {
          ...scenario,
          kernels: [{ ...kernel, selfTimeNs, callsPerRun: 1 }],
          overhead: { ...scenario.overhead!, timeNs: 0 },
        },
        source: { ...source, threads: from },
        target: {
          flopPerSecond: [(source.flopPerSecond * to) / from, (source.flopPerSecond * to) / from],
          bytesPerSecond: [(source.bytesPerSecond * to) / from, (source.bytesPerSecond * to) / from],
          threads: to,
          clockFactor: [1, 1],
        },
        fit,
      })!.midNs;
    assert.ok(Math.abs(times(10_000, 1, 2) - 8000) < 1, 'half of it, and 3 µs');
    assert.ok(Math.abs(times(8000, 2, 1) - 10_000) < 1);
    assert.ok(Math.abs(times(8000, 2, 2) - 8000) < 1e-6);
  });

  it('leaves room for a short kernel that is not shared, and none for a long one', () => {
    const kernel = { ...scenario.kernels[0]!, opType: 'Conv', bound: 'compute' as const, trusted: true, macs: 1e6 };
    const highNs = (selfTimeNs: number): number =>
      projectRun({
        scenario: { ...scenario, kernels: [{ ...kernel, selfTimeNs }], overhead: { ...scenario.overhead!, timeNs: 0 } },
        source: { ...source, threads: 1 },
        target: {
          flopPerSecond: [source.flopPerSecond * 2, source.flopPerSecond * 2],
          bytesPerSecond: [source.bytesPerSecond * 2, source.bytesPerSecond * 2],
          threads: 2,
          clockFactor: [1, 1],
        },
      })!.highNs;
    assert.ok(highNs(10_000) >= 10_000);
    assert.ok(highNs(1e6) < 0.8e6);
  });

  it('knows half a core for a virtual CPU where two share one, and widens over the processors of a family', () => {
    const intel = ceilingsOf(cpusOf('aws', 'c7i.large'), 2)!;
    const amd = ceilingsOf(cpusOf('aws', 'c7a.large'), 2)!;
    assert.deepEqual([intel.cores, amd.cores], [1, 2]);
    const mixed = ceilingsOf(cpusOf('gcp', 'n2-standard-2'), 2)!;
    assert.ok(mixed.flopPerSecond[1] / mixed.flopPerSecond[0] > intel.flopPerSecond[1] / intel.flopPerSecond[0]);
    assert.equal(ceilingsOf(cpusOf('aws', 't4g.medium'), 2), null);
    assert.equal(ceilingsOf(cpusOf('gcp', 'e2-standard-2'), 2), null);
  });
});

describe('a measurement of another machine', () => {
  const script = scriptThere(report, scenario, 'g4dn.xlarge')!;

  it('is asked for by a command that quotes what a shell would read', () => {
    const odd = structuredClone(report);
    odd.model.path = "models/it's; rm -rf.onnx";
    const command = commandThere(odd, scenario, 'c7g.large');
    assert.match(command, /cost 'it'\\''s; rm -rf\.onnx' /);
    // So that what comes back says which machine it is of, whatever the file is called then.
    assert.match(command, / --this-machine c7g\.large --json measured-c7g\.large\.json$/);
    assert.equal(instanceOfFile(measurementFile('c7g.large')), 'c7g.large');
    assert.equal(instanceOfFile('../c7g.json'), null);
  });

  it('is asked for by a script that Python reads, with names as text', () => {
    const hostile = structuredClone(scenario);
    hostile.inputs[0]!.name = 'x"]; import os # \n';
    const written = scriptThere(report, hostile, 'g4dn.xlarge')!;
    for (const text of [script, written])
      execFileSync('python3', ['-c', 'import ast,sys; ast.parse(sys.stdin.read())'], { input: text });
    assert.ok(!written.includes('\nimport os'));
    // Items are counted there as here.
    const batches = { ...report, capacity: report.capacity.map((one) => ({ ...one, batch: 8 })) };
    assert.match(scriptThere(batches, scenario, 'g4dn.xlarge')!, /^BATCH = 8$/m);
    hostile.inputs[0]!.dataType = 'string';
    assert.equal(scriptThere(report, hostile, 'g4dn.xlarge'), null);
  });

  it('is taken from a report too, refused for another model, and refused where nothing was measured', () => {
    const there = parseMeasurement(JSON.stringify(report), 'there.json', 'c7g.large');
    assert.equal(there.instance, 'c7g.large');
    assert.equal(there.services.length, 1);
    const sha = (contentSha256: string) => ({ ...report, model: { ...report.model, contentSha256 } });
    const other = parseMeasurement(JSON.stringify(sha('a')), 'there.json', 'c7g.large');
    assert.throws(() => {
      checkSameModel(other, sha('b'));
    });
    const codes: [text: string, code: string][] = [
      ['{', 'cost.measured.notJson'],
      ['[]', 'cost.measured.notMeasured'],
      ['{"format":"inference-profiler-measurement","instance":"x","capacity":[]}', 'cost.measured.notMeasured'],
      [JSON.stringify(report), 'cost.measured.noInstance'],
    ];
    for (const [text, code] of codes)
      assert.throws(
        () => parseMeasurement(text, 'x.json'),
        (error: ExpectedError) => error.failureMessage.code === code,
      );
  });
});

describe('the simulation behind the answer', () => {
  it('takes the place of the formula, near it, and gives the same again', () => {
    const request = { report, assumptions: PLANNED, prices: catalogue(), today: TODAY };
    const section = costOf(report);
    const basis = simulationBasis(request, section);
    const simulated = () => withSimulation(section, { ...basis, seed: 1, deadlineMs: Infinity });
    const [one, two] = [simulated(), simulated()];
    const before = section.options[0]!;
    const after = one.options[0]!;
    assert.equal(after.estimate, 'simulation');
    assert.equal(after.percentileNs, two.options[0]!.percentileNs);
    assert.equal(after.replicas, before.replicas);
    assert.ok(Math.abs(after.percentileNs! / before.percentileNs! - 1) < 0.25);
  });

  it('puts rows in order anew, and names the cheapest by its own counts', () => {
    const there = parseMeasurement(JSON.stringify(report), 'there.json', 'c7g.large');
    const request = { report, assumptions: PLANNED, prices: catalogue(), today: TODAY, measurements: [there] };
    const section = costOf(report, {}, { measurements: [there] });
    const basis = simulationBasis(request, section);
    const before = { ...section, cheapest: 'c7a.large', indistinct: [], options: [...section.options].reverse() };
    const after = withSimulation(before, { ...basis, seed: 1, deadlineMs: Infinity });
    assert.deepEqual(
      after.options.slice(0, 2).map(({ instance }) => instance),
      ['c7g.large', 'c7a.large'],
    );
    assert.equal(after.cheapest, 'c7g.large');
    assert.deepEqual(after.indistinct, section.indistinct);
  });
});

describe('money', () => {
  it('never shows nothing for what costs something', () => {
    const shown = [224.8, 22.5, 11.25, 1.709, 0.1026, 0.0123, 0.000045, 1e-12].map(usd);
    assert.deepEqual(shown, ['$225', '$23', '$11.3', '$1.71', '$0.10', '$0.012', '$0.000045', '<$0.000000001']);
    for (let value = 1e-8; value < 1e6; value *= 1.7) assert.ok(/[1-9]/.test(usdDigits(value)), String(value));
    assert.deepEqual([usd(null), usd(NaN), usd(Infinity), usd(0)], ['–', '–', '–', '$0']);
  });
});

describe('assumptions from the page', () => {
  it('are taken within their bounds and nothing else', () => {
    assert.deepEqual(parseAssumptions({ rate: 5, region: 'aws us-east-1', evil: 1 }), {
      type: 'changeAssumptions',
      change: { rate: 5, region: 'aws us-east-1' },
    });
    for (const bad of [
      { rate: -1 },
      { rate: '5' },
      { percentile: 100 },
      { hourly: [1] },
      { hourly: Array.from({ length: 24 }, () => -1) },
      { headroomPercent: 99 },
      { region: 4 },
      7,
      null,
    ])
      assert.equal(parseAssumptions(bad), null);
    assert.deepEqual(parseAssumptions({ rate: null }), { type: 'changeAssumptions', change: { rate: null } });
    for (const hourly of [null, Array.from({ length: 168 }, (_, hour) => hour)])
      assert.deepEqual(parseAssumptions({ hourly }), { type: 'changeAssumptions', change: { hourly } });
  });
});
