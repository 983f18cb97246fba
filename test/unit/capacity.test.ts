import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExpectedError } from '../../src/core/common/errors.js';
import { repeatedFeeds } from '../../src/core/cost/batchFeeds.js';
import {
  capacityExperiment,
  type CapacityRequest,
  type CapacityResult,
  serviceSamples,
} from '../../src/core/cost/capacity.js';
import { coreSplits, nextBatch } from '../../src/core/cost/capacityPath.js';
import type { CallTimes, ConcurrentRuntime, ConcurrentSessions } from '../../src/core/cost/concurrency.js';
import { loadTestExperiment, type LoadTestRequest, staysOf } from '../../src/core/cost/loadTest.js';
import { serviceModels } from '../../src/core/cost/service.js';
import type { Feeds, SessionOptions } from '../../src/core/runtime/port.js';
import type { LoadTest } from '../../src/protocol/loadTest.js';
import { createText } from '../../src/format/text/text.js';
import { MS, serviceOf } from './support/services.js';

interface Opened {
  count: number;
  options: SessionOptions;
  closed: boolean;
}

/** Calls last as a function says; time passes only in them. */
class FakeThreads implements ConcurrentRuntime {
  readonly opened: Opened[] = [];
  nowNs = 0;

  constructor(private readonly callNs: (point: { batch: number; threads: number; sessions: number }) => number) {}

  open(count: number, _: unknown, options: SessionOptions): Promise<ConcurrentSessions> {
    const opened = { count, options, closed: false };
    this.opened.push(opened);
    const callNs = (feeds: Feeds): number =>
      this.callNs({ batch: feeds['x']?.dims[0] ?? 0, threads: options.threads, sessions: count });
    return Promise.resolve({
      loop: (feeds, { durationNs, leastCalls, mostCalls }) => {
        const ns = callNs(feeds);
        const calls = Math.min(mostCalls, Math.max(leastCalls, Math.floor(durationNs / ns)));
        this.nowNs += calls * ns;
        const starts = Array.from({ length: calls }, (__, call) => call * ns);
        const times = { startsNs: starts, endsNs: starts.map((start) => start + ns) };
        return Promise.resolve(Array.from({ length: count }, () => times));
      },
      serve: (feeds, arrivalsNs, { giveUpNs }) => {
        const ns = callNs(feeds);
        const free = Array.from({ length: count }, () => 0);
        const endsNs = arrivalsNs.map((arrivalNs) => {
          const session = free.indexOf(Math.min(...free));
          const startNs = Math.max(arrivalNs, free[session]!);
          if (startNs - arrivalNs > giveUpNs) return NaN;
          free[session] = startNs + ns;
          return startNs + ns;
        });
        this.nowNs += arrivalsNs.at(-1) ?? 0;
        return Promise.resolve({ startsNs: endsNs.map((end) => end - ns), endsNs });
      },
      close: () => {
        opened.closed = true;
        return Promise.resolve();
      },
    });
  }
}

const feedsOf = (batch: number): Feeds => ({
  x: { dataType: 'float32', dims: [batch, 1], data: new Float32Array(batch) },
});
const gauge = { begin: () => () => 0 };

async function measure(
  callNs: (point: { batch: number; threads: number; sessions: number }) => number,
  more: Partial<CapacityRequest> = {},
  stopAfter = Infinity,
): Promise<CapacityResult & { threads: FakeThreads; points: string[] }> {
  const threads = new FakeThreads(callNs);
  let measured = 0;
  const request: CapacityRequest = {
    ...{ scenarioId: 's0', modelPath: 'm', options: { provider: 'cpu', optimization: 'all' }, threads: 0, cores: 2 },
    ...{ batch: 1, batches: 'free', feedsOf, budgetNs: 10e9 },
    ...more,
  };
  const events = capacityExperiment(threads, request, {
    now: () => threads.nowNs,
    stopRequested: () => measured >= stopAfter,
    gauge,
  });
  for (;;) {
    const event = await events.next();
    if (!event.done) {
      if (event.value.type === 'sample') measured += 1;
      continue;
    }
    const points = event.value.samples.map(({ batch, threads: each, sessions }) => `${sessions}×${each} b${batch}`);
    return { ...event.value, threads, points };
  }
}

