/** Experiment: requests at random moments to real sessions, and the highest rate that holds a target. */

import type { LoadStep, LoadTest } from '../../protocol/loadTest.js';
import type { Message } from '../../protocol/text.js';
import type { Feeds } from '../runtime/port.js';
import { type ConcurrentSessions, disturbedNotes, type ServedTimes, type ServingContext } from './concurrency.js';
import { meanOf } from '../analysis/statistics.js';
import { chunk } from 'simple-statistics';
import { replicaCapacity, scaledService } from './service.js';
import { itemsOfRequest, poissonArrivalsNs, simulate } from './simulation.js';
import { samplesFor, stayPercentile, summarizeStays } from './stays.js';
import type { ServiceModel, SimulationResult, Stays } from './types.js';

export interface LoadTestRequest {
  scenarioId: string;
  threads: number;
  sessions: number;
  batch: number;
  ratePerSecond: number;
  seconds: number;
  /** Above 0 and below 100. */
  percentile: number;
  targetNs: number | null;
  seed: number;
  feeds: Feeds;
  /** For the simulation beside the test, and where the search begins; null: neither. */
  service: ServiceModel | null;
}

export type LoadTestEvent = { type: 'rate'; ratePerSecond: number; seconds: number } | { type: 'step'; test: LoadTest };

/** Of one rate; more would only take memory. */
const MOST_REQUESTS = 1_000_000;
/** A session this far behind will not catch up within the test. */
const GIVE_UP_NS = 2e9;
const GIVE_UP_TARGETS = 10;
/** The search ends when the rate is known to this share, or after so many steps. */
const CLOSE_ENOUGH = 0.03;
const MOST_STEPS = 8;
/** Of the first rate's time, for each step of the search. */
const LEAST_STEP_SECONDS = 0.5;
/** The test is looked at in so many parts, where each has enough calls. */
const PARTS = 10;
const LEAST_IN_A_PART = 20;
/** Between the parts; what the queue itself does to them is less. */
const UNSTEADY = 0.3;
/** Calls that took this much longer or shorter say that the machine changed. */
const CHANGED_CALLS = 0.1;

/** Sessions are open; who opened them closes them. After a stop the result holds the steps that were finished. */
export async function* loadTestExperiment(
  sessions: ConcurrentSessions,
  request: LoadTestRequest,
  context: ServingContext,
): AsyncGenerator<LoadTestEvent, LoadTest> {
  const search = new RateSearch(request);
  const startNs = context.now();
  yield { type: 'rate', ratePerSecond: request.ratePerSecond, seconds: request.seconds };
  search.add(await runStep(sessions, request, request.ratePerSecond, request.seconds, context));
  yield { type: 'step', test: search.result() };
  // The search has as long as the rate that was asked for, in equal parts.
  const endNs = startNs + 2 * request.seconds * 1e9;
  const stepSeconds = Math.max(LEAST_STEP_SECONDS, request.seconds / MOST_STEPS);
  for (let step = 0; step < MOST_STEPS && !context.stopRequested() && context.now() < endNs; step++) {
    const rate = search.nextRate();
    if (rate === null) break;
    const seconds = Math.max(stepSeconds, (1.2 * samplesFor(request.percentile / 100)) / rate);
    if (context.now() + seconds * 1e9 > endNs + request.seconds * 0.5e9) break;
    yield { type: 'rate', ratePerSecond: rate, seconds };
    search.add(await runStep(sessions, { ...request, seed: request.seed + step + 1 }, rate, seconds, context));
    yield { type: 'step', test: search.result() };
  }
  return search.result();
}

async function runStep(
  sessions: ConcurrentSessions,
  request: LoadTestRequest,
  ratePerSecond: number,
  seconds: number,
  { gauge }: ServingContext,
): Promise<LoadStep> {
  const { targetNs, percentile, seed, service } = request;
  const count = Math.max(1, Math.min(MOST_REQUESTS, Math.round(ratePerSecond * seconds)));
  const arrivalsNs = poissonArrivalsNs(ratePerSecond, count, seed);
  const giveUpNs = Math.max(GIVE_UP_NS, GIVE_UP_TARGETS * (targetNs ?? 0));
  const otherLoad = gauge.begin();
  const served = await sessions.serve(request.feeds, arrivalsNs, { giveUpNs });
  const otherLoadCores = otherLoad();
  const stays = staysOf(arrivalsNs, served);
  const answered = stays.filter(Number.isFinite);
  const percentileNs = stayPercentile(stays, percentile / 100);
  const simulatedOf = (model: ServiceModel): SimulationResult =>
    simulate({ service: model, replicas: 1, seed, arrivals: { timesNs: arrivalsNs }, warmUpShare: 0 });
  const simulated = service && simulatedOf(service);
  const calls = callTimes(served, answered.length === count ? (simulated?.busyNs ?? null) : null);
  const { callTimeRatio } = calls;
  return {
    ratePerSecond,
    seconds: (arrivalsNs.at(-1) ?? 0) / 1e9,
    sent: count,
    answered: answered.length,
    stay: timesOf(summarizeStays(answered), answered.length === count),
    percentileNs: percentileNs !== null && Number.isFinite(percentileNs) ? percentileNs : null,
    holds: targetNs === null || percentileNs === null ? null : percentileNs <= targetNs,
    simulated: simulated && timesOf(simulated, true),
    ...calls,
    simulatedAtCallTimes:
      service && callTimeRatio ? timesOf(simulatedOf(scaledService(service, callTimeRatio)), true) : null,
    otherLoadCores,
  };
}

