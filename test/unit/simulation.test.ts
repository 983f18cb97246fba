import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waiting, waitProbability } from '../../src/core/cost/erlang.js';
import { latencyAtRate } from '../../src/core/cost/queueing.js';
import { simulate } from '../../src/core/cost/simulation.js';
import type { SimulationRequest, SimulationResult } from '../../src/core/cost/types.js';
import { batchedService, MS, serviceOf, type Shape } from './support/services.js';

const SERVICE_MS = 20;
const COUNT = 100_000;

const run = (request: Partial<SimulationRequest> & Pick<SimulationRequest, 'service' | 'arrivals'>): SimulationResult =>
  simulate({ replicas: 1, seed: 1, ...request });

/** `servers` servers at a utilization; every figure in milliseconds. */
function waitMs(servers: number, rho: number, shape: Shape, seed = 1): { simulated: number; formula: number } {
  const service = serviceOf(SERVICE_MS, shape);
  const ratePerSecond = (rho * servers * 1000) / SERVICE_MS;
  const result = run({ service, replicas: servers, seed, arrivals: { ratePerSecond, count: COUNT } });
  const formula = waiting(servers, ratePerSecond, service.byBatch[0]!)!;
  return { simulated: (result.meanNs ?? NaN) / MS - SERVICE_MS, formula: formula.meanNs / MS };
}

function within(found: number, expected: number, share: number, what: string): void {
  const off = Math.abs(found / expected - 1);
  assert.ok(
    off <= share,
    `${what}: ${found.toPrecision(4)} against ${expected.toPrecision(4)}, off by ${off.toFixed(3)}`,
  );
}

