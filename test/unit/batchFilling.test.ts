import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filling } from '../../src/core/cost/batchFilling.js';
import { latencyAtRate } from '../../src/core/cost/queueing.js';
import { serviceDistribution } from '../../src/core/cost/service.js';
import { poissonArrivalsNs, simulate } from '../../src/core/cost/simulation.js';
import type { ServiceModel } from '../../src/core/cost/types.js';
import { MS } from './support/services.js';

/** Waits of requests that arrive at free sessions, batch by batch. */
function waitsNs(most: number, ratePerSecond: number, delayNs: number): { waits: number[]; batch: number } {
  const arrivals = poissonArrivalsNs(ratePerSecond, 60_000, 3);
  const waits: number[] = [];
  let batches = 0;
  for (let first = 0; first < arrivals.length; batches++) {
    const dueNs = arrivals[first]! + delayNs;
    let last = first;
    while (last + 1 < Math.min(arrivals.length, first + most) && arrivals[last + 1]! <= dueNs) last += 1;
    const closedNs = last + 1 - first === most ? arrivals[last]! : dueNs;
    for (let request = first; request <= last; request++) waits.push(closedNs - arrivals[request]!);
    first = last + 1;
  }
  return { waits: waits.sort((a, b) => a - b), batch: waits.length / batches };
}

describe('the time in which a batch fills', () => {
  it('is that of Poisson arrivals, by rate, size and delay', () => {
    for (const most of [2, 4, 16])
      for (const rate of [5, 100, 400, 3000])
        for (const delayMs of [2, 20]) {
          const about = `${most} at ${rate}/s within ${delayMs} ms`;
          const known = filling(most, rate, delayMs * MS);
          const { waits, batch } = waitsNs(most, rate, delayMs * MS);
          const mean = waits.reduce((sum, ns) => sum + ns, 0) / waits.length;
          assert.ok(Math.abs(known.batch / batch - 1) < 0.02, `${about}: ${known.batch}, not ${batch} items`);
          assert.ok(Math.abs(known.meanNs() - mean) < 0.03 * mean, `${about}: mean ${known.meanNs()}, not ${mean}`);
          const p95 = waits[Math.floor(waits.length * 0.95)]!;
          assert.ok(Math.abs(known.percentileNs(0.95) - p95) < 0.04 * p95, `${about}: p95 ${known.percentileNs(0.95)}`);
        }
  });

  it('is none without batches or delay, the whole delay for a lone request, and always a number', () => {
    assert.deepEqual([filling(1, 100, MS).percentileNs(0.95), filling(8, 100, 0).meanNs()], [0, 0]);
    assert.equal(filling(8, 0, 5 * MS).percentileNs(0.95), 5 * MS);
    for (const rate of [1e-6, 1, 1e4, 1e6, 1e12])
      for (const most of [2, 64, 1024]) {
        const { batch, meanNs, percentileNs } = filling(most, rate, 60_000 * MS);
        for (const value of [meanNs(), percentileNs(0.95)])
          assert.ok(value >= 0 && value <= 60_000 * MS, String(value));
        assert.ok(batch >= 1 && batch <= most + 1e-9, String(batch));
      }
  });

  it('makes the formula meet the simulation: the mean within 20 %, p95 from a quarter below to 80 % above', () => {
    const call = (batch: number, sessions: number) =>
      serviceDistribution({
        ...{ batch, threads: 1, sessions },
        serviceSamplesNs: Array.from({ length: 100 }, (_, at) => (5 + 1.5 * batch) * (0.85 + 0.003 * at) * MS),
      });
    for (const sessions of [1, 2])
      for (const replicas of [1, 3])
        for (const delayMs of [2, 10, 40])
          for (const busy of [0.05, 0.4, 0.8]) {
            const service: ServiceModel = {
              ...{ threads: 1, sessions, pace: Array.from({ length: sessions }, () => 1) },
              byBatch: [1, 2, 4].map((batch) => call(batch, sessions)),
            };
            const ratePerSecond = (busy * replicas * sessions * 4000) / 11;
            const at = { service, policy: { maxBatch: 4, queueDelayNs: delayMs * MS }, replicas, percentile: 0.95 };
            const formula = latencyAtRate({ ...at, ratePerSecond });
            const found = simulate({ ...at, seed: 1, arrivals: { ratePerSecond, count: 20_000 } });
            const about = `${sessions} sessions, ${replicas} replicas, ${delayMs} ms, ${busy} busy`;
            const mean = (formula.meanNs ?? NaN) / (found.meanNs ?? NaN);
            const p95 = (formula.percentileNs ?? NaN) / (found.percentileNs ?? NaN);
            assert.ok(mean > 0.8 && mean < 1.2, `${about}: the mean is ${mean} of the simulated one`);
            assert.ok(p95 > 0.75 && p95 < 1.8, `${about}: p95 is ${p95} of the simulated one`);
          }
  });
});
