/** Discrete-event simulation of replicas that serve a queue: measured service times, dynamic batching, seeded. */

import { createRandom, seedFor } from '../runtime/inputs/random.js';
import { EventQueue } from './eventQueue.js';
import { NO_BATCHING } from './queueing.js';
import { callMeanNs, distributionFor, replicaCapacity } from './service.js';
import { stayPercentile, summarizeStays } from './stays.js';
import type { QueueingPolicy, ServiceModel, SimulationRequest, SimulationResult } from './types.js';

const WARM_UP_SHARE = 0.1;
/** Arrivals between two looks at the clock. */
const CLOCK_EVERY = 4096;

/** Poisson arrivals: gaps are exponential. Ascending nanoseconds from 0. */
export function poissonArrivalsNs(ratePerSecond: number, count: number, seed: number): number[] {
  const random = createRandom(seedFor(seed, 'arrivals'));
  let timeNs = 0;
  return Array.from({ length: count }, () => {
    // 1 - x lies above 0, so that no gap is infinite.
    timeNs -= (Math.log(1 - random()) / ratePerSecond) * 1e9;
    return timeNs;
  });
}

type Happening = { kind: 'ends'; replica: number; version: number } | { kind: 'due'; queue: number; first: number };

interface Call {
  /** On the replica's own clock, which runs faster while fewer of its sessions are busy. */
  endsAt: number;
  requests: readonly number[];
}

class Replica {
  readonly calls: Call[] = [];
  version = 0;
  busyNs = 0;
  private work = 0;
  private atNs = 0;

  constructor(private readonly pace: readonly number[]) {}

  /** Brings its own clock to `nowNs`. */
  advance(nowNs: number): void {
    this.work += (nowNs - this.atNs) / this.factor();
    this.busyNs += this.calls.length * (nowNs - this.atNs);
    this.atNs = nowNs;
  }

  begin(workNs: number, requests: readonly number[]): void {
    this.calls.push({ endsAt: this.work + workNs, requests });
  }

  /** The call that ends first, which is over. */
  end(): Call {
    const first = this.first();
    this.calls.splice(this.calls.indexOf(first), 1);
    return first;
  }

  /** When the first of its calls ends, if nothing else begins or ends before. */
  nextEndNs(): number {
    return this.atNs + Math.max(0, this.first().endsAt - this.work) * this.factor();
  }

  private first(): Call {
    return this.calls.reduce((least, call) => (call.endsAt < least.endsAt ? call : least));
  }

  private factor(): number {
    return this.pace[Math.max(0, this.calls.length - 1)] ?? 1;
  }
}

/** Requests wait in the order in which they came; taking from the front costs nothing. */
class Waiting {
  private readonly requests: number[] = [];
  private taken = 0;

  get length(): number {
    return this.requests.length - this.taken;
  }

  get first(): number {
    return this.requests[this.taken] ?? -1;
  }

  push(request: number): void {
    this.requests.push(request);
  }

  take(count: number): number[] {
    const batch = this.requests.slice(this.taken, this.taken + count);
    this.taken += batch.length;
    return batch;
  }
}

class Simulation {
  readonly staysNs: number[] = [];
  batches = 0;
  served = 0;
  nowNs = 0;
  private readonly events = new EventQueue<Happening>();
  private readonly replicas: Replica[];
  private readonly queues: Waiting[];
  private readonly policy: QueueingPolicy;
  private readonly service: ServiceModel;
  private readonly draw: () => number;
  private readonly route: () => number;

  constructor(
    { service, policy = NO_BATCHING, replicas, routing = 'shared', seed }: SimulationRequest,
    private readonly arrivalsNs: readonly number[],
    private readonly countedFrom: number,
  ) {
    this.service = service;
    // Calls of a model with a fixed batch are filled up.
    this.policy = { ...policy, maxBatch: Math.max(1, Math.min(policy.maxBatch, service.byBatch.at(-1)?.batch ?? 1)) };
    this.replicas = Array.from({ length: replicas }, () => new Replica(service.pace));
    this.queues = Array.from({ length: routing === 'shared' ? 1 : replicas }, () => new Waiting());
    this.draw = createRandom(seedFor(seed, 'service'));
    const random = createRandom(seedFor(seed, 'routing'));
    this.route = this.queues.length === 1 ? () => 0 : () => Math.floor(random() * this.queues.length);
  }

  run(deadlineMs: number | undefined): void {
    for (const [request, arrivalNs] of this.arrivalsNs.entries()) {
      if (deadlineMs !== undefined && request % CLOCK_EVERY === 0 && performance.now() > deadlineMs) break;
      this.handleUntil(arrivalNs);
      this.nowNs = arrivalNs;
      const queue = this.route();
      const waiting = this.queues[queue]!;
      waiting.push(request);
      if (this.policy.queueDelayNs > 0 && waiting.length === 1) this.announce(queue);
      this.dispatch(queue);
    }
    this.handleUntil(Infinity);
  }

