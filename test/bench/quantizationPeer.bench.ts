import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { readModel } from '../../src/core/model/read.js';
import { writeModel } from '../../src/core/model/write.js';
import { compare, type Comparison } from '../../src/core/quantization/measurePlan.js';
import { createLoadGauge } from '../../src/core/runtime/gauge.js';
import type { Feeds } from '../../src/core/runtime/port.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { fixture, realModels } from '../models/index.js';
import { npy } from '../worker/quantizeSamples.js';
import type { Benchmark, Figure } from './bench.js';
import { runPython } from './python.js';
import { detSize, page, quantize, type ReadBenchSample, resNet18, SAMPLES, seeded } from './quantizationModels.js';

interface Peer {
  name: string;
  file: string;
  dimensions: Record<string, number>;
  sample: ReadBenchSample;
  /** static: ours in the same method; recommended: ours as our search would have it. */
  ours: string | undefined;
  theirs: 'static' | 'dynamic';
}

const BUDGET_NS = 4e9;

/** The samples at even places, which calibrate ours too. */
async function writeCalibration(file: string, { file: model, sample }: Peer): Promise<string> {
  const graph = readModel(model);
  const all: Feeds[] = [];
  for (let index = 0; index < SAMPLES; index += 2) all.push(await sample(graph, index));
  const [name = '', first] = Object.entries(all[0] ?? {})[0] ?? [];
  const values = all.flatMap((feeds) => [...(feeds[name]?.data as Float32Array)]);
  writeFileSync(
    file,
    zipSync({ [`${name}.npy`]: npy([all.length, ...first!.dims.slice(1)], Float32Array.from(values)) }),
  );
  return name;
}

/** Against the float model, by the samples at odd places. */
function judged(folder: string, peer: Peer, candidate: string): Promise<Comparison> {
  const graph = readModel(peer.file);
  return compare(
    createRuntime(folder),
    { kind: 'file', path: peer.file },
    { kind: 'file', path: candidate },
    { count: SAMPLES / 2, synthetic: false, label: '', feeds: (index) => peer.sample(graph, 2 * index + 1) },
    {
      threads: 1,
      optimization: 'all',
      budgetNs: BUDGET_NS,
      now: () => performance.now() * 1e6,
      stopRequested: () => false,
      gauge: createLoadGauge(),
    },
  );
}

async function figuresOf(folder: string, peer: Peer): Promise<Figure[]> {
  const [ours, theirs, samples] = ['ours.onnx', 'theirs.onnx', 'samples.npz'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  const words = peer.theirs === 'static' ? [samples, await writeCalibration(samples, peer)] : [];
  if (runPython([peer.theirs, peer.file, theirs, ...words]) === null) return [];
  const method = peer.ours === undefined ? {} : { method: peer.ours };
  await quantize(peer.file, peer.dimensions, peer.sample, { ...method, saveTo: ours });
  const [own, other] = [await judged(folder, peer, ours), await judged(folder, peer, theirs)];
  const show = ({ speedup, accuracy }: Comparison): string =>
    `${speedup.toFixed(2)}x ${accuracy.sqnrDb?.toFixed(1)} dB`;
  console.log(`  ${peer.name}: ours ${show(own)}, theirs ${show(other)}`);
  const decibels = (own.accuracy.sqnrDb ?? NaN) - (other.accuracy.sqnrDb ?? NaN);
  return [
    {
      what: `${peer.name}: speed-up, ours to theirs`,
      value: own.speedup / other.speedup,
      unit: 'x',
      bar: { atLeast: 0.97 },
    },
    { what: `${peer.name}: SQNR, ours less theirs`, value: decibels, unit: 'dB', bar: { atLeast: -0.5 } },
  ];
}

const benchmark: Benchmark = {
  name: 'quantization: beside the quantizer of ONNX Runtime for Python, on the same calibration data',
  run: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    const cnn = path.join(folder, 'resnet18.onnx');
    writeFileSync(cnn, writeModel(resNet18(), { weights: 'inline' }));
    const sequence = { batch: 1, sequence: 128 };
    const bound = Object.entries(sequence).map(([name, value]) => ({ name, value }));
    const peers: Peer[] = [
      { name: 'ResNet-18', file: cnn, dimensions: {}, sample: seeded([]), ours: 'staticInt8Around', theirs: 'static' },
      {
        name: 'encoder',
        file: fixture('mediumEncoder'),
        dimensions: sequence,
        sample: seeded(bound),
        ours: 'dynamicInt8',
        theirs: 'dynamic',
      },
      {
        name: 'det',
        file: realModels.det,
        dimensions: detSize,
        sample: (_, index) => Promise.resolve(page(index)),
        ours: undefined,
        theirs: 'static',
      },
    ];
    try {
      const figures: Figure[] = [];
      for (const peer of peers) figures.push(...(await figuresOf(folder, peer)));
      return figures;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

export default benchmark;
