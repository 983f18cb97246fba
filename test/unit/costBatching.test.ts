import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulationBasis, withSimulation } from '../../src/core/cost/answers/simulatedRows.js';
import { servicesHere } from '../../src/core/cost/answers/services.js';
import type { AnswerRequest } from '../../src/core/cost/answers/answers.js';
import { pipelineServices } from '../../src/core/cost/pipeline.js';
import { scaledService } from '../../src/core/cost/service.js';
import type { ServiceModel } from '../../src/core/cost/types.js';
import { catalogue } from '../../src/core/cost/prices/table.js';
import { createText } from '../../src/format/text/text.js';
import { batchingSentence } from '../../src/format/views/costBatching.js';
import { planEffects, savingLines } from '../../src/format/views/costSavings.js';
import { plainText } from '../../src/format/views/richText.js';
import type { CostAssumptions, CostOption, CostSection } from '../../src/protocol/cost.js';
import type { QuantizationSection } from '../../src/protocol/report.js';
import { batchedReport, costOf, measuredReport, PLANNED, TODAY } from '../webview/costFixture.js';

const text = createText();
const MS = 1e6;
/** Calls of 1, 2 and 4 take 10, 15 and 20 ms: 100, 133 and 200 requests a second. */
const report = batchedReport();

const ask = (change: Partial<CostAssumptions> = {}, more: Partial<AnswerRequest> = {}): CostSection =>
  costOf(report, { rate: 100, targetMs: null, ...change }, more);
const here = (section: CostSection): CostOption =>
  section.options.find(({ instance }) => instance === 'c7a.large' || instance === '')!;
const notes = ({ notes: told = [] }: CostOption): string[] => told.map((note) => text.message(note));

function simulated(change: Partial<CostAssumptions>): CostSection {
  const request: AnswerRequest = {
    ...{ report, prices: catalogue(), today: TODAY },
    assumptions: { ...PLANNED, ...change },
  };
  const section = costOf(report, change);
  const context = { ...simulationBasis(request, section), seed: 1, deadlineMs: Infinity };
  return withSimulation(section, context);
}

