/** A candidate against the float model: accuracy over the samples, speed in rounds that interleave the two. */

import { intervalOverRounds, meanHalfWidth, medianOf } from '../analysis/statistics.js';
import { sessionOptions } from '../analysis/tracing.js';
import type { LoadGauge } from '../runtime/gauge.js';
import type { Feeds, ModelSource, Runtime, RuntimeSession, SessionOptions } from '../runtime/port.js';
import type { SampleSet } from './calibrate.js';
import { compareOutputs, type OutputComparison } from './compareOutputs.js';

export interface ComparisonOptions extends Pick<SessionOptions, 'threads' | 'optimization'> {
  budgetNs: number;
  now: () => number;
  stopRequested: () => boolean;
  gauge: LoadGauge;
}

export interface Comparison {
  medianNs: number;
  floatNs: number;
  speedup: number;
  speedupInterval: [number, number];
  accuracy: OutputComparison;
}

const WARM_UP_RUNS = 4;
const ROUNDS = 7;
const LEAST_ROUNDS = 3;
const MOST_RUNS = 200;
/** Cores that others may use before a round is set aside. */
const DISTURBED_ABOVE = 0.25;

/** ExpectedError when the runtime refuses either. */
export async function compare(
  runtime: Runtime,
  float: ModelSource,
  candidate: ModelSource,
  samples: SampleSet,
  options: ComparisonOptions,
): Promise<Comparison> {
  // A pool that spins after its run would take the other session's cores.
  const conditions = sessionOptions({ provider: 'cpu', ...options }, { stopSpinning: options.threads !== 1 });
  const sessions: RuntimeSession[] = [];
  try {
    for (const source of [float, candidate]) sessions.push(await runtime.open(source, conditions));
    const [first, second] = sessions as [RuntimeSession, RuntimeSession];
    const accuracy = await compareOutputs(first, second, samples, options.stopRequested);
    return { ...(await race(first, second, await samples.feeds(0), options)), accuracy };
  } finally {
    for (const session of sessions) await session.close();
  }
}

async function race(
  float: RuntimeSession,
  candidate: RuntimeSession,
  feeds: Feeds,
  options: ComparisonOptions,
): Promise<Omit<Comparison, 'accuracy'>> {
  const deadline = options.now() + options.budgetNs;
  let pairNs = 0;
  for (let run = 0; run < WARM_UP_RUNS; run++) pairNs = (await float.time(feeds)) + (await candidate.time(feeds));
  const runs = Math.max(1, Math.min(MOST_RUNS, Math.floor(options.budgetNs / ROUNDS / Math.max(1, pairNs))));
  const rounds: { float: number[]; candidate: number[]; load: number }[] = [];
  while (
    rounds.length < ROUNDS &&
    (rounds.length < LEAST_ROUNDS || (options.now() < deadline && !options.stopRequested()))
  ) {
    const endLoad = options.gauge.begin();
    const round = { float: [] as number[], candidate: [] as number[], load: 0 };
    for (let run = 0; run < runs; run++) {
      round.float.push(await float.time(feeds));
      round.candidate.push(await candidate.time(feeds));
    }
    rounds.push({ ...round, load: endLoad() });
  }
  const quiet = rounds.filter(({ load }) => load <= DISTURBED_ABOVE);
  const kept = quiet.length >= LEAST_ROUNDS ? quiet : rounds;
  const medianNs = medianOf(kept.flatMap((round) => round.candidate));
  const floatNs = medianOf(kept.flatMap((round) => round.float));
  const ratios = kept.map((round) => medianOf(round.float) / medianOf(round.candidate));
  const speedup = floatNs / medianNs;
  const half = kept.length > 1 ? meanHalfWidth(ratios) : 0;
  const [low, high] = kept.length > 1 ? [speedup - half, speedup + half] : intervalOverRounds([ratios]);
  return { medianNs, floatNs, speedup, speedupInterval: [Math.max(0, low), high] };
}
