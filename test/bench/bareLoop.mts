/**
 * What anyone writes first: a session, three warm-ups, a loop. A process of its own, as the profile's worker is.
 * usage: node --import tsx bareLoop.mts MODEL DIMENSIONS SECONDS THREADS   at least 50 runs, and more until the seconds are over
 * Prints { wholeMs, medianMs }: the whole of session, warm-ups and 50 runs; the median of all runs.
 */

import { InferenceSession } from 'onnxruntime-node';
import { medianOf } from '../../src/core/analysis/statistics.js';
import { readModel } from '../../src/core/model/read.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import type { DimensionRequest } from '../../src/protocol/worker.js';
import { toRuntimeTensors } from '../../src/worker/onnxTensors.js';

const WARM_UP_RUNS = 3;
const RUNS = 50;

const [file = '', dimensions = '[]', seconds = '0', threads = '0'] = process.argv.slice(2);
const { model, scenarios } = analyzeStatically(readModel(file), JSON.parse(dimensions) as DimensionRequest[]);
const { feeds } = await prepareInputs(model, scenarios[0]!.dimensions, [], 1);
const tensors = toRuntimeTensors(feeds);

const start = performance.now();
const session = await InferenceSession.create(file, threads === '0' ? {} : { intraOpNumThreads: Number(threads) });
const times: number[] = [];
let wholeMs = 0;
while (times.length < WARM_UP_RUNS + RUNS || performance.now() - start < Number(seconds) * 1000) {
  const before = performance.now();
  await session.run(tensors);
  times.push(performance.now() - before);
  if (times.length === WARM_UP_RUNS + RUNS) wholeMs = performance.now() - start;
}
console.log(JSON.stringify({ wholeMs, medianMs: medianOf(times.slice(WARM_UP_RUNS)) }));