  get busyNs(): number {
    return this.replicas.reduce((sum, replica) => sum + replica.busyNs, 0);
  }

  private handleUntil(limitNs: number): void {
    while (this.events.nextNs <= limitNs && this.events.nextNs < Infinity) {
      this.nowNs = this.events.nextNs;
      this.handle(this.events.pop()!);
    }
  }

  private handle(event: Happening): void {
    if (event.kind === 'due') {
      if (this.queues[event.queue]!.first === event.first) this.dispatch(event.queue);
      return;
    }
    const replica = this.replicas[event.replica]!;
    if (replica.version !== event.version) return;
    replica.advance(this.nowNs);
    for (const request of replica.end().requests) {
      this.served += 1;
      if (request >= this.countedFrom) this.staysNs.push(this.nowNs - this.arrivalsNs[request]!);
    }
    this.plan(event.replica);
    this.dispatch(this.queues.length === 1 ? 0 : event.replica);
  }

  /** The moment at which the first in the queue has waited for company long enough. */
  private announce(queue: number): void {
    const { first } = this.queues[queue]!;
    const dueNs = this.arrivalsNs[first]! + this.policy.queueDelayNs;
    this.events.push(Math.max(this.nowNs, dueNs), { kind: 'due', queue, first });
  }

  /** Begins calls as long as a session is free and a batch is full or due. */
  private dispatch(queue: number): void {
    const waiting = this.queues[queue]!;
    const { maxBatch, queueDelayNs } = this.policy;
    while (waiting.length > 0) {
      const dueNs = this.arrivalsNs[waiting.first]! + queueDelayNs;
      if (waiting.length < maxBatch && this.nowNs < dueNs) return;
      const index = this.freeReplica(queue);
      if (index === -1) return;
      const replica = this.replicas[index]!;
      replica.advance(this.nowNs);
      const requests = waiting.take(maxBatch);
      replica.begin(this.workNs(requests.length), requests);
      this.batches += 1;
      this.plan(index);
      if (queueDelayNs > 0 && waiting.length > 0) this.announce(queue);
    }
  }

  /** The one with the fewest busy sessions; -1 where all are busy. */
  private freeReplica(queue: number): number {
    if (this.queues.length > 1) return this.replicas[queue]!.calls.length < this.service.sessions ? queue : -1;
    let best = -1;
    for (const [index, { calls }] of this.replicas.entries()) {
      if (calls.length === 0) return index;
      if (calls.length < this.service.sessions && (best < 0 || calls.length < this.replicas[best]!.calls.length))
        best = index;
    }
    return best;
  }

  private plan(index: number): void {
    const replica = this.replicas[index]!;
    replica.version += 1;
    if (replica.calls.length > 0)
      this.events.push(replica.nextEndNs(), { kind: 'ends', replica: index, version: replica.version });
  }

  /** A measured time of that batch, at random; of one that was not measured, in proportion to its mean. */
  private workNs(items: number): number {
    const near = distributionFor(this.service, items);
    const sampleNs = near.samplesNs[Math.floor(this.draw() * near.samplesNs.length)] as number;
    return items >= near.batch || items < (this.service.byBatch[0]?.batch ?? 1)
      ? sampleNs
      : (sampleNs * callMeanNs(this.service, items)) / near.meanNs;
  }
}

/** Items of what arrives at once: of requests that are not put together, a whole call. */
export const itemsOfRequest = (service: ServiceModel, { maxBatch }: QueueingPolicy = NO_BATCHING): number => {
  const least = service.byBatch[0]?.batch ?? 1;
  return maxBatch <= least ? least : 1;
};

/** Deterministic by its seed, unless a deadline cuts it short. */
export function simulate(request: SimulationRequest): SimulationResult {
  const { arrivals, seed, service, replicas, policy = NO_BATCHING } = request;
  const timesNs =
    'timesNs' in arrivals ? arrivals.timesNs : poissonArrivalsNs(arrivals.ratePerSecond, arrivals.count, seed);
  const countedFrom = Math.floor(timesNs.length * (request.warmUpShare ?? WARM_UP_SHARE));
  const simulation = new Simulation(request, timesNs, countedFrom);
  simulation.run(request.deadlineMs);
  const stays = simulation.staysNs;
  const lastNs = timesNs.at(-1) ?? 0;
  const offeredPerSecond = lastNs > 0 ? (timesNs.length / lastNs) * 1e9 : 0;
  return {
    ...summarizeStays(stays),
    percentileNs: request.percentile === undefined ? null : stayPercentile(stays, request.percentile),
    meanBatch: simulation.batches > 0 ? simulation.served / simulation.batches : 0,
    busyNs: simulation.busyNs,
    utilization: simulation.nowNs > 0 ? simulation.busyNs / (simulation.nowNs * replicas * service.sessions) : 0,
    overloaded:
      offeredPerSecond * itemsOfRequest(service, policy) > replicas * replicaCapacity(service, policy.maxBatch),
  };
}
