/** What each layer takes in the float model, and what the whole model takes. */

import { attribute } from '../attribution/attribute.js';
import { sessionOptions, traceSession } from '../analysis/tracing.js';
import { medianOf } from '../analysis/statistics.js';
import type { ModelGraph } from '../model/graph.js';
import { readModel } from '../model/read.js';
import { walkNodes } from '../model/walk.js';
import type { Feeds, Runtime, SessionOptions } from '../runtime/port.js';
import { sourceOf } from './preprocess.js';

export interface FloatTimes {
  medianNs: number;
  /** Time of the kernel that runs a node, by the node's name. */
  byNode: ReadonlyMap<string, number>;
}

const WARM_UP_RUNS = 3;
const TRACED_RUNS = 15;
const TIMED_RUNS = 15;
const LONGEST_NS = 3e9;

export async function floatTimes(
  runtime: Runtime,
  model: ModelGraph,
  feeds: Feeds,
  conditions: Pick<SessionOptions, 'threads' | 'optimization'>,
  now: () => number,
): Promise<FloatTimes> {
  const options = sessionOptions({ provider: 'cpu', ...conditions });
  const source = sourceOf(model);
  const timed = await runtime.open(source, options);
  const samples: number[] = [];
  const deadlineNs = now() + LONGEST_NS;
  try {
    for (let run = 0; run < WARM_UP_RUNS + TIMED_RUNS && (run < 2 || now() < deadlineNs); run++)
      samples.push(await timed.time(feeds));
  } finally {
    await timed.close();
  }
  const medianNs = medianOf(samples.length > WARM_UP_RUNS ? samples.slice(WARM_UP_RUNS) : samples.slice(1));
  const tracing = traceSession(
    runtime,
    source,
    () => feeds,
    { ...options, trace: true, saveOptimizedGraph: true },
    { warmUpRuns: WARM_UP_RUNS, runs: TRACED_RUNS, deadlineNs: now() + LONGEST_NS },
    { now, stopRequested: () => false },
  );
  let step = await tracing.next();
  while (!step.done) step = await tracing.next();
  const { runs, optimizedGraphPath } = step.value;
  const times = new Map<string, number>();
  for (const { events } of runs)
    for (const { name, selfUs } of events) times.set(name, (times.get(name) ?? 0) + (selfUs * 1e3) / runs.length);
  return { medianNs, byNode: optimizedGraphPath === null ? times : byOriginalNode(model, optimizedGraphPath, times) };
}

function byOriginalNode(
  model: ModelGraph,
  optimizedGraphPath: string,
  times: ReadonlyMap<string, number>,
): Map<string, number> {
  const names = new Map<string, string>();
  for (const { node } of walkNodes(model)) names.set(node.name, node.name);
  const found = new Map<string, number>();
  for (const { name, operatorIds } of attribute(model, names, readModel(optimizedGraphPath)).nodes)
    for (const original of operatorIds) found.set(original, times.get(name) ?? 0);
  return found;
}
