/**
 * What recording one event costs on this machine, measured on a chain of tiny ops: with and without recording. The cost
 * in another graph differs from it, so it gives bounds; within them the cost is solved.
 */

import { ExpectedError } from '../common/errors.js';
import { DataTypes } from '../model/dataTypes.js';
import type { Feeds, ModelSource, Runtime, SessionOptions } from '../runtime/port.js';
import type { TracedRun } from '../trace/types.js';
import { type CostBounds, QUANTUM_NS } from './correction.js';
import { middleRuns } from './kernelTimes.js';
import { microModel, node, value } from './microModels.js';
import { meanOf, medianOf } from './statistics.js';
import { sessionOptions, type TraceClock, traceSession } from './tracing.js';

const CHAIN_OPERATORS = 120;
const CHAIN_TYPES = ['Tanh', 'Sigmoid', 'Abs', 'Neg'] as const;
const LENGTH = 8;
const WARM_UP_RUNS = 10;
const RUNS = 40;
/** Both together take a fifth of a second; a machine that needs far longer gets the default bounds. */
const LONGEST_NS = 2e9;
/** Among large kernels an event cost up to 2.4 times what it did in the chain: caches are colder. It was never less than 0.7. */
const LEAST_OF_CHAIN = 0.5;
const MOST_OF_CHAIN = 2.5;

function chainModel(): ModelSource {
  const names = Array.from({ length: CHAIN_OPERATORS }, (_, index) =>
    index + 1 < CHAIN_OPERATORS ? `t${index}` : 'y',
  );
  return microModel({
    nodes: names.map((name, index) => node(CHAIN_TYPES[index % CHAIN_TYPES.length]!, [names[index - 1] ?? 'x'], name)),
    initializers: [],
    inputs: [value('x', DataTypes.float32, [LENGTH])],
    outputs: [value('y', DataTypes.float32, [LENGTH])],
  });
}

/** null when the deadline passed first. */
async function unrecordedNs(
  runtime: Runtime,
  feeds: Feeds,
  options: SessionOptions,
  deadlineNs: number,
  clock: TraceClock,
): Promise<number | null> {
  const session = await runtime.open(chainModel(), options);
  try {
    const samples: number[] = [];
    while (samples.length < WARM_UP_RUNS + RUNS) {
      if (clock.stopRequested() || clock.now() > deadlineNs) return null;
      samples.push(await session.time(feeds));
    }
    return medianOf(samples.slice(WARM_UP_RUNS));
  } finally {
    await session.close();
  }
}

/** Around `costNs`, half a microsecond wider because times are whole microseconds. */
export function boundsAround(costNs: number): CostBounds {
  const known = Math.max(0, costNs);
  return {
    lowNs: Math.max(0, known * LEAST_OF_CHAIN - QUANTUM_NS / 2),
    highNs: known * MOST_OF_CHAIN + QUANTUM_NS / 2,
  };
}

/** In a model of many tiny ops it was up to 1.2 times what the chain showed. */
const USUAL_OF_CHAIN = 1.3;

/** What an event rarely costs more than, within bounds from `boundsAround`. */
export const usualAtMostNs = ({ highNs }: CostBounds): number =>
  (USUAL_OF_CHAIN * (highNs - QUANTUM_NS / 2)) / MOST_OF_CHAIN;

/** (sum of durations + an empty call - median of unrecorded runs) / events; null without events. */
export function chainEventCost(runs: readonly TracedRun[], unrecorded: number, emptyCallNs: number): number | null {
  const counted = middleRuns(runs).filter(({ events }) => events.length > 0);
  if (counted.length === 0) return null;
  const costs = counted.map(({ events }) => {
    const sumNs = events.reduce((sum, { selfUs }) => sum + selfUs * 1000, 0);
    return (sumNs + emptyCallNs - unrecorded) / events.length;
  });
  return meanOf(costs);
}

/** The threads of one session may have to share a core, which makes an event twice as dear: the cheaper of two. */
const CHAINS_ON_SEVERAL_THREADS = 2;

/** null when the deadline passed first, or after a stop. */
async function measureChain(
  runtime: Runtime,
  options: Pick<SessionOptions, 'provider' | 'threads' | 'optimization'>,
  emptyCallNs: number,
  clock: TraceClock,
): Promise<number | null> {
  const feeds: Feeds = { x: { dataType: 'float32', dims: [LENGTH], data: new Float32Array(LENGTH).fill(0.5) } };
  const deadlineNs = clock.now() + LONGEST_NS;
  const unrecorded = await unrecordedNs(runtime, feeds, sessionOptions(options), deadlineNs, clock);
  if (unrecorded === null) return null;
  const plan = { warmUpRuns: WARM_UP_RUNS, runs: RUNS, deadlineNs };
  const recorded = sessionOptions(options, { trace: true });
  const tracing = traceSession(runtime, chainModel(), () => feeds, recorded, plan, clock);
  for (;;) {
    const step = await tracing.next();
    if (!step.done) continue;
    return chainEventCost(step.value.runs, unrecorded, emptyCallNs);
  }
}

async function measure(...of: Parameters<typeof measureChain>): Promise<CostBounds | null> {
  const [, { threads }] = of;
  let leastNs: number | null = null;
  for (let chains = threads === 1 ? 1 : CHAINS_ON_SEVERAL_THREADS; chains > 0; chains--) {
    const costNs = await measureChain(...of);
    if (costNs !== null) leastNs = Math.min(leastNs ?? Infinity, costNs);
  }
  return leastNs === null ? null : boundsAround(leastNs);
}

const known = new WeakMap<Runtime, Map<string, CostBounds>>();

/**
 * Bounds of the cost of one event under these options, measured once in the life of a runtime. null where the provider
 * refuses the chain, after a stop, or on a machine too slow for it.
 */
export async function measureCostBounds(
  runtime: Runtime,
  options: Pick<SessionOptions, 'provider' | 'threads' | 'optimization'>,
  emptyCallNs: number,
  clock: TraceClock,
): Promise<CostBounds | null> {
  const ofRuntime = known.get(runtime) ?? new Map<string, CostBounds>();
  known.set(runtime, ofRuntime);
  const key = JSON.stringify([options.provider, options.threads]);
  const before = ofRuntime.get(key);
  if (before) return before;
  try {
    const bounds = await measure(runtime, options, emptyCallNs, clock);
    if (bounds) ofRuntime.set(key, bounds);
    return bounds;
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return null;
  }
}
