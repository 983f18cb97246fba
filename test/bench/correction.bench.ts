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

/** What a profile takes that nobody set anything for. */
const PROFILE_SECONDS = 10;
const ALONE_SECONDS = 1.5;
const WARM_UP_RUNS = 10;
/** The middle of so many counts: a shared host spoils one in six. */
const TURNS = 5;

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

/** Parts, profile, parts again: the quicker of each part. */
async function turn(parts: readonly Build[], threads: number): Promise<Measured> {
  const options = runOptions({ threads, budgetSeconds: PROFILE_SECONDS });
  const before = await alone(parts, threads);
  const { scenario } = await withModel(parts, (file) => profiled(file, options));
  const after = await alone(parts, threads);
  return { aloneNs: before.map((time, part) => Math.min(time, after[part]!)), scenario };
}

async function turns(parts: readonly Build[], threads: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  while (measured.length < TURNS) measured.push(await turn(parts, threads));
  return measured;
}

const medianOf = ({ latency }: Scenario): number => latency?.medianNs ?? Infinity;

const sum = (kernels: readonly Kernel[]): number => kernels.reduce((total, { timeNs }) => total + timeNs, 0);

/** The middle of the turns, held to the bar, and all of them. */
function overTurns(what: string, values: readonly number[], unit: string, bar: Figure['bar']): Figure[] {
  const sorted = [...values].sort((a, b) => a - b);
  const all = sorted.map((value) => value.toPrecision(3)).join(', ');
  return [{ what: `${what} (of ${all})`, value: medianOfSamples(sorted), unit, ...(bar && { bar }) }];
}

async function besideTiny(threads: number): Promise<Figure[]> {
  const measured = (await turns([twoMatMuls, tinyOperators], threads)).map(({ aloneNs, scenario }) => {
    const [largeNs = NaN, tinyNs = NaN] = aloneNs;
    const median = medianOf(scenario);
    const found = scenario.kernels.filter(({ opType }) => opType === 'MatMul');
    const others = scenario.kernels.filter(({ opType }) => opType !== 'MatMul');
    const points = (foundNs: number, truthNs: number): number => (Math.abs(foundNs - truthNs) / median) * 100;
    return {
      median: median / 1000,
      parts: (largeNs + tinyNs) / median,
      cost: scenario.overhead?.eventCostNs ?? NaN,
      scale: scenario.overhead?.scale ?? NaN,
      large: sum(found) / 1000,
      largeAlone: largeNs / 1000,
      tiny: sum(others) / 1000,
      tinyAlone: tinyNs / 1000,
      largeOff: points(sum(found), largeNs),
      tinyOff: points(sum(others), tinyNs),
      untrusted: others.filter(({ trusted }) => !trusted).length / others.length,
    };
  });
  const where = `${threads} thread${threads === 1 ? '' : 's'}`;
  const figure = (key: keyof (typeof measured)[number], what: string, unit: string, bar?: Figure['bar']): Figure[] =>
    overTurns(
      `${where}: ${what}`,
      measured.map((one) => one[key]),
      unit,
      bar,
    );
  return [
    ...figure('median', 'median of both parts', 'µs'),
    ...figure('parts', 'the parts alone, of it', ''),
    ...figure('cost', 'cost of one event', 'ns'),
    ...figure('scale', 'scaled afterwards by', ''),
    ...figure('large', '2 MatMuls, corrected', 'µs'),
    ...figure('largeAlone', '2 MatMuls, alone', 'µs'),
    ...figure('tiny', '500 tiny ops, corrected', 'µs'),
    ...figure('tinyAlone', '500 tiny ops, alone', 'µs'),
    ...figure('largeOff', 'MatMuls off by', 'points', { atMost: 10 }),
    ...figure('tinyOff', 'tiny ops off by', 'points', { atMost: 10 }),
    ...figure('untrusted', 'tiny ops untrusted', 'share', { atLeast: 0.95 }),
  ];
}

async function oneTwoFour(): Promise<Figure[]> {
  const sizes = [1, 2, 4];
  const measured = await turns(sizes.map(matMul), 1);
  return sizes.flatMap((size, index) => {
    const offs = measured.map(({ aloneNs, scenario }) => {
      const kernel = scenario.kernels.find(
        ({ opType, outputShapes }) => opType === 'MatMul' && outputShapes[0]?.[1] === 512 * size,
      );
      return Math.abs((kernel?.timeNs ?? NaN) / aloneNs[index]! - 1) * 100;
    });
    return overTurns(`MatMul of size ${size}, off from itself alone by`, offs, '%', { atMost: 10 });
  });
}

const benchmark: Benchmark = {
  name: 'corrected kernel times against parts measured alone',
  run: async function* () {
    yield* await besideTiny(1);
    yield* await besideTiny(2);
    yield* await oneTwoFour();
  },
};

export default benchmark;