describe('requests that are put together', () => {
  it('are not unless a plan says so, and carry what the measured batch carries then', () => {
    // 100 a second each, 70 of them planned for.
    assert.deepEqual([here(ask()).replicas, here(ask()).throughput?.mid], [2, 100]);
    // 4 in 20 ms: 200 a second, 140 planned for.
    const batched = here(ask({ maxBatch: 4 }));
    assert.deepEqual([batched.replicas, batched.throughput?.mid], [1, 200]);
    assert.ok(Math.abs((batched.usdPerMonth ?? 0) - 0.10264 * 730) < 1e-9);
    assert.match(notes(batched).join(), /In batches of up to 4, .* Measured with 1, 2, 4; sizes between lie on a/);
  });

  it('lie on the straight line between two measured batches, and are no larger than the largest', () => {
    // 17.5 ms for three.
    assert.ok(Math.abs((here(ask({ maxBatch: 3 })).throughput?.mid ?? 0) - 3 / 0.0175) < 1e-6);
    const large = here(ask({ maxBatch: 64 }));
    assert.equal(large.throughput?.mid, 200);
    assert.match(notes(large).join(), /up to 4, not 64: larger ones were not measured/);
  });

  it('wait for others, which the percentile holds and a target must leave room for', () => {
    const of = (queueDelayMs: number): number => here(ask({ maxBatch: 4, queueDelayMs })).percentileNs!;
    assert.ok(of(5) >= of(0) + 5 * MS, `${of(0)} ${of(5)}`);
    // A batch of four is full in 30 ms on average, long before the delay is over.
    assert.ok(of(1000) < of(0) + 120 * MS, `${of(1000)}`);
    const alone = simulated({ rate: 1, targetMs: 100, maxBatch: 4, queueDelayMs: 30 });
    // A lone request waits 30 ms for nobody and takes 10.
    assert.equal(here(alone).estimate, 'simulation');
    assert.ok(Math.abs(here(alone).percentileNs! - 40 * MS) < 2 * MS, `${here(alone).percentileNs}`);
    const tight = here(ask({ maxBatch: 4, queueDelayMs: 30, targetMs: 35 }));
    assert.equal(
      text.message(tight.unmetReason!),
      'cannot be met: a lone request waits 30 ms for others, and p95 of the run is 10 ms; the target is 35 ms',
    );
  });

  it('say why they are not where they were not measured, and answer without', () => {
    const unbatched = (of: ReturnType<typeof measuredReport>, more: Partial<AnswerRequest> = {}): [number, string] => {
      const found = costOf(of, { maxBatch: 8 }, more);
      const said = (found.caveats ?? []).map((caveat) => text.message(caveat)).filter((one) => /^Without/.test(one));
      return [here(found).replicas!, said.join()];
    };
    const single = measuredReport();
    const plain = here(costOf(single)).replicas!;
    assert.deepEqual(unbatched(single), [plain, 'Without batches: no calls of more than 1 were measured.']);
    const fixed = { ...single, capacityNotes: [{ code: 'serving.note.noBatch', params: {} }] };
    assert.deepEqual(unbatched(fixed), [plain, 'Without batches: the model has no batch dimension.']);
    assert.match(unbatched({ ...single, capacity: [] })[1], /capacity was not measured/);
    const services = servicesHere(single, single.scenarios[0]!);
    assert.match(unbatched(single, { services })[1], /a batch of whole requests takes was not measured/);
    assert.deepEqual(unbatched(report), [1, '']);
  });

  it('never take fewer machines at a higher rate, by formula and by simulation', () => {
    const rates = [0, 1, 20, 69, 71, 100, 139, 141, 250, 400];
    for (const [maxBatch, queueDelayMs] of [
      [4, 0],
      [4, 5],
      [3, 20],
    ] as const)
      for (const of of [ask, simulated]) {
        const counts = rates.map(
          (rate) => here(of({ rate, maxBatch, queueDelayMs, targetMs: 60 })).replicas ?? Infinity,
        );
        assert.deepEqual(
          counts,
          [...counts].sort((a, b) => a - b),
          `${maxBatch} ${queueDelayMs} ${of.name}`,
        );
        assert.ok(counts.every(Number.isFinite), counts.join());
      }
    for (const queueDelayMs of [0, 5]) {
      const counts = [500, 100, 60, 45, 30, 20].map(
        (targetMs) => here(ask({ maxBatch: 4, queueDelayMs, targetMs, rate: 300 })).replicas ?? Infinity,
      );
      assert.deepEqual(
        counts,
        [...counts].sort((a, b) => a - b),
        String(queueDelayMs),
      );
    }
  });
});

