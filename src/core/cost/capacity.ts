/** Experiment: what one machine carries. Batches, threads and sessions are measured along a path, within a budget. */

import type { CapacitySample } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import { toFailure } from '../common/errors.js';
import { meanOf } from '../analysis/statistics.js';
import type { Feeds, SessionOptions } from '../runtime/port.js';
import { batchVerdict, type CapacityPoint, coreSplits, mostItems, nextBatch } from './capacityPath.js';
import {
  type CallTimes,
  type ConcurrentRuntime,
  disturbedNotes,
  type LoopLimits,
  openSessions,
  type ServingContext,
} from './concurrency.js';

export interface CapacityRequest {
  scenarioId: string;
  modelPath: string;
  options: Pick<SessionOptions, 'provider' | 'optimization'>;
  /** Of one session; 0: every way to share the cores is tried. */
  threads: number;
  /** That the runtime takes when it is not told. */
  cores: number;
  /** Items of a call as the scenario has it. */
  batch: number;
  /** Feeds of another batch; null where there is none. One and the same for one batch. */
  feedsOf: (batch: number) => Feeds | null;
  /** Whether other batches than the scenario's may be tried. */
  batches: 'free' | 'asked' | 'none';
  budgetNs: number;
}

export type CapacityEvent =
  { type: 'point'; index: number; point: CapacityPoint } | { type: 'sample'; sample: CapacitySample };

export interface CapacityResult {
  samples: CapacitySample[];
  /** What the samples say of batching, and what was left out. */
  notes: Message[];
}

const LEAST_CALLS = 3;
const MOST_CALLS = 20_000;
/** Kept of each point; enough for p99, and a report stays small. */
const MOST_SAMPLES = 1000;
/** A point that lasts longer than this of the budget would leave nothing for the others. */
const LEAST_SHARE_NS = 100e6;

/**
 * At least one point is measured, however small the budget. After a stop the result holds what was measured.
 * @throws ExpectedError when the runtime refuses the model as the scenario has it.
 */
export async function* capacityExperiment(
  runtime: ConcurrentRuntime,
  request: CapacityRequest,
  context: ServingContext,
): AsyncGenerator<CapacityEvent, CapacityResult> {
  const sweep = new Sweep(runtime, request, context);
  yield* sweep.splits();
  yield* sweep.batches();
  return { samples: sweep.samples, notes: sweep.notes() };
}

class Sweep {
  readonly samples: CapacitySample[] = [];
  private readonly remarks: Message[] = [];
  private readonly startNs: number;
  private index = 0;

  constructor(
    private readonly runtime: ConcurrentRuntime,
    private readonly request: CapacityRequest,
    private readonly context: ServingContext,
  ) {
    this.startNs = context.now();
  }

  async *splits(): AsyncGenerator<CapacityEvent> {
    const { cores, threads, batch } = this.request;
    const splits = coreSplits(cores, threads);
    // What is left of the budget goes to batches.
    const share = this.request.batches === 'free' ? 0.6 : 1;
    for (const [index, split] of splits.entries()) {
      const untilNs = this.startNs + this.request.budgetNs * share;
      yield* this.measure({ ...split, batch }, untilNs, splits.length - index);
    }
  }

  /** With the split that carries most: another one would not carry more with batches, or hardly. */
  async *batches(): AsyncGenerator<CapacityEvent> {
    const best = mostItems(this.samples);
    if (!best || this.request.batches !== 'free') return;
    const { threads, sessions } = best;
    for (;;) {
      const batch = nextBatch(this.ladder(threads, sessions));
      if (batch === null) return;
      const before = this.samples.length;
      yield* this.measure({ batch, threads, sessions }, this.startNs + this.request.budgetNs, 3);
      if (this.samples.length === before) return;
    }
  }

  notes(): Message[] {
    const notes = [...this.remarks];
    if (this.request.batches === 'none') notes.push({ code: 'serving.note.noBatch', params: {} });
    const best = mostItems(this.samples.filter(({ batch }) => batch === this.request.batch));
    const verdict = best && batchVerdict(this.ladder(best.threads, best.sessions));
    if (verdict) notes.push(batchNote(verdict));
    return [...notes, ...disturbedNotes(this.samples)];
  }

