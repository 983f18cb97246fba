import { realModels } from '../models/index.js';
import type { Benchmark } from './bench.js';
import { bareLoop, profile } from './profiling.js';

const BUDGET_SECONDS = 2;
const ROUNDS = 3;

const benchmark: Benchmark = {
  name: 'first hotspots of the text detector at 640×640, in bare loops of a session, 3 warm-ups and 50 runs',
  run: async () => {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { wholeMs } = bareLoop(realModels.det, [], 0);
      const { firstHotspotsMs, sinceWorkerMs } = await profile(realModels.det, [], BUDGET_SECONDS);
      rounds.push({ wholeMs, all: firstHotspotsMs / wholeMs, worker: sinceWorkerMs / wholeMs, firstHotspotsMs });
    }
    const [middle] = rounds.sort((a, b) => a.all - b.all).slice(Math.floor(ROUNDS / 2));
    return [
      { what: 'from the call, the process started', value: middle!.all, unit: 'loops', bar: { atMost: 2.5 } },
      { what: 'from the first word of the worker', value: middle!.worker, unit: 'loops', bar: { atMost: 2.5 } },
      { what: 'from the call', value: middle!.firstHotspotsMs, unit: 'ms' },
      { what: 'the bare loop', value: middle!.wholeMs, unit: 'ms' },
    ];
  },
};

export default benchmark;