describe('the queue simulator', () => {
  it('agrees with Erlang C where service is exponential', () => {
    within(waitProbability(1, 0.7), 0.7, 1e-12, 'M/M/1');
    // Tables of Erlang C: 4 servers with 2.8 erlangs.
    within(waitProbability(4, 2.8), 0.4287, 0.001, 'M/M/4');
    for (const [servers, rho] of [
      [1, 0.5],
      [1, 0.7],
      [4, 0.7],
      [16, 0.8],
    ] as const) {
      const { simulated, formula } = waitMs(servers, rho, 'exponential');
      within(simulated, formula, 0.08, `M/M/${servers} at ${rho}`);
    }
  });

  it('agrees with Pollaczek and Khinchine for one server', () => {
    for (const rho of [0.3, 0.5, 0.7, 0.85]) {
      const { simulated } = waitMs(1, rho, 'deterministic');
      within(simulated, (rho * SERVICE_MS) / (2 * (1 - rho)), 0.04, `M/D/1 at ${rho}`);
    }
    const { simulated } = waitMs(1, 0.7, { lognormalVariation: 0.5 });
    within(simulated, ((1 + 0.25) / 2) * ((0.7 * SERVICE_MS) / 0.3), 0.05, 'M/G/1');
  });

  it('is met by Allen and Cunneen within the error that is known of them', () => {
    const cases: [number, number, Shape, number][] = [
      [4, 0.7, 'deterministic', 0.1],
      [4, 0.9, 'deterministic', 0.1],
      [4, 0.7, { lognormalVariation: 0.5 }, 0.1],
      [16, 0.8, 'deterministic', 0.15],
      // Heavy tails: the formula is known to be too high by a third with 4 servers.
      [4, 0.7, { lognormalVariation: 2 }, 0.4],
    ];
    for (const [servers, rho, shape, share] of cases) {
      const { simulated, formula } = waitMs(servers, rho, shape);
      within(formula, simulated, share, `${servers} servers at ${rho}, ${JSON.stringify(shape)}`);
    }
  });

  it('is met by the formula of the 99th percentile within 15 % while service varies little', () => {
    for (const [servers, rho] of [
      [1, 0.7],
      [4, 0.7],
      [4, 0.9],
      [16, 0.8],
    ] as const)
      for (const shape of ['deterministic', { lognormalVariation: 0.5 }] as const) {
        const service = serviceOf(SERVICE_MS, shape);
        const ratePerSecond = (rho * servers * 1000) / SERVICE_MS;
        const { p99Ns } = run({ service, replicas: servers, arrivals: { ratePerSecond, count: COUNT } });
        const { percentileNs } = latencyAtRate({ service, replicas: servers, ratePerSecond, percentile: 0.99 });
        within(percentileNs ?? NaN, p99Ns ?? NaN, 0.15, `p99 of ${servers} at ${rho}, ${JSON.stringify(shape)}`);
      }
  });

  it('gathers batches as a server that takes all who wait', () => {
    // Means of such a server with 1 ms an item and 4 ms a call, simulated elsewhere.
    const unbounded = batchedService(1, 4, 256);
    const policy = { maxBatch: 256, queueDelayNs: 0 };
    for (const [rate, meanMs, p99Ms, batch] of [
      [50, 5.68, 10.3, 1],
      [200, 7.95, 13.8, 1.4],
      [600, 17.05, 32.5, 6],
      [800, 34.2, 70.4, 16],
    ] as const) {
      const found = run({ service: unbounded, policy, arrivals: { ratePerSecond: rate, count: COUNT } });
      within((found.meanNs ?? NaN) / MS, meanMs, 0.04, `mean at ${rate}/s`);
      within((found.p99Ns ?? NaN) / MS, p99Ms, 0.06, `p99 at ${rate}/s`);
      within(found.meanBatch, batch, 0.06, `batch at ${rate}/s`);
    }
    const bounded = { service: batchedService(1, 4, 8), policy: { maxBatch: 8, queueDelayNs: 0 } };
    const at600 = run({ ...bounded, arrivals: { ratePerSecond: 600, count: COUNT } });
    within((at600.meanNs ?? NaN) / MS, 19.8, 0.04, 'batches of at most 8');
    assert.equal(at600.overloaded, false);
    assert.equal(run({ ...bounded, arrivals: { ratePerSecond: 800, count: 20_000 } }).overloaded, true);
  });

  it('waits for company as long as the queue delay says, and no longer than a batch needs', () => {
    const service = batchedService(1, 4, 4);
    const at = (timesNs: number[], queueDelayNs: number): SimulationResult =>
      run({ service, policy: { maxBatch: 4, queueDelayNs }, arrivals: { timesNs }, warmUpShare: 0 });
    assert.equal(at([0], 3 * MS).meanNs, 8 * MS, 'alone: the delay, then a call of one');
    // All four leave together as soon as the fourth is there.
    assert.equal(at([0, MS, 2 * MS, 2.5 * MS], 10 * MS).meanNs, ((2.5 + 1.5 + 0.5 + 0) / 4 + 8) * MS);
    // Two leave when the first has waited 2 ms; the third finds the session busy and leaves when it is free.
    const three = at([0, MS, 2.5 * MS], 2 * MS);
    assert.equal(three.meanBatch, 1.5);
    assert.equal(three.meanNs, ((8 + 7 + (8 - 2.5 + 5)) / 3) * MS);
  });

  it('runs sessions beside each other at the pace that was measured for as many', () => {
    const service = { ...serviceOf(10, 'deterministic', 2), pace: [0.5, 1] };
    const at = (timesNs: number[]): SimulationResult => run({ service, arrivals: { timesNs }, warmUpShare: 0 });
    assert.equal(at([0]).meanNs, 5 * MS, 'alone it takes half as long');
    assert.equal(at([0, 0]).meanNs, 10 * MS);
    // Alone for 2.5 ms, half of its work; together until its end at 7.5; the other then has half left: 2.5 ms.
    assert.equal(at([0, 2.5 * MS]).meanNs, ((7.5 + (10 - 2.5)) / 2) * MS);
  });

  it('makes requests that are dealt out at random wait longer than those in one queue', () => {
    const request = { service: serviceOf(20), replicas: 4, arrivals: { ratePerSecond: 140, count: 50_000 } };
    const shared = run(request).meanNs ?? NaN;
    const random = run({ ...request, routing: 'random' }).meanNs ?? NaN;
    within(random / MS, 20 + (0.7 * 20) / 0.6, 0.06, 'four queues of M/D/1');
    assert.ok(shared < random);
  });

  it('is the same for the same seed, and another for another', () => {
    const request = {
      service: serviceOf(20, 'exponential'),
      replicas: 2,
      arrivals: { ratePerSecond: 70, count: 5000 },
    };
    assert.deepEqual(run(request), run(request));
    assert.notDeepEqual(run(request), run({ ...request, seed: 2 }));
  });

  it('tells percentiles only of samples that support them, and nothing of none', () => {
    const few = run({ service: serviceOf(1), arrivals: { ratePerSecond: 10, count: 100 } });
    assert.deepEqual([few.count, few.p90Ns !== null, few.p95Ns !== null, few.p99Ns], [90, true, true, null]);
    const none = run({ service: serviceOf(1), arrivals: { timesNs: [] } });
    assert.deepEqual([none.count, none.meanNs, none.p50Ns, none.utilization, none.meanBatch], [0, null, null, 0, 0]);
  });

  it('reports the busy share of its sessions', () => {
    const { utilization } = run({
      service: serviceOf(20),
      replicas: 3,
      arrivals: { ratePerSecond: 100, count: 50_000 },
    });
    within(utilization, 2 / 3, 0.02, 'utilization');
  });
});