const words = ({ notes }: CapacityResult): string[] => notes.map((note) => createText().message(note));
/** Two cores, nearly shared fairly; calls grow with their items. */
const fair = ({ batch, threads, sessions }: { batch: number; threads: number; sessions: number }): number =>
  batch * (threads === 2 ? 6 : sessions === 2 ? 11 : 10) * MS;

describe('the way through batch, threads and sessions', () => {
  it('shares the cores in halves, with one session of each kind alone', () => {
    const named = (cores: number, threads = 0): string[] =>
      coreSplits(cores, threads).map((one) => `${one.sessions}×${one.threads}`);
    assert.deepEqual(named(1), ['1×1']);
    assert.deepEqual(named(2), ['1×2', '2×1', '1×1']);
    assert.deepEqual(named(8), ['1×8', '8×1', '1×1', '4×2', '1×2', '2×4', '1×4']);
    assert.deepEqual(named(8, 3), ['1×3', '2×3']);
  });

  it('goes on to larger batches while they carry more, and gives up after two that do not', async () => {
    const linear = await measure(fair);
    assert.deepEqual(linear.points, ['1×2 b1', '2×1 b1', '1×1 b1', '2×1 b2', '2×1 b4']);
    assert.match(words(linear).join(), /^Batching does not pay/);
    const saturating = await measure(
      ({ batch, threads, sessions }) => (9 + batch) * (threads === 2 ? 0.6 : sessions === 2 ? 1.1 : 1) * MS,
    );
    assert.equal(saturating.points.at(-1), '2×1 b64');
    assert.match(
      words(saturating).join(),
      /^A batch of 64 carries 777 % more items a second; its call takes 7\.3 × as long\.$/,
    );
    const saw = [
      { batch: 1, ips: 100 },
      { batch: 2, ips: 90 },
    ].map(({ batch, ips }) => ({
      ...{
        scenarioId: 's0',
        batch,
        threads: 1,
        sessions: 1,
        serviceSamplesNs: [1],
        itemsPerSecond: ips,
        peakResidentBytes: null,
      },
    }));
    assert.equal(nextBatch(saw), 4, 'one size that kernels do not like ends nothing');
  });

  it('keeps to what was asked for, and to what the model has', async () => {
    assert.deepEqual((await measure(fair, { threads: 1, cores: 4, batches: 'asked', batch: 8 })).points, [
      '1×1 b8',
      '4×1 b8',
    ]);
    const fixed = await measure(fair, { batches: 'none' });
    assert.ok(fixed.points.every((point) => point.endsWith('b1')));
    assert.match(words(fixed).join(), /has no batch dimension/);
  });

  it('measures one point at least, and no more than the budget allows', async () => {
    const slow = await measure(() => 4e9, { budgetNs: 1e9 });
    assert.deepEqual(slow.points, ['1×2 b1']);
    assert.deepEqual(slow.samples[0]?.serviceSamplesNs, [4e9, 4e9, 4e9]);
    const stopped = await measure(fair, {}, 2);
    assert.deepEqual(stopped.points, ['1×2 b1', '2×1 b1']);
  });

  it('stops the spinning of sessions that share the machine, and closes them all', async () => {
    const { threads } = await measure(fair);
    assert.deepEqual(
      threads.opened.slice(0, 2).map(({ count, options }) => [count, options.threads, options.stopSpinning]),
      [
        [1, 2, false],
        [2, 1, true],
      ],
    );
    assert.ok(threads.opened.every(({ closed }) => closed));
  });

  it('names what the runtime refuses and goes on; a refusal of the model itself ends it', async () => {
    const refusing = await measure((point) => {
      if (point.batch > 1) throw new ExpectedError('runtime', 'error.runtime.run', { text: 'no' });
      return fair(point);
    });
    assert.equal(refusing.points.length, 3);
    assert.match(words(refusing).join(), /refused 2 sessions with a batch of 2/);
    await assert.rejects(
      measure(() => {
        throw new ExpectedError('runtime', 'error.runtime.run', { text: 'no' });
      }),
      ExpectedError,
    );
  });

  it('counts items a second from calls while all sessions were busy', () => {
    const times: CallTimes[] = [
      { startsNs: [0, 10, 30], endsNs: [10, 30, 50] },
      { startsNs: [5, 25, 45], endsNs: [25, 45, 80] },
    ];
    assert.deepEqual(serviceSamples(times), [20, 20, 20, 20]);
    assert.deepEqual(
      serviceSamples([
        { startsNs: [0], endsNs: [5] },
        { startsNs: [6], endsNs: [9] },
      ]),
      [5, 3],
    );
  });

  it('becomes ways to serve, with the pace of sessions that have the machine for themselves', async () => {
    const models = serviceModels((await measure(fair)).samples, 's0');
    const two = models.find(({ sessions }) => sessions === 2);
    assert.deepEqual(
      two?.pace.map((pace) => Math.round(pace * 1000)),
      [909, 1000],
    );
  });
});

