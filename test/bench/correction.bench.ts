/** Kernel times after correction, as a profile gives them, against models that hold one part alone, unprofiled. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeModel } from '../../src/core/model/write.js';
import type { Kernel } from '../../src/protocol/report.js';
import { GraphBuilder } from '../models/builder.js';
import { fixture } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { medianNs, profiled, runOptions } from './measured.js';

const PROFILE_SECONDS = 6;
const ALONE_SECONDS = 3;

/** A call that does nothing, which every median alone contains. */
async function emptyCallNs(threads: number): Promise<number> {
  const b = new GraphBuilder();
  b.add('Identity', [b.input('x', [8])], { outputs: ['y'] });
  b.output('y', [8]);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const file = path.join(folder, 'empty.onnx');
    writeFileSync(file, writeModel(b.model(), { weights: 'inline' }));
    return await medianNs(file, runOptions({ threads, budgetSeconds: 1 }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sum = (kernels: readonly Kernel[]): number => kernels.reduce((total, { timeNs }) => total + timeNs, 0);

async function besideTiny(threads: number): Promise<Figure[]> {
  const alone = runOptions({ threads, budgetSeconds: ALONE_SECONDS });
  const empty = await emptyCallNs(threads);
  const large = (await medianNs(fixture('matMulsAlone'), alone)) - empty;
  const tiny = (await medianNs(fixture('tinyAlone'), alone)) - empty;
  const { scenario } = await profiled(
    fixture('matMulsBesideTiny'),
    runOptions({ threads, budgetSeconds: PROFILE_SECONDS }),
  );
  const { kernels, overhead, latency } = scenario;
  const median = latency?.medianNs ?? NaN;
  const found = kernels.filter(({ opType }) => opType === 'MatMul');
  const others = kernels.filter(({ opType }) => opType !== 'MatMul');
  const points = (measured: number, truth: number): number => (Math.abs(measured - truth) / median) * 100;
  const where = `${threads} thread${threads === 1 ? '' : 's'}`;
  const untrusted = others.filter(({ trusted }) => !trusted).length / others.length;
  return [
    { what: `${where}: median of both parts`, value: median / 1000, unit: 'µs' },
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
  const alone = runOptions({ threads: 1, budgetSeconds: ALONE_SECONDS });
  const empty = await emptyCallNs(1);
  const { scenario } = await profiled(
    fixture('matMuls124'),
    runOptions({ threads: 1, budgetSeconds: PROFILE_SECONDS }),
  );
  const figures: Figure[] = [];
  for (const size of [1, 2, 4] as const) {
    const kernel = scenario.kernels.find(({ outputShapes }) => outputShapes[0]?.[1] === 512 * size);
    const ratio = (kernel?.timeNs ?? NaN) / ((await medianNs(fixture(`matMul${size}`), alone)) - empty);
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