describe('savings of one model', () => {
  /** One plan of two layers. */
  const quantizationOf = (speedup: number): QuantizationSection => ({
    ...{ scenarioId: report.scenarios[0]!.id, layers: [], recommended: null, explanation: [] },
    calibration: { method: 'minMax', samples: 8, source: 'x', synthetic: false },
    plans: [
      {
        ...{ id: 'p1', method: 'mixedInt8', predicted: { speedup, sqnrDb: null } },
        assignments: ['a', 'b'].map((operatorId) => ({ operatorId, method: 'staticInt8' })),
        measured: {
          ...{ medianNs: 1e7 / speedup, speedup, speedupInterval: [speedup, speedup] as [number, number], sqnrDb: 30 },
          ...{ cosine: 1, agreement: null, fileBytes: 1 },
        },
      },
    ],
  });
  /** Two calls of this model beside one of another that takes as long as both together. */
  const step = (callsPerRequest: number, services: ServiceModel[]) => ({ callsPerRequest, services });
  const alone = servicesHere(report, report.scenarios[0]!).map((service) => ({
    ...service,
    byBatch: service.byBatch.slice(0, 1),
  }));
  const request = (of = report): CostSection =>
    costOf(
      of,
      { rate: 30, targetMs: null },
      {
        services: pipelineServices(
          [
            step(2, alone),
            step(
              1,
              alone.map((service) => scaledService(service, 2)),
            ),
          ],
          {},
          1,
        ),
        steps: [
          { model: 'models/rec.onnx', callsPerRequest: 2, measuredAt: TODAY, stale: false, own: true },
          { model: 'models/det.onnx', callsPerRequest: 1, measuredAt: TODAY, stale: false, own: false },
        ],
      },
    );

  it('weigh by the calls in a whole request, whose other models they leave alone', () => {
    const ofCalls = ask({ rate: 30 });
    const ofRequests = request();
    assert.ok(ofRequests.perModule.length > 0);
    for (const each of ofRequests.perModule) {
      const call = ofCalls.perModule.find(({ module, kind }) => module === each.module && kind === each.kind)!;
      assert.ok(Math.abs(each.share! / call.share! - 0.5) < 0.01, `${each.module}: ${each.share} of ${call.share}`);
    }
    // 40 ms a request and 30 a second: 1.2 machines busy, 70 % of each may be used. Without half of it one is enough.
    const quantized = request({ ...report, quantization: [quantizationOf(1000)] });
    const [saved] = quantized.perPlan!;
    assert.deepEqual([saved!.replicas, saved!.savesReplicas], [1, 1]);
    assert.equal(planEffects(quantized, text)[0]!.method, 'rec.onnx as mixed int8, 2 layers');
    const head = plainText(savingLines(ofRequests, text)[0]!.head);
    assert.match(head, / in rec\.onnx: \d+ % of a request’s time$/);
    assert.doesNotMatch(plainText(savingLines(ofCalls, text)[0]!.head), /rec\.onnx|request/);
    // Of requests that a cache answers a model takes nothing.
    const weights = [0, 50].map(
      (percent) =>
        pipelineServices([step(2, alone), step(1, alone)], { cacheHitPercent: percent, outsideModelMs: 5 }, 1)[0]!,
    );
    for (const [at, { stepShares = [], byBatch }] of weights.entries()) {
      const modelsNs = stepShares.reduce((sum, share) => sum + share, 0) * byBatch[0]!.meanNs;
      assert.ok(Math.abs(modelsNs / MS - [30, 15][at]!) < 0.5, `${modelsNs / MS} ms of calls`);
    }
  });
});

describe('what batches would change', () => {
  it('is told where they pay: fewer machines and their money', () => {
    const said = batchingSentence(ask(), text);
    assert.match(said!, /^With batches of up to 4: 1 machine instead of 2, p95 [\d.]+ ms, \$75 a month less\.$/);
    const waiting = batchingSentence(ask({ queueDelayMs: 5, rate: 300 }), text);
    assert.match(waiting!, /^With batches of up to 4 and 5 ms of waiting: 3 machines instead of 5, p95 /);
    assert.match(
      batchingSentence(ask({ rate: 10 }), text)!,
      /^With batches of up to 2: 1 machine stays 1, p95 .*; it carries 133 req\/s instead of 100\.$/,
    );
    assert.equal(
      batchingSentence(ask({ rate: null }), text),
      'With batches of up to 4 one machine carries 200 req/s instead of 100.',
    );
  });

  it('is counted as the row is, by simulation too', () => {
    const section = simulated({ rate: 100, targetMs: 150 });
    assert.deepEqual(
      [here(section).estimate, section.batching?.estimate, section.batching?.replicas, section.batching?.replicasNow],
      ['simulation', 'simulation', 1, 2],
    );
    assert.match(batchingSentence(section, text)!, /: 1 machine instead of 2, p95 /);
    // Counted otherwise than the row: no count.
    const apart = { ...section, batching: { ...section.batching!, replicasNow: 3 } };
    assert.match(batchingSentence(apart, text)!, /one machine carries 200 req\/s instead of 100\.$/);
  });

  it('is not told where they are planned already, do not pay, or break the target', () => {
    assert.equal(ask({ maxBatch: 2 }).batching, null);
    const slow = batchedReport([10, 20, 40]);
    assert.equal(costOf(slow, { rate: 100, targetMs: null }).batching, null);
    assert.equal(costOf(measuredReport()).batching, null);
    assert.equal(ask({ targetMs: 12, queueDelayMs: 5, rate: 1 }).batching, null);
  });
});