/** From the moment at which a request should have been sent; what was never answered stays for ever. */
export const staysOf = (arrivalsNs: readonly number[], { endsNs }: Pick<ServedTimes, 'endsNs'>): number[] =>
  arrivalsNs.map((arrivalNs, index) => {
    const endNs = endsNs[index];
    return endNs === undefined || Number.isNaN(endNs) ? Infinity : endNs - arrivalNs;
  });

/** Against those of the simulation, and over the test. `expectedNs`: of all calls; null where nothing can be said. */
function callTimes(
  { startsNs, endsNs }: ServedTimes,
  expectedNs: number | null,
): Pick<LoadStep, 'callTimeRatio' | 'callTimeSpread'> {
  if (expectedNs === null) return { callTimeRatio: null, callTimeSpread: null };
  const timesNs = endsNs.map((endNs, index) => endNs - (startsNs[index] ?? NaN));
  const parts = chunk(timesNs, Math.ceil(timesNs.length / PARTS)).map(meanOf);
  const fewest = timesNs.length / PARTS;
  return {
    callTimeRatio: timesNs.reduce((sum, timeNs) => sum + timeNs, 0) / expectedNs,
    callTimeSpread: fewest < LEAST_IN_A_PART ? null : Math.max(...parts) / Math.min(...parts),
  };
}

/** Of the answered alone nothing is told where others were not: they would be the slow ones. */
function timesOf({ meanNs, p50Ns, p90Ns, p95Ns, p99Ns }: Stays, complete: boolean): LoadStep['stay'] {
  return complete
    ? { meanNs, p50Ns, p90Ns, p95Ns, p99Ns }
    : { meanNs: null, p50Ns: null, p90Ns: null, p95Ns: null, p99Ns: null };
}

/** Bisection between the highest rate that held the target and the lowest that did not. */
class RateSearch {
  private readonly steps: LoadStep[] = [];

  constructor(private readonly request: LoadTestRequest) {}

  add(step: LoadStep): void {
    this.steps.push(step);
  }

  /** null: nothing to search for, or close enough. */
  nextRate(): number | null {
    if (this.request.targetNs === null || this.steps.at(-1)?.holds === null) return null;
    const { held, failed } = this.bounds();
    if (held !== null && failed !== null) return failed - held <= CLOSE_ENOUGH * failed ? null : (held + failed) / 2;
    if (held === null) return (failed ?? this.request.ratePerSecond) / 2;
    const { service } = this.request;
    const most = service && replicaCapacity(service) / itemsOfRequest(service);
    // Beyond what the sessions carry no target holds: the search begins below it.
    return most !== null && held < 0.9 * most ? Math.max((held + most) / 2, 0.9 * most) : held * 1.5;
  }

  result(): LoadTest {
    const { scenarioId, threads, sessions, batch, seed, percentile, targetNs } = this.request;
    const { held, failed } = this.bounds();
    const targetMs = targetNs === null ? null : targetNs / 1e6;
    return {
      ...{ scenarioId, threads, sessions, batch, seed, percentile, targetMs },
      steps: [...this.steps],
      highestRate: held,
      lowestFailingRate: failed,
      notes: this.notes(),
    };
  }

  /** A rate below one that failed is not trusted to have failed for another reason than chance: the lowest failure counts. */
  private bounds(): { held: number | null; failed: number | null } {
    const rates = (holds: boolean): number[] =>
      this.steps.filter((step) => step.holds === holds).map(({ ratePerSecond }) => ratePerSecond);
    const failed = rates(false).length > 0 ? Math.min(...rates(false)) : null;
    const held = rates(true).filter((rate) => failed === null || rate < failed);
    return { held: held.length > 0 ? Math.max(...held) : null, failed };
  }

  private notes(): Message[] {
    const notes: Message[] = [];
    const [first] = this.steps;
    if (first && first.answered < first.sent)
      notes.push({
        code: 'serving.note.notAnswered',
        params: { answered: first.answered, sent: first.sent, rate: Number(first.ratePerSecond.toPrecision(4)) },
      });
    const change = (first?.callTimeRatio ?? 1) - 1;
    if (Math.abs(change) > CHANGED_CALLS)
      notes.push({
        code: change > 0 ? 'serving.note.slowerCalls' : 'serving.note.fasterCalls',
        params: { percent: Math.round(100 * Math.abs(change)) },
      });
    const spread = (first?.callTimeSpread ?? 1) - 1;
    if (spread > UNSTEADY)
      notes.push({ code: 'serving.note.unsteadyCalls', params: { percent: Math.round(100 * spread) } });
    const needed = samplesFor(this.request.percentile / 100);
    if (first && first.sent < needed)
      notes.push({
        code: 'serving.note.tooFewRequests',
        params: { sent: first.sent, needed, percentile: this.request.percentile },
      });
    return [...notes, ...disturbedNotes(this.steps)];
  }
}
