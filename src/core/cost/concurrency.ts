/** The port to sessions that run at once, each in a thread of its own: one event loop would serialise their runs. */

import type { Message } from '../../protocol/text.js';
import type { LoadGauge } from '../runtime/gauge.js';
import type { Feeds, ModelSource, SessionOptions } from '../runtime/port.js';

/** What an experiment with sessions at once is run in. */
export interface ServingContext {
  now(): number;
  stopRequested(): boolean;
  gauge: Pick<LoadGauge, 'begin'>;
}

/** Of a core: as much of others' work as makes times doubtful. */
const DISTURBING_LOAD = 0.2;

/** That others' work took part of the processor in some of the measurements; empty where it did not. */
export function disturbedNotes(measurements: readonly { otherLoadCores?: number | null }[]): Message[] {
  const disturbed = measurements.filter(({ otherLoadCores }) => (otherLoadCores ?? 0) > DISTURBING_LOAD).length;
  if (disturbed === 0) return [];
  return [{ code: 'serving.note.disturbed', params: { disturbed, total: measurements.length } }];
}

/** Begin and end of each call, on one clock for all sessions; ascending. */
export interface CallTimes {
  startsNs: readonly number[];
  endsNs: readonly number[];
}

export interface LoopLimits {
  /** Each session goes on for so long after its warm-up … */
  durationNs: number;
  /** … and for so many calls at least, */
  leastCalls: number;
  /** but never for more than this. */
  mostCalls: number;
}

/** When each request was answered, after the first moment of the schedule; NaN for those that never were. */
export interface ServedTimes {
  startsNs: readonly number[];
  endsNs: readonly number[];
}

export interface ServeLimits {
  /** Gives up when the oldest request without an answer should have been sent so long ago. */
  giveUpNs: number;
}

export interface ConcurrentSessions {
  /** Closed loop: every session calls again as soon as it is answered, all of them from the same moment on. */
  loop(feeds: Feeds, limits: LoopLimits): Promise<CallTimes[]>;
  /**
   * Open loop: requests come at `arrivalsNs` (ascending, from 0) whether or not earlier ones are answered; a session
   * that is free takes the one that has waited longest.
   */
  serve(feeds: Feeds, arrivalsNs: readonly number[], limits: ServeLimits): Promise<ServedTimes>;
  close(): Promise<void>;
}

export interface ConcurrentRuntime {
  /** Throws ExpectedError when the runtime refuses the model. */
  open(count: number, model: ModelSource, options: SessionOptions): Promise<ConcurrentSessions>;
}

/** As they serve: nothing is recorded, and the idle pools of several do not take each other's cores. */
export const openSessions = (
  runtime: ConcurrentRuntime,
  modelPath: string,
  { provider, optimization }: Pick<SessionOptions, 'provider' | 'optimization'>,
  { threads, sessions }: { threads: number; sessions: number },
): Promise<ConcurrentSessions> =>
  runtime.open(
    sessions,
    { kind: 'file', path: modelPath },
    {
      ...{ provider, optimization, threads, trace: false, disablePrepacking: false, saveOptimizedGraph: false },
      stopSpinning: sessions > 1,
    },
  );
