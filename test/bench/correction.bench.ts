/** Kernel times after correction, as a profile gives them, against models that hold one part alone, unprofiled. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { medianOf as medianOfSamples } from '../../src/core/analysis/statistics.js';
import { writeModel } from '../../src/core/model/write.js';
import type { Kernel, Scenario } from '../../src/protocol/report.js';
import { GraphBuilder } from '../models/builder.js';
import type { Benchmark, Figure } from './bench.js';
import { medianNs, now, profiled, runOptions, type TimedCall, timedCall } from './measured.js';

const PROFILE_SECONDS = 5;
const ALONE_SECONDS = 1.5;
const WARM_UP_RUNS = 10;
/** Of so many the one during which the machine was the steadiest. */
const TURNS = 3;

type Build = (b: GraphBuilder) => void;

const nothing: Build = (b) => {
  b.add('Identity', [b.input('x', [8])], { outputs: ['y'] });
  b.output('y', [8]);
};

/** Ends in one row: a large output is memory fresh from the system, whose cost depends on what was freed before. */
function firstRow(b: GraphBuilder, value: string, columns: number, name: string): void {
  b.add('Gather', [value, b.ints([0])], { outputs: [name] });
  b.output(name, [1, columns]);
}

const twoMatMuls: Build = (b) => {
  const weight = (): string => b.weight([512, 512], { scale: 0.04 });
  const first = b.add('MatMul', [b.input('x', [256, 512]), weight()]);
  firstRow(b, b.add('MatMul', [first, weight()]), 512, 'y');
};

const tinyOperators: Build = (b) => {
  let x = b.input('small', [8]);
  for (let index = 0; index < 500; index++) {
    const isLast = index === 499;
    const type = ['Tanh', 'Sigmoid', 'Abs', 'Neg'][index % 4]!;
    x = b.add(type, [x], isLast ? { outputs: ['small_out'] } : {});
  }
  b.output('small_out', [8]);
};

const matMul =
  (size: number): Build =>
  (b) => {
    const weight = b.weight([512, 512 * size], { scale: 0.04 });
    firstRow(b, b.add('MatMul', [b.input(`x${size}`, [256, 512]), weight]), 512 * size, `y${size}`);
  };

const seconds = (time: number): number => time * 1e9;

