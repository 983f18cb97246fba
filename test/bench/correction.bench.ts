/** Kernel times after correction, against models that hold one part alone and are measured without a profiler. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildKernels } from '../../src/core/analysis/kernels.js';
import { medianOf } from '../../src/core/analysis/statistics.js';
import { attribute } from '../../src/core/attribution/attribute.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { inlineFunctions } from '../../src/core/model/inline.js';
import { readModel } from '../../src/core/model/read.js';
import { withSafeNames } from '../../src/core/model/safeNames.js';
import { writeModel } from '../../src/core/model/write.js';
import { readTrace } from '../../src/core/trace/read.js';
import type { TracedRun } from '../../src/core/trace/types.js';
import type { Kernel } from '../../src/protocol/report.js';
import { GraphBuilder } from '../models/builder.js';
import { generate } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';

const ROUNDS = 5;
const RUNS = 60;
const WARM_UP = 10;

interface Opened {
  session: InferenceSession;
  feeds: Record<string, Tensor>;
}

async function open(model: ModelGraph, threads: number, more: InferenceSession.SessionOptions = {}): Promise<Opened> {
  const session = await InferenceSession.create(writeModel(model, { weights: 'inline' }), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    // Sessions take turns here: an idle one must not spin beside the one that is measured.
    extra: { session: { force_spinning_stop: '1' } },
    ...more,
  });
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    if (!input.isTensor) throw new Error('only tensors here');
    const dims = input.shape.map(Number);
    const count = dims.reduce((product, dim) => product * dim, 1);
    feeds[input.name] = new Tensor(
      'float32',
      Float32Array.from({ length: count }, () => Math.random()),
      dims,
    );
  }
  return { session, feeds };
}

async function round({ session, feeds }: Opened, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < WARM_UP + runs; run += 1) {
    const start = process.hrtime.bigint();
    await session.run(feeds);
    if (run >= WARM_UP) times.push(Number(process.hrtime.bigint() - start));
  }
  return times;
}

/** Medians without a profiler, rounds interleaved. */
async function unprofiled(models: readonly ModelGraph[], threads: number): Promise<number[]> {
  const opened: Opened[] = [];
  for (const model of models) opened.push(await open(model, threads));
  const times = opened.map((): number[] => []);
  for (let index = 0; index < ROUNDS; index += 1)
    for (const [position, one] of opened.entries()) times[position]!.push(...(await round(one, RUNS)));
  for (const { session } of opened) await session.release();
  return times.map(medianOf);
}

async function traced(model: ModelGraph, threads: number): Promise<{ runs: TracedRun[]; optimized: ModelGraph }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const optimizedModelFilePath = path.join(folder, 'optimized.onnx');
    const profileFilePrefix = path.join(folder, 'trace');
    const one = await open(model, threads, { enableProfiling: true, profileFilePrefix, optimizedModelFilePath });
    await round(one, RUNS);
    one.session.endProfiling();
    await one.session.release();
    const file = readdirSync(folder).find((name) => name.startsWith('trace')) ?? '';
    const { runs } = await readTrace(path.join(folder, file));
    return { runs: runs.slice(WARM_UP), optimized: readModel(optimizedModelFilePath) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function kernelsOf(model: ModelGraph, threads: number, medianNs: number, emptyCallNs: number) {
  const { model: safe, operatorIdByNodeName } = withSafeNames(inlineFunctions(model));
  const rounds: TracedRun[][] = [];
  let optimized = safe;
  for (let index = 0; index < 3; index += 1) {
    const one = await traced(safe, threads);
    rounds.push(one.runs);
    optimized = one.optimized;
  }
  return buildKernels({
    rounds,
    attribution: attribute(safe, operatorIdByNodeName, optimized),
    medianNs,
    medianErrorNs: medianNs * 0.02,
    emptyCallNs,
    threads,
    operators: [],
    modules: new Map(),
    costs: new Map(),
  });
}

function emptyModel(): ModelGraph {
  const b = new GraphBuilder();
  b.add('Identity', [b.input('x', [8])], { outputs: ['y'] });
  b.output('y', [8]);
  return b.model();
}

const sum = (kernels: readonly Kernel[]): number => kernels.reduce((total, { timeNs }) => total + timeNs, 0);

async function besideTiny(threads: number): Promise<Figure[]> {
  const both = generate('matMulsBesideTiny');
  const models = [both, generate('matMulsAlone'), generate('tinyAlone'), emptyModel()];
  const [median = 0, large = 0, tiny = 0, empty = 0] = await unprofiled(models, threads);
  const { kernels, overhead } = await kernelsOf(both, threads, median, empty);
  const found = kernels.filter(({ opType }) => opType === 'MatMul');
  const others = kernels.filter(({ opType }) => opType !== 'MatMul');
  const points = (measured: number, truth: number): number => (Math.abs(measured - (truth - empty)) / median) * 100;
  const where = `${threads} thread${threads === 1 ? '' : 's'}`;
  const untrusted = others.filter(({ trusted }) => !trusted).length / others.length;
  return [
    { what: `${where}: median of both parts`, value: median / 1000, unit: 'µs' },
    { what: `${where}: cost of one event`, value: overhead?.eventCostNs ?? NaN, unit: 'ns' },
    { what: `${where}: 2 MatMuls, corrected`, value: sum(found) / 1000, unit: 'µs' },
    { what: `${where}: 2 MatMuls, alone`, value: (large - empty) / 1000, unit: 'µs' },
    { what: `${where}: 500 tiny ops, corrected`, value: sum(others) / 1000, unit: 'µs' },
    { what: `${where}: 500 tiny ops, alone`, value: (tiny - empty) / 1000, unit: 'µs' },
    { what: `${where}: MatMuls off by`, value: points(sum(found), large), unit: 'points', bar: { atMost: 10 } },
    { what: `${where}: tiny ops off by`, value: points(sum(others), tiny), unit: 'points', bar: { atMost: 10 } },
    { what: `${where}: tiny ops untrusted`, value: untrusted, unit: 'share', bar: { atLeast: 0.95 } },
  ];
}

async function oneTwoFour(): Promise<Figure[]> {
  const all = generate('matMuls124');
  const models = [all, generate('matMul1'), generate('matMul2'), generate('matMul4'), emptyModel()];
  const medians = await unprofiled(models, 1);
  const empty = medians[4]!;
  const { kernels } = await kernelsOf(all, 1, medians[0]!, empty);
  return [1, 2, 4].map((size, index): Figure => {
    const kernel = kernels.find(({ outputShapes }) => outputShapes[0]?.[1] === 512 * size);
    const ratio = (kernel?.timeNs ?? NaN) / (medians[index + 1]! - empty);
    return {
      what: `MatMul of size ${size} against itself alone, off by`,
      value: Math.abs(ratio - 1) * 100,
      unit: '%',
      bar: { atMost: 10 },
    };
  });
}

const benchmark: Benchmark = {
  name: 'corrected kernel times against parts measured alone',
  run: async () => [...(await besideTiny(1)), ...(await besideTiny(2)), ...(await oneTwoFour())],
};

export default benchmark;
