/** A thread with one session, for calls beside those of other threads. Entry of its own bundle. */

import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../core/common/errors.js';
import type { LoopLimits } from '../core/cost/concurrency.js';
import type { Feeds, RuntimeSession } from '../core/runtime/port.js';
import { createRuntime } from './onnxRuntime.js';
import { type FromThread, type Schedule, Slot, type ThreadData, type ToThread } from './sessionMessages.js';

const { folder, model, options, parties, control, originNs } = workerData as ThreadData;
const slots = new Int32Array(control);
const nowNs = (): number => Number(process.hrtime.bigint() - originNs);
const stopped = (): boolean => Atomics.load(slots, Slot.stop) !== 0;

const LEAST_WARM_UPS = 2;
const MOST_WARM_UPS = 20;
/** Of a measurement, before it: caches, frequency, the session's memory. */
const WARM_UP_SHARE = 0.15;
const START_POLL_MS = 5;
/** Time for every thread to leave the start before the first request. */
const LEAD_NS = 5e6;
/** A wait ends late by some tens of microseconds: what is left after it is waited out awake. */
const AWAKE_NS = 250e3;

async function warmUp(session: RuntimeSession, feeds: Feeds, durationNs: number): Promise<void> {
  const untilNs = nowNs() + durationNs * WARM_UP_SHARE;
  for (let run = 0; run < MOST_WARM_UPS && !stopped(); run++) {
    if (run >= LEAST_WARM_UPS && nowNs() > untilNs) return;
    await session.time(feeds);
  }
}

/** Returns when all threads stand here; the last one says when to begin. */
function meet(begin: () => void): void {
  if (Atomics.add(slots, Slot.ready, 1) + 1 >= parties) {
    begin();
    // Past the count: only now is what `begin` wrote to be read.
    Atomics.add(slots, Slot.ready, parties);
    Atomics.notify(slots, Slot.ready);
    return;
  }
  for (;;) {
    const ready = Atomics.load(slots, Slot.ready);
    if (ready > parties || stopped()) return;
    Atomics.wait(slots, Slot.ready, ready, START_POLL_MS);
  }
}

async function loop(session: RuntimeSession, feeds: Feeds, limits: LoopLimits): Promise<FromThread> {
  await warmUp(session, feeds, limits.durationNs);
  meet(() => undefined);
  const starts: number[] = [];
  const ends: number[] = [];
  const untilNs = nowNs() + limits.durationNs;
  while (starts.length < limits.mostCalls && !stopped()) {
    const startNs = nowNs();
    if (startNs > untilNs && starts.length >= limits.leastCalls) break;
    await session.time(feeds);
    starts.push(startNs);
    ends.push(nowNs());
  }
  return { kind: 'looped', startsNs: Float64Array.from(starts), endsNs: Float64Array.from(ends) };
}

/** false: stopped meanwhile. */
function waitUntil(dueNs: number): boolean {
  for (;;) {
    if (stopped()) return false;
    const leftNs = dueNs - nowNs();
    if (leftNs <= 0) return true;
    if (leftNs > AWAKE_NS) Atomics.wait(slots, Slot.stop, 0, (leftNs - AWAKE_NS) / 1e6);
  }
}

async function serve(session: RuntimeSession, feeds: Feeds, schedule: Schedule): Promise<FromThread> {
  const arrivals = new Float64Array(schedule.arrivalsNs);
  const starts = new Float64Array(schedule.startsNs);
  const ends = new Float64Array(schedule.endsNs);
  const first = new Float64Array(schedule.firstNs);
  await warmUp(session, feeds, 0);
  meet(() => {
    first[0] = nowNs() + LEAD_NS;
  });
  const firstNs = first[0] ?? 0;
  for (;;) {
    const request = Atomics.add(slots, Slot.next, 1);
    const arrivalNs = arrivals[request];
    if (arrivalNs === undefined || !waitUntil(firstNs + arrivalNs)) return { kind: 'served' };
    starts[request] = nowNs() - firstNs;
    await session.time(feeds);
    ends[request] = nowNs() - firstNs;
  }
}

async function answer(session: RuntimeSession, message: ToThread): Promise<FromThread | null> {
  if (message.kind === 'loop') return loop(session, message.feeds, message.limits);
  if (message.kind === 'serve') return serve(session, message.feeds, message.schedule);
  await session.close();
  return null;
}

async function main(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this is no thread');
  const say = (message: FromThread): void => {
    port.postMessage(message);
  };
  const fail = (error: unknown): void => {
    say({ kind: 'failed', failure: toFailure(error) });
  };
  try {
    const session = await createRuntime(folder).open(model, options);
    port.on('message', (message: ToThread) => {
      answer(session, message).then((reply) => {
        if (reply) say(reply);
        else port.close();
      }, fail);
    });
    say({ kind: 'opened' });
  } catch (error) {
    fail(error);
  }
}

void main();
