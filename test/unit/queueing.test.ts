import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createText } from '../../src/format/text/text.js';
import type { CapacitySample } from '../../src/protocol/report.js';
import { stayPercentileNs } from '../../src/core/cost/erlang.js';
import { latencyAtRate, MOST_REPLICAS, replicasFor } from '../../src/core/cost/queueing.js';
import {
  callMeanNs,
  replicaCapacity,
  scaledService,
  serviceDistribution,
  serviceModels,
} from '../../src/core/cost/service.js';
import { samplesFor } from '../../src/core/cost/stays.js';
import type { ReplicaAnswer, ReplicaQuery, ServiceModel, Unmet } from '../../src/core/cost/types.js';
import { batchedService, MS, serviceOf } from './support/services.js';

const sample = (more: Partial<CapacitySample>): CapacitySample => ({
  scenarioId: 's0',
  batch: 1,
  threads: 1,
  sessions: 1,
  serviceSamplesNs: [10 * MS],
  itemsPerSecond: 100,
  peakResidentBytes: null,
  ...more,
});

const ask = (service: ServiceModel, more: Partial<ReplicaQuery> = {}): ReplicaAnswer | Unmet =>
  replicasFor({
    service,
    ratePerSecond: 100,
    percentile: 0.95,
    targetNs: 100 * MS,
    headroom: 0.3,
    spareReplicas: 0,
    ...more,
  });
const answer = (service: ServiceModel, more: Partial<ReplicaQuery> = {}): ReplicaAnswer => {
  const found = ask(service, more);
  if ('unmetReason' in found) throw new Error(JSON.stringify(found.unmetReason));
  return found;
};
const words = (found: ReplicaAnswer | Unmet): string =>
  'unmetReason' in found ? createText().message(found.unmetReason) : 'met';

const services: Record<string, ServiceModel> = {
  fixed: serviceOf(20),
  spread: serviceOf(20, { lognormalVariation: 0.5 }),
  heavy: serviceOf(20, { lognormalVariation: 2 }),
  sessions: serviceOf(20, 'exponential', 4),
  batched: batchedService(1, 4, 16),
};
const policies = { alone: { maxBatch: 1, queueDelayNs: 0 }, batches: { maxBatch: 8, queueDelayNs: 2 * MS } };
const rates = [0, 1e-9, 0.5, 1, 3, 10, 34, 35, 36, 70, 99, 100, 101, 250, 1000, 4321, 1e5, 1e6];

describe('service times', () => {
  it('are described by mean, least and variation', () => {
    const found = serviceDistribution(sample({ serviceSamplesNs: [30, 10, 20, NaN, 0, -1] }));
    assert.deepEqual([found.samplesNs, found.meanNs, found.minNs], [[10, 20, 30], 20, 10]);
    assert.ok(Math.abs(found.squaredVariation - 0.25) < 1e-12);
    assert.throws(() => serviceDistribution(sample({ serviceSamplesNs: [0] })), RangeError);
  });

  it('become one model for each thread count and number of sessions, with its batches and its pace', () => {
    const all = [
      sample({ sessions: 3, serviceSamplesNs: [20 * MS] }),
      sample({ sessions: 1, serviceSamplesNs: [10 * MS] }),
      sample({ sessions: 3, batch: 4, serviceSamplesNs: [40 * MS] }),
      sample({ threads: 2, serviceSamplesNs: [6 * MS] }),
      sample({ scenarioId: 's1', serviceSamplesNs: [1 * MS] }),
      sample({ threads: 4, serviceSamplesNs: [] }),
    ];
    const models = serviceModels(all, 's0');
    assert.deepEqual(
      models.map(({ threads, sessions, byBatch }) => [threads, sessions, byBatch.map(({ batch }) => batch)]),
      [
        [1, 1, [1]],
        [2, 1, [1]],
        [1, 3, [1, 4]],
      ],
    );
    assert.deepEqual(models[2]?.pace, [0.5, 0.75, 1]);
    assert.equal(Math.round(callMeanNs(models[2], 2)), Math.round((80 / 3) * MS));
    assert.equal(replicaCapacity(models[2]), 150);
    assert.equal(replicaCapacity(models[2], 4), 300);
    assert.equal(scaledService(models[2], 2).byBatch[1]?.meanNs, 80 * MS);
  });
});

