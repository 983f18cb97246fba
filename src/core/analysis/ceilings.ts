/** Models that keep the machine at one of its ceilings, and how to read the rate off their runs. */

import { DataTypes } from '../model/dataTypes.js';
import type { TensorRef } from '../model/graph.js';
import { createRandom } from '../runtime/inputs/random.js';
import type { Feeds, ModelSource } from '../runtime/port.js';
import type { TracedRun } from '../trace/types.js';
import { microModel, node, tensor, value } from './microModels.js';
import { medianOf } from './statistics.js';

export type CeilingKind = 'flop' | 'int8' | 'bandwidth';

export interface Ceiling {
  kind: CeilingKind;
  source: ModelSource;
  feeds: Feeds;
  /** FLOP, int8 operations or bytes for each second of these runs; null when they do not tell. */
  rate(runs: readonly TracedRun[]): number | null;
}

/** Square, large enough that dispatch does not count, small enough for 40 ms on one core. */
const SIDE = 1536;
const ADD_OPERATORS = 4;
const SCALAR: number[] = [];

/** Rate of the named operator type: `amount` in each execution, by the median of their times. */
function rateOf(runs: readonly TracedRun[], opTypes: readonly string[], amount: number): number | null {
  const timesUs = runs.flatMap(({ events }) =>
    events.filter(({ opType }) => opTypes.includes(opType)).map(({ durationUs }) => durationUs),
  );
  return timesUs.length === 0 ? null : amount / (Math.max(1, medianOf(timesUs)) / 1e6);
}

function randomBytes(count: number): Uint8Array {
  const random = createRandom(1);
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

function randomFloats(count: number): Float32Array<ArrayBuffer> {
  const random = createRandom(2);
  return Float32Array.from({ length: count }, () => random() - 0.5);
}

/** Single precision: a MatMul with constant weights, as layers have. 2 FLOP for a multiply-accumulate. */
export function floatCeiling(side = SIDE): Ceiling {
  const weights = new Uint8Array(randomFloats(side * side).buffer);
  return {
    kind: 'flop',
    source: microModel({
      nodes: [node('MatMul', ['a', 'b'], 'y')],
      initializers: [tensor('b', DataTypes.float32, [side, side], weights)],
      inputs: [value('a', DataTypes.float32, [side, side])],
      outputs: [value('y', DataTypes.float32, [side, side])],
    }),
    feeds: { a: { dataType: 'float32', dims: [side, side], data: randomFloats(side * side) } },
    rate: (runs) => rateOf(runs, ['MatMul'], 2 * side ** 3),
  };
}

const scalar = (name: string, dataType: number, bytes: Uint8Array): TensorRef => tensor(name, dataType, SCALAR, bytes);
const float = (number: number): Uint8Array => new Uint8Array(new Float32Array([number]).buffer);

/** Unsigned activations with signed weights, as quantised layers have. */
export function int8Ceiling(side = SIDE): Ceiling {
  return {
    kind: 'int8',
    source: microModel({
      nodes: [node('QLinearMatMul', ['a', 'aScale', 'aZero', 'b', 'bScale', 'bZero', 'yScale', 'yZero'], 'y')],
      initializers: [
        tensor('b', DataTypes.int8, [side, side], randomBytes(side * side)),
        scalar('aScale', DataTypes.float32, float(0.01)),
        scalar('aZero', DataTypes.uint8, new Uint8Array([128])),
        scalar('bScale', DataTypes.float32, float(0.01)),
        scalar('bZero', DataTypes.int8, new Uint8Array([0])),
        scalar('yScale', DataTypes.float32, float(1)),
        scalar('yZero', DataTypes.uint8, new Uint8Array([128])),
      ],
      inputs: [value('a', DataTypes.uint8, [side, side])],
      outputs: [value('y', DataTypes.uint8, [side, side])],
    }),
    feeds: { a: { dataType: 'uint8', dims: [side, side], data: randomBytes(side * side) } },
    rate: (runs) => rateOf(runs, ['QLinearMatMul'], 2 * side ** 3),
  };
}

/**
 * Reads two streams and writes one, in tensors far beyond any cache. They are made inside the graph and stay in the
 * runtime's arena: a large output would measure page faults. `bytes`: of one tensor; three live at once.
 */
export function bandwidthCeiling(bytes: number): Ceiling {
  const length = Math.floor(bytes / 4);
  const shape = new Uint8Array(new BigInt64Array([BigInt(length)]).buffer);
  const names = Array.from({ length: ADD_OPERATORS }, (_, index) => `sum${index}`);
  const adds = names.map((name, index) => node('Add', [names[index - 1] ?? 'wide', 'other'], name));
  const last = names[names.length - 1]!;
  return {
    kind: 'bandwidth',
    source: microModel({
      nodes: [
        node('Expand', ['x', 'shape'], 'wide'),
        node('Expand', ['x', 'shape'], 'other'),
        ...adds,
        node('Gather', [last, 'first'], 'y'),
      ],
      initializers: [
        tensor('shape', DataTypes.int64, [1], shape),
        tensor('first', DataTypes.int64, [1], new Uint8Array(8)),
      ],
      inputs: [value('x', DataTypes.float32, [1])],
      outputs: [value('y', DataTypes.float32, [1])],
    }),
    feeds: { x: { dataType: 'float32', dims: [1], data: new Float32Array([1]) } },
    rate: (runs) => rateOf(runs, ['Add'], 3 * 4 * length),
  };
}
