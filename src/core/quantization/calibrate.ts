/** Ranges of activations, from a few passes over the samples with added outputs. */

import { DataTypes } from '../model/dataTypes.js';
import type { ModelGraph, ValueInfo } from '../model/graph.js';
import { sessionOptions } from '../analysis/tracing.js';
import type { Feeds, Runtime } from '../runtime/port.js';
import { sourceOf } from './preprocess.js';
import { GraphEdit } from './rewrite/edit.js';
import { GraphIndex } from './graphIndex.js';
import type { RowLabels } from './labels.js';
import { Histogram } from './ranges.js';
import type { CalibrationMethod, Range } from './types.js';

export interface SampleSet {
  count: number;
  synthetic: boolean;
  /** For people. */
  label: string;
  feeds(index: number): Promise<Feeds>;
  /** Left out where there are none. */
  labels?: SampleLabels;
}

/** True classes. */
export interface SampleLabels {
  /** Name of their file. */
  source: string;
  /** Of the rows of a sample that was fed before. */
  of(index: number, rows: number): RowLabels;
}

export interface CalibrationOptions {
  method: CalibrationMethod;
  threads: number;
  /** Of added outputs that may be held at once. */
  blockBytes: number;
  /** After each run. */
  tick: (done: number, total: number) => Promise<void>;
}

export interface Calibration {
  /** Of the tensors whose values are all finite. */
  ranges: Map<string, Range>;
  /** Of the first sample. */
  shapes: Map<string, number[]>;
}

/** @param tensors float32 activations. One pass for shapes and extremes; further ones, by blocks, where the method needs counts. */
export async function calibrate(
  runtime: Runtime,
  model: ModelGraph,
  tensors: readonly string[],
  samples: SampleSet,
  options: CalibrationOptions,
): Promise<Calibration> {
  const unique = [...new Set(tensors)];
  const found = await extremes(runtime, model, unique, samples, options);
  if (options.method === 'minMax') return found;
  const ranged = unique.filter((tensor) => found.ranges.has(tensor));
  for (const block of blocks(ranged, found.shapes, options.blockBytes)) {
    const clipped = await histograms(runtime, model, block, found.ranges, samples, options);
    for (const [tensor, range] of clipped) found.ranges.set(tensor, range);
  }
  return found;
}

async function extremes(
  runtime: Runtime,
  model: ModelGraph,
  tensors: readonly string[],
  samples: SampleSet,
  options: CalibrationOptions,
): Promise<Calibration> {
  const { probed, outputs } = withExtremes(model, tensors);
  const session = await runtime.open(sourceOf(probed), calibrationSession(options.threads));
  const calibration: Calibration = { ranges: new Map(), shapes: new Map() };
  const broken = new Set<string>();
  try {
    for (let sample = 0; sample < samples.count; sample++) {
      const values = await session.evaluate(await samples.feeds(sample));
      for (const [tensor, names] of outputs) {
        const min = Number(values[names.min]?.data[0]);
        const max = Number(values[names.max]?.data[0]);
        const known = calibration.ranges.get(tensor);
        if (!Number.isFinite(min) || !Number.isFinite(max)) broken.add(tensor);
        calibration.ranges.set(tensor, {
          min: Math.min(min, known?.min ?? min),
          max: Math.max(max, known?.max ?? max),
        });
        if (sample === 0) calibration.shapes.set(tensor, Array.from(values[names.shape]?.data ?? [], Number));
      }
      await options.tick(sample + 1, samples.count);
    }
  } finally {
    await session.close();
  }
  for (const tensor of broken) calibration.ranges.delete(tensor);
  return calibration;
}

const calibrationSession = (threads: number): ReturnType<typeof sessionOptions> =>
  sessionOptions({ provider: 'cpu', threads, optimization: 'extended' }, { stopSpinning: true });

interface ProbeNames {
  min: string;
  max: string;
  shape: string;
}

function withExtremes(
  model: ModelGraph,
  tensors: readonly string[],
): { probed: ModelGraph; outputs: Map<string, ProbeNames> } {
  const edit = new GraphEdit(model.graph);
  const index = new GraphIndex(model.graph);
  const outputs = new Map<string, ProbeNames>();
  const infos: ValueInfo[] = [];
  const add = (opType: string, tensor: string, dataType: number, shape: null[]): string => {
    const name = edit.fresh(`${tensor}_${opType}`);
    const keep = { name: 'keepdims', type: 'int', value: 0 } as const;
    const node = edit.node(opType, [tensor], name, { attributes: opType === 'Shape' ? [] : [keep] });
    edit.insertAfter(index.producer(tensor), node);
    infos.push({ name, type: { kind: 'tensor', dataType, shape } });
    return name;
  };
  for (const tensor of tensors) {
    outputs.set(tensor, {
      min: add('ReduceMin', tensor, DataTypes.float32, []),
      max: add('ReduceMax', tensor, DataTypes.float32, []),
      shape: add('Shape', tensor, DataTypes.int64, [null]),
    });
  }
  const graph = edit.finish();
  return { probed: { ...model, graph: { ...graph, outputs: [...graph.outputs, ...infos] } }, outputs };
}

/** In order, each as large as may be held, one tensor at least. */
export function blocks(
  tensors: readonly string[],
  shapes: ReadonlyMap<string, readonly number[]>,
  limit: number,
): string[][] {
  const found: string[][] = [];
  let bytes = Infinity;
  for (const tensor of tensors) {
    const size = 4 * (shapes.get(tensor) ?? []).reduce((product, dim) => product * dim, 1);
    if (bytes + size > limit) {
      found.push([]);
      bytes = 0;
    }
    found.at(-1)!.push(tensor);
    bytes += size;
  }
  return found;
}

async function histograms(
  runtime: Runtime,
  model: ModelGraph,
  tensors: readonly string[],
  ranges: ReadonlyMap<string, Range>,
  samples: SampleSet,
  options: CalibrationOptions,
): Promise<Map<string, Range>> {
  const outputs = new Set(model.graph.outputs.map(({ name }) => name));
  const added = tensors
    .filter((name) => !outputs.has(name) && !model.graph.inputs.some((input) => input.name === name))
    .map((name): ValueInfo => ({ name, type: { kind: 'tensor', dataType: DataTypes.float32, shape: null } }));
  const probed = { ...model, graph: { ...model.graph, outputs: [...model.graph.outputs, ...added] } };
  const counts = new Map(tensors.map((tensor) => [tensor, new Histogram(ranges.get(tensor)!)]));
  const session = await runtime.open(sourceOf(probed), calibrationSession(options.threads));
  try {
    for (let sample = 0; sample < samples.count; sample++) {
      const feeds = await samples.feeds(sample);
      const values = await session.evaluate(feeds);
      for (const [tensor, histogram] of counts) {
        const value = values[tensor] ?? feeds[tensor];
        if (value) histogram.add(value.data as Float32Array);
      }
      await options.tick(sample + 1, samples.count);
    }
  } finally {
    await session.close();
  }
  return new Map([...counts].map(([tensor, histogram]) => [tensor, histogram.clipped(options.method)]));
}