describe('replicas for a rate and a target', () => {
  it('carry the rate with headroom when the target is far', () => {
    // 50 items a second each, 35 of them planned for.
    assert.deepEqual(
      [35, 36, 350].map((ratePerSecond) => answer(serviceOf(20), { ratePerSecond, targetNs: null }).replicas),
      [1, 2, 10],
    );
    assert.equal(answer(serviceOf(20), { ratePerSecond: 36, targetNs: null, headroom: 0 }).replicas, 1);
    const spare = answer(serviceOf(20), { ratePerSecond: 36, targetNs: null, spareReplicas: 1 });
    assert.deepEqual([spare.replicas, spare.utilization.toFixed(3), spare.basis], [3, '0.240', 'formula']);
  });

  it('grow until waiting is short enough', () => {
    const service = serviceOf(20, 'exponential');
    const wide = answer(service, { targetNs: 200 * MS }).replicas;
    const tight = answer(service, { targetNs: 62 * MS }).replicas;
    assert.ok(tight > wide, `${tight} > ${wide}`);
    const one = latencyAtRate({ service, replicas: tight, ratePerSecond: 100, percentile: 0.95 });
    const fewer = latencyAtRate({ service, replicas: tight - 1, ratePerSecond: 100, percentile: 0.95 });
    assert.ok((one.percentileNs ?? Infinity) <= 62 * MS && (fewer.percentileNs ?? Infinity) > 62 * MS);
  });

  it('never fall as the rate rises or the target tightens, and are always numbers', () => {
    for (const [name, service] of Object.entries(services))
      for (const [policyName, policy] of Object.entries(policies))
        for (const percentile of [0.5, 0.99]) {
          const targets = [null, 2000, 500, 300, 200, 150].map((ms) => ms && ms * MS);
          for (const targetNs of targets) {
            let before = 0;
            for (const ratePerSecond of rates) {
              const found = ask(service, { policy, percentile, targetNs, ratePerSecond });
              const replicas = 'unmetReason' in found ? Infinity : found.replicas;
              const what = `${name}, ${policyName}, p${percentile}, ${String(targetNs)} ns, ${ratePerSecond}/s`;
              assert.ok(replicas >= before, `${what}: ${replicas} after ${before}`);
              before = replicas;
              if ('unmetReason' in found) continue;
              assert.ok(Number.isInteger(replicas) && replicas >= 1, what);
              assert.ok(Number.isFinite(found.percentileNs) && found.percentileNs > 0, what);
              assert.ok(found.utilization >= 0 && found.utilization < 1, what);
            }
          }
          for (const ratePerSecond of rates) {
            const counts = targets.map((targetNs) => {
              const found = ask(service, { policy, percentile, targetNs, ratePerSecond });
              return 'unmetReason' in found ? Infinity : found.replicas;
            });
            assert.deepEqual(
              counts,
              [...counts].sort((a, b) => a - b),
              `${name}, ${policyName} at ${ratePerSecond}/s`,
            );
          }
        }
  });

  it('count every session of a replica as a server', () => {
    // 2 erlangs, four sessions, 200 a second of which 140 are planned for.
    assert.equal(answer(serviceOf(20, 'deterministic', 4)).replicas, 1);
    const both = answer(serviceOf(20, 'exponential', 2), { ratePerSecond: 280, targetNs: 200 * MS }).replicas;
    assert.equal(both, 4);
  });

  it('say in words what no number of replicas can do', () => {
    assert.equal(
      words(ask(serviceOf(20), { targetNs: 15 * MS })),
      'cannot be met: the fastest run alone takes 20 ms, the target is 15 ms',
    );
    const spread = serviceOf(20, { lognormalVariation: 0.5 });
    assert.match(
      words(ask(spread, { targetNs: 21 * MS })),
      /^cannot be met: p95 of the run alone is 38.\d ms without any wait, the target is 21 ms$/,
    );
    assert.match(
      words(ask(serviceOf(20), { ratePerSecond: 1e12 })),
      new RegExp(`^would take more than ${MOST_REPLICAS} replicas$`),
    );
    assert.match(words(ask(serviceOf(20), { ratePerSecond: Infinity })), /^would take more than/);
  });

  it('need one replica for no traffic, which then answers without a wait', () => {
    const found = answer(serviceOf(20), { ratePerSecond: 0 });
    assert.deepEqual([found.replicas, found.utilization], [1, 0]);
    assert.ok(Math.abs(found.percentileNs / MS - 20) < 1e-6);
  });

  it('are fewer where requests are put together and that pays', () => {
    const service = batchedService(1, 4, 16);
    const alone = answer(service, { ratePerSecond: 1000 }).replicas;
    const together = answer(service, { ratePerSecond: 1000, policy: { maxBatch: 16, queueDelayNs: 0 } }).replicas;
    assert.deepEqual([alone, together], [8, 2]);
  });
});

describe('percentiles', () => {
  it('are of wait and service together', () => {
    const stay = stayPercentileNs({ probability: 0.5, meanNs: 5 * MS }, { samplesNs: [10 * MS] }, 0.95);
    assert.ok(Math.abs(stay / MS - (10 + 10 * Math.log(0.5 / 0.05))) < 1e-6);
    assert.equal(
      Math.round(stayPercentileNs({ probability: 0.01, meanNs: MS }, { samplesNs: [10 * MS] }, 0.95) / MS),
      10,
    );
  });

  it('need the samples that they can be told from', () => {
    assert.deepEqual([0.9, 0.95, 0.99, 0.5].map(samplesFor), [44, 90, 459, 1]);
  });
});
