/** What the threads of concurrent sessions and the worker's main thread say to each other. Types and places only. */

import type { Feeds, ModelSource, SessionOptions } from '../core/runtime/port.js';
import type { LoopLimits } from '../core/cost/concurrency.js';
import type { Failure } from '../protocol/text.js';

export interface ThreadData {
  folder: string;
  model: ModelSource;
  options: SessionOptions;
  /** Threads that begin at the same moment. */
  parties: number;
  /** Int32: see `Slot`. */
  control: SharedArrayBuffer;
  /** One clock for all threads: nanoseconds of `hrtime` at the start. */
  originNs: bigint;
}

/** Places in `control`. */
export const Slot = {
  /** 1: end after the call under way. */
  stop: 0,
  /** Threads that stand at the start. */
  ready: 1,
  /** The next request that nobody has taken. */
  next: 2,
} as const;
export const SLOTS = 3;

export interface Schedule {
  /** Float64: when each request comes, after the first moment. */
  arrivalsNs: SharedArrayBuffer;
  /** Float64: begin and end of each request's call, NaN until then. */
  startsNs: SharedArrayBuffer;
  endsNs: SharedArrayBuffer;
  /** Float64, one: the first moment on the common clock; the last thread at the start sets it. */
  firstNs: SharedArrayBuffer;
}

export type ToThread =
  | { kind: 'loop'; feeds: Feeds; limits: LoopLimits }
  | { kind: 'serve'; feeds: Feeds; schedule: Schedule }
  | { kind: 'close' };

export type FromThread =
  | { kind: 'opened' }
  | { kind: 'looped'; startsNs: Float64Array; endsNs: Float64Array }
  | { kind: 'served' }
  | { kind: 'failed'; failure: Failure };