  private ladder(threads: number, sessions: number): CapacitySample[] {
    return this.samples.filter((one) => one.threads === threads && one.sessions === sessions);
  }

  /** Nothing where the time is over, the feeds cannot be made, or the runtime refuses any but the first. */
  private async *measure(point: CapacityPoint, untilNs: number, left: number): AsyncGenerator<CapacityEvent> {
    const isFirst = this.samples.length === 0;
    const leftNs = untilNs - this.context.now();
    const feeds = this.request.feedsOf(point.batch);
    if (!feeds || (!isFirst && (this.context.stopRequested() || leftNs <= 0))) return;
    yield { type: 'point', index: this.index++, point };
    try {
      const sample = await this.sampleOf(point, feeds, Math.max(LEAST_SHARE_NS, leftNs / left));
      if (!sample) return;
      this.samples.push(sample);
      yield { type: 'sample', sample };
    } catch (error) {
      if (isFirst || toFailure(error).kind !== 'expected') throw error;
      const { batch, sessions } = point;
      this.remarks.push({ code: 'serving.note.refused', params: { batch, sessions } });
    }
  }

  private async sampleOf(point: CapacityPoint, feeds: Feeds, shareNs: number): Promise<CapacitySample | null> {
    const { modelPath, options } = this.request;
    const sessions = await openSessions(this.runtime, modelPath, options, point);
    try {
      const otherLoad = this.context.gauge.begin();
      const limits: LoopLimits = { durationNs: shareNs, leastCalls: LEAST_CALLS, mostCalls: MOST_CALLS };
      const times = await sessions.loop(feeds, limits);
      const otherLoadCores = otherLoad();
      const serviceNs = serviceSamples(times);
      if (serviceNs.length === 0) return null;
      const { batch, threads } = point;
      return {
        ...{ scenarioId: this.request.scenarioId, batch, threads, sessions: point.sessions },
        serviceSamplesNs: thinned(serviceNs),
        itemsPerSecond: (point.sessions * batch * 1e9) / meanOf(serviceNs),
        peakResidentBytes: null,
        otherLoadCores,
      };
    } finally {
      await sessions.close();
    }
  }
}

/** Times of the calls that lie where all sessions were busy; all of them where that is nowhere. */
export function serviceSamples(times: readonly CallTimes[]): number[] {
  const fromNs = Math.max(...times.map(({ startsNs }) => startsNs[0] ?? Infinity));
  const untilNs = Math.min(...times.map(({ endsNs }) => endsNs.at(-1) ?? -Infinity));
  const spans = times.flatMap(({ startsNs, endsNs }) =>
    startsNs.map((startNs, index) => ({ startNs, endNs: endsNs[index] ?? NaN })),
  );
  const beside = spans.filter(({ startNs, endNs }) => startNs >= fromNs && endNs <= untilNs);
  const taken = beside.length >= times.length ? beside : spans;
  return taken.map(({ startNs, endNs }) => endNs - startNs).filter((ns) => ns > 0);
}

/** Every n-th, so that the distribution stays. */
function thinned(samples: readonly number[]): number[] {
  if (samples.length <= MOST_SAMPLES) return [...samples];
  const step = samples.length / MOST_SAMPLES;
  return Array.from({ length: MOST_SAMPLES }, (_, index) => samples[Math.floor(index * step)] as number);
}

/** The gain of the best batch over a single item, and what it costs in latency; or that there is none. */
function batchNote({ single, best }: { single: CapacitySample; best: CapacitySample }): Message {
  const gain = best.itemsPerSecond / single.itemsPerSecond;
  const times = (meanOf(best.serviceSamplesNs) / meanOf(single.serviceSamplesNs)).toFixed(1);
  if (best.batch === single.batch) return { code: 'serving.note.batchingDoesNotPay', params: {} };
  return {
    code: 'serving.note.batchingPays',
    params: { batch: best.batch, percent: Math.round((gain - 1) * 100), times },
  };
}