describe('feeds of a larger batch', () => {
  const data = Float32Array.of(1, 2, 3, 4);
  const of = (dims: number[]): Feeds => ({ x: { dataType: 'float32', dims, data } });
  const shapes = (dims: number[]): Map<string, number[]> => new Map([['x', dims]]);

  it('repeat the items along the axis that grows', () => {
    const first = repeatedFeeds(of([2, 2]), shapes([2, 2]), shapes([4, 2]));
    assert.deepEqual([...(first?.['x']?.data ?? [])], [1, 2, 3, 4, 1, 2, 3, 4]);
    const second = repeatedFeeds(of([2, 2]), shapes([2, 2]), shapes([2, 4]));
    assert.deepEqual([...(second?.['x']?.data ?? [])], [1, 2, 1, 2, 3, 4, 3, 4]);
    assert.deepEqual(second?.['x']?.dims, [2, 4]);
    const words: Feeds = { x: { dataType: 'string', dims: [1, 2], data: ['a', 'b'] } };
    assert.deepEqual(repeatedFeeds(words, shapes([1, 2]), shapes([2, 2]))?.['x']?.data, ['a', 'b', 'a', 'b']);
  });

  it('are none where a shape does not grow by whole numbers, and the same where it does not grow', () => {
    assert.equal(repeatedFeeds(of([2, 2]), shapes([2, 2]), shapes([3, 2])), null);
    assert.equal(repeatedFeeds(of([4]), shapes([4]), shapes([4]))?.['x']?.data, data);
    const empty: Feeds = { x: { dataType: 'float32', dims: [1, 0], data: new Float32Array(0) } };
    assert.deepEqual(repeatedFeeds(empty, shapes([1, 0]), shapes([8, 0]))?.['x']?.dims, [8, 0]);
  });
});