async function withModel<T>(parts: readonly Build[], use: (file: string) => Promise<T>): Promise<T> {
  const b = new GraphBuilder({ seed: 37 });
  for (const part of parts) part(b);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const file = path.join(folder, 'model.onnx');
    writeFileSync(file, writeModel(b.model(), { weights: 'inline' }));
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Without a profiler, each in a loop of its own, less a call that does nothing. */
async function inLoops(parts: readonly Build[], threads: number): Promise<number[]> {
  const options = runOptions({ threads, budgetSeconds: ALONE_SECONDS });
  const empty = await withModel([nothing], (file) => medianNs(file, { ...options, budgetSeconds: 1 }));
  const times: number[] = [];
  for (const part of parts) times.push((await withModel([part], (file) => medianNs(file, options))) - empty);
  return times;
}

/**
 * Without a profiler, one call of each after the other, less a call that does nothing: each finds the caches as the
 * others leave them, as it does in a model that has them all. A loop of one small part finds its weights in the cache
 * and is a tenth quicker. On one thread only: sessions with threads of their own disturb one another.
 */
async function oneAfterAnother(parts: readonly Build[]): Promise<number[]> {
  const calls: TimedCall[] = [];
  try {
    for (const part of [nothing, ...parts]) calls.push(await withModel([part], (file) => timedCall(file, 1)));
    const samples = calls.map((): number[] => []);
    const until = now() + seconds(ALONE_SECONDS * parts.length);
    while (now() < until) for (const [index, { time }] of calls.entries()) samples[index]!.push(await time());
    const [empty = NaN, ...times] = samples.map((ofOne) => medianOfSamples(ofOne.slice(WARM_UP_RUNS)));
    return times.map((time) => time - empty);
  } finally {
    for (const { close } of calls) await close();
  }
}

const alone = (parts: readonly Build[], threads: number): Promise<number[]> =>
  threads === 1 ? oneAfterAnother(parts) : inLoops(parts, threads);

interface Measured {
  /** By part. */
  aloneNs: number[];
  scenario: Scenario;
}

/** By how much the whole differs from its parts, of the whole: what the machine did between the two, not the correction. */
const unsteadiness = ({ aloneNs, scenario }: Measured): number =>
  Math.abs(1 - aloneNs.reduce((total, time) => total + time, 0) / medianOf(scenario));

/** Parts, profile, parts again: the quicker of each part. */
async function turn(parts: readonly Build[], threads: number): Promise<Measured> {
  const options = runOptions({ threads, budgetSeconds: PROFILE_SECONDS });
  const before = await alone(parts, threads);
  const { scenario } = await withModel(parts, (file) => profiled(file, options));
  const after = await alone(parts, threads);
  return { aloneNs: before.map((time, part) => Math.min(time, after[part]!)), scenario };
}

async function steadiestTurn(parts: readonly Build[], threads: number): Promise<Measured> {
  let steadiest = await turn(parts, threads);
  for (let count = 1; count < TURNS; count++) {
    const next = await turn(parts, threads);
    if (unsteadiness(next) < unsteadiness(steadiest)) steadiest = next;
  }
  return steadiest;
}

const medianOf = ({ latency }: Scenario): number => latency?.medianNs ?? Infinity;

const sum = (kernels: readonly Kernel[]): number => kernels.reduce((total, { timeNs }) => total + timeNs, 0);

async function besideTiny(threads: number): Promise<Figure[]> {
  const { aloneNs, scenario } = await steadiestTurn([twoMatMuls, tinyOperators], threads);
  const [large = NaN, tiny = NaN] = aloneNs;
  const { kernels, overhead } = scenario;
  const median = medianOf(scenario);
  const found = kernels.filter(({ opType }) => opType === 'MatMul');
  const others = kernels.filter(({ opType }) => opType !== 'MatMul');
  const points = (measured: number, truth: number): number => (Math.abs(measured - truth) / median) * 100;
  const where = `${threads} thread${threads === 1 ? '' : 's'}`;
  const untrusted = others.filter(({ trusted }) => !trusted).length / others.length;
  return [
    { what: `${where}: median of both parts`, value: median / 1000, unit: 'µs' },
    { what: `${where}: the parts alone, of it`, value: (large + tiny) / median, unit: '' },
    { what: `${where}: cost of one event`, value: overhead?.eventCostNs ?? NaN, unit: 'ns' },
    { what: `${where}: scaled afterwards by`, value: overhead?.scale ?? NaN, unit: '' },
    { what: `${where}: 2 MatMuls, corrected`, value: sum(found) / 1000, unit: 'µs' },
    { what: `${where}: 2 MatMuls, alone`, value: large / 1000, unit: 'µs' },
    { what: `${where}: 500 tiny ops, corrected`, value: sum(others) / 1000, unit: 'µs' },
    { what: `${where}: 500 tiny ops, alone`, value: tiny / 1000, unit: 'µs' },
    { what: `${where}: MatMuls off by`, value: points(sum(found), large), unit: 'points', bar: { atMost: 10 } },
    { what: `${where}: tiny ops off by`, value: points(sum(others), tiny), unit: 'points', bar: { atMost: 10 } },
    { what: `${where}: tiny ops untrusted`, value: untrusted, unit: 'share', bar: { atLeast: 0.95 } },
  ];
}

async function oneTwoFour(): Promise<Figure[]> {
  const sizes = [1, 2, 4];
  const { aloneNs, scenario } = await steadiestTurn(sizes.map(matMul), 1);
  const figures: Figure[] = [];
  for (const [index, size] of sizes.entries()) {
    const kernel = scenario.kernels.find(
      ({ opType, outputShapes }) => opType === 'MatMul' && outputShapes[0]?.[1] === 512 * size,
    );
    const ratio = (kernel?.timeNs ?? NaN) / aloneNs[index]!;
    figures.push({ what: `MatMul of size ${size} against itself alone`, value: ratio, unit: '' });
    figures.push({ what: '    off by', value: Math.abs(ratio - 1) * 100, unit: '%', bar: { atMost: 10 } });
  }
  return figures;
}

const benchmark: Benchmark = {
  name: 'corrected kernel times against parts measured alone',
  run: async () => [...(await besideTiny(1)), ...(await besideTiny(2)), ...(await oneTwoFour())],
};

export default benchmark;
