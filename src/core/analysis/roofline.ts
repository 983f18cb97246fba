/**
 * The machine's ceilings, measured through the same runtime that runs the models: arithmetic in single precision and
 * int8, and memory bandwidth. Each is the best of separated passes, kept with its spread; a host's other guests can take
 * a fifth of it at any moment, so no ceiling is better known than ±20 %.
 */

import type { Roofline } from '../../protocol/report.js';
import { ExpectedError } from '../common/errors.js';
import { jsonObject } from '../common/jsonObject.js';
import type { Runtime } from '../runtime/port.js';
import { bandwidthCeiling, type Ceiling, type CeilingKind, floatCeiling, int8Ceiling } from './ceilings.js';
import { sessionOptions, traceSession } from './tracing.js';
import type { ExperimentLog } from './types.js';

export interface RooflineRequest {
  provider: string;
  /** 0: the runtime's default. */
  threads: number;
  /** Free memory; the tensors of the bandwidth pass take at most a quarter of it. */
  freeBytes: number;
  /** ISO 8601, UTC: written into the result. */
  measuredAt: string;
}

export interface RooflineContext {
  now(): number;
  stopRequested(): boolean;
  logger?: ExperimentLog;
}

export interface RooflineProgress {
  done: number;
  total: number;
}

const PASSES = 3;
const WARM_UP_RUNS = 2;
const RUNS = 5;
const PASS_NS = 2e9;
/** Beyond the caches of servers' CPUs; less where memory is short. */
const WIDE_BYTES = 128 * 2 ** 20;
const LEAST_WIDE_BYTES = 16 * 2 ** 20;
const TENSORS_AT_ONCE = 3;

function ceilings(freeBytes: number): Ceiling[] {
  const affordable = freeBytes / 4 / TENSORS_AT_ONCE;
  const wide = Math.max(LEAST_WIDE_BYTES, Math.min(WIDE_BYTES, affordable));
  // The two that a roofline needs come first, for a short budget.
  return [floatCeiling(), bandwidthCeiling(wide), int8Ceiling()];
}

async function measurePass(
  runtime: Runtime,
  ceiling: Ceiling,
  request: RooflineRequest,
  context: RooflineContext,
): Promise<number | null> {
  // Without optimisation, so that what is measured is what was written.
  const options = sessionOptions({ ...request, optimization: 'disabled' }, { trace: true });
  const plan = { warmUpRuns: WARM_UP_RUNS, runs: RUNS, deadlineNs: context.now() + PASS_NS };
  try {
    const tracing = traceSession(runtime, ceiling.source, () => ceiling.feeds, options, plan, context);
    for (;;) {
      const step = await tracing.next();
      if (step.done) return ceiling.rate(step.value.runs);
    }
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    context.logger?.warn(`no ${ceiling.kind} ceiling: ${error.message}`);
    return null;
  }
}

type Rates = Record<CeilingKind, number[]>;

const spreadOf = (rates: readonly number[]): [number, number] => [Math.min(...rates), Math.max(...rates)];

function rooflineOf(rates: Rates, { threads, measuredAt }: RooflineRequest): Roofline | null {
  if (rates.flop.length === 0 || rates.bandwidth.length === 0) return null;
  const [flop, bandwidth] = [spreadOf(rates.flop), spreadOf(rates.bandwidth)];
  const int8 = rates.int8.length > 0 ? spreadOf(rates.int8) : null;
  return {
    peakFlopPerSecond: flop[1],
    peakInt8OpPerSecond: int8 ? int8[1] : null,
    memoryBytesPerSecond: bandwidth[1],
    spread: { flopPerSecond: flop, int8OpPerSecond: int8, bytesPerSecond: bandwidth },
    ridgeFlopPerByte: flop[1] / bandwidth[1],
    threads,
    measuredAt,
  };
}

export interface RooflineRun {
  roofline: Roofline | null;
  /** No pass was left out for want of time. */
  complete: boolean;
}

/**
 * Takes some seconds and half a gigabyte. Passes of one ceiling are separated by those of the others. No roofline when
 * stopped before each of float arithmetic and bandwidth had a pass, or when the runtime refuses them.
 */
export async function* rooflineExperiment(
  runtime: Runtime,
  request: RooflineRequest,
  context: RooflineContext,
): AsyncGenerator<RooflineProgress, RooflineRun> {
  const all = ceilings(request.freeBytes);
  const rates: Rates = { flop: [], int8: [], bandwidth: [] };
  const total = PASSES * all.length;
  let done = 0;
  for (; done < total && !context.stopRequested(); done++) {
    yield { done, total };
    const ceiling = all[done % all.length]!;
    const rate = await measurePass(runtime, ceiling, request, context);
    if (rate !== null) rates[ceiling.kind].push(rate);
  }
  return { roofline: rooflineOf(rates, request), complete: done === total };
}

const isRate = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;

/** A ceiling and the range of its passes; null for what is none. */
function keptCeiling(peak: unknown, range: unknown): { peak: number; range: [number, number] } | null {
  if (!isRate(peak) || !Array.isArray(range) || range.length !== 2) return null;
  const [low, high] = range as unknown[];
  return isRate(low) && isRate(high) ? { peak, range: [low, high] } : null;
}

type Unchecked = Partial<Record<string, unknown>>;

const isObject = (value: unknown): value is Unchecked => typeof value === 'object' && value !== null;

/** A roofline that was kept as JSON; null for what is none. */
export function parseRoofline(text: string): Roofline | null {
  const value = jsonObject(text);
  if (!value || !isObject(value['spread'])) return null;
  const { threads, measuredAt, spread } = value as Unchecked & { spread: Unchecked };
  const flop = keptCeiling(value['peakFlopPerSecond'], spread['flopPerSecond']);
  const int8 = keptCeiling(value['peakInt8OpPerSecond'], spread['int8OpPerSecond']);
  const bandwidth = keptCeiling(value['memoryBytesPerSecond'], spread['bytesPerSecond']);
  if (!flop || !bandwidth || typeof measuredAt !== 'string' || typeof threads !== 'number') return null;
  return {
    peakFlopPerSecond: flop.peak,
    peakInt8OpPerSecond: int8?.peak ?? null,
    memoryBytesPerSecond: bandwidth.peak,
    spread: { flopPerSecond: flop.range, int8OpPerSecond: int8?.range ?? null, bytesPerSecond: bandwidth.range },
    ridgeFlopPerByte: flop.peak / bandwidth.peak,
    threads,
    measuredAt,
  };
}