describe('a load test', () => {
  async function test(more: Partial<LoadTestRequest>, callMs = 10, sessions = 2): Promise<LoadTest> {
    const threads = new FakeThreads(() => callMs * MS);
    const open = await threads.open(sessions, null, { threads: 1 } as SessionOptions);
    const request: LoadTestRequest = {
      ...{ scenarioId: 's0', threads: 1, sessions, batch: 1, ratePerSecond: 100, seconds: 20, percentile: 95 },
      ...{ targetNs: 30 * MS, seed: 1, feeds: feedsOf(1), service: serviceOf(callMs, 'deterministic', sessions) },
      ...more,
    };
    const events = loadTestExperiment(open, request, { now: () => threads.nowNs, stopRequested: () => false, gauge });
    for (;;) {
      const event = await events.next();
      if (event.done) return event.value;
    }
  }

  it('counts from the moment at which a request should have been sent', () => {
    assert.deepEqual(staysOf([0, 5, 9], { endsNs: [12, 20, NaN] }), [12, 15, Infinity]);
  });

  it('finds the highest rate that holds the target', async () => {
    const found = await test({});
    const { highestRate, lowestFailingRate, steps } = found;
    assert.ok(highestRate !== null && lowestFailingRate !== null);
    assert.ok(highestRate >= 100 && lowestFailingRate <= 200, 'two sessions carry 200 a second');
    assert.ok(
      highestRate > 150 && (lowestFailingRate - highestRate) / lowestFailingRate < 0.1,
      JSON.stringify([highestRate, lowestFailingRate]),
    );
    assert.equal(steps[0]?.holds, true);
    assert.deepEqual([steps[0].sent, steps[0].answered], [2000, 2000]);
  });

  it('agrees with the simulator on the same arrivals', async () => {
    const [step] = (await test({ targetNs: null })).steps;
    assert.ok(step?.simulated);
    assert.ok(Math.abs((step.simulated.p99Ns ?? 0) / (step.stay.p99Ns ?? 1) - 1) < 1e-9);
    assert.ok(Math.abs((step.callTimeRatio ?? 0) - 1) < 1e-9);
  });

  it('says how much longer calls took than when the capacity was measured', async () => {
    const slower = await test({ targetNs: null, service: serviceOf(8, 'deterministic', 2) });
    assert.ok(Math.abs((slower.steps[0]?.callTimeRatio ?? 0) - 1.25) < 1e-9);
    assert.ok(Math.abs((slower.steps[0]?.callTimeSpread ?? 0) - 1) < 1e-9, 'all parts alike');
    const { stay, simulated, simulatedAtCallTimes } = slower.steps[0]!;
    // What remains between the two would be the queue's; here nothing does.
    assert.ok(Math.abs((simulatedAtCallTimes?.p99Ns ?? 0) / stay.p99Ns! - 1) < 1e-9);
    assert.ok((simulated?.p99Ns ?? Infinity) < 0.9 * stay.p99Ns!);
    assert.deepEqual(
      slower.notes.filter(({ code }) => code.includes('Calls')),
      [{ code: 'serving.note.slowerCalls', params: { percent: 25 } }],
    );
  });

  it('searches for nothing without a target', async () => {
    const found = await test({ targetNs: null });
    assert.deepEqual([found.steps.length, found.highestRate, found.steps[0]?.holds], [1, null, null]);
  });

  it('tells no percentile of answers while requests wait without one, and says so', async () => {
    const found = await test({ ratePerSecond: 1000, seconds: 10 });
    const [step] = found.steps;
    assert.ok(step && step.answered < step.sent);
    assert.deepEqual([step.stay.p50Ns, step.percentileNs, step.holds], [null, null, false]);
    assert.match(
      found.notes.map((note) => createText().message(note)).join(),
      /At 1000 requests a second only \d+ of 10000 were answered/,
    );
    assert.ok((found.highestRate ?? 0) > 100 && (found.highestRate ?? 0) < 200);
  });

  it('says when there were too few requests for the percentile', async () => {
    const found = await test({ ratePerSecond: 2, seconds: 10 });
    assert.deepEqual([found.steps[0]?.percentileNs, found.steps[0]?.holds], [null, null]);
    assert.match(
      found.notes.map((note) => createText().message(note)).join(),
      /20 requests are too few for p95, which needs 90/,
    );
  });

  it('finds no rate for a target below the call', async () => {
    const found = await test({ targetNs: 5 * MS, seconds: 20 });
    assert.equal(found.highestRate, null);
    assert.ok(found.steps.every(({ holds }) => holds === false));
  });
});
