/** Sliding windows: the attributes that convolutions and pools share. */

import type { OperatorCall } from './call.js';
import { at, demand } from './shapes.js';

export interface Window {
  kernel: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  padsBegin: readonly number[];
  padsEnd: readonly number[];
  /** NOTSET, VALID, SAME_UPPER or SAME_LOWER. */
  autoPad: string;
  ceil: boolean;
}

export function window(call: OperatorCall, kernel: readonly number[]): Window {
  const rank = kernel.length;
  const ones = new Array<number>(rank).fill(1);
  const autoPad = call.text('auto_pad', 'NOTSET');
  const pads = autoPad === 'NOTSET' || autoPad === '' ? call.ints('pads') : null;
  const complete = pads ?? new Array<number>(2 * rank).fill(0);
  const strides = call.ints('strides') ?? ones;
  const dilations = call.ints('dilations') ?? ones;
  demand(strides.length === rank && dilations.length === rank && complete.length === 2 * rank);
  demand(strides.every((stride) => stride > 0));
  return {
    kernel,
    strides,
    dilations,
    padsBegin: complete.slice(0, rank),
    padsEnd: complete.slice(rank),
    autoPad,
    ceil: call.int('ceil_mode', 0) !== 0,
  };
}

function axisSize(size: number, axis: number, w: Window): number {
  const stride = at(w.strides, axis);
  if (w.autoPad.startsWith('SAME')) return Math.ceil(size / stride);
  const reach = at(w.dilations, axis) * (at(w.kernel, axis) - 1) + 1;
  const padBegin = at(w.padsBegin, axis);
  const free = size + padBegin + at(w.padsEnd, axis) - reach;
  demand(free >= 0);
  if (!w.ceil) return Math.floor(free / stride) + 1;
  const positions = Math.ceil(free / stride) + 1;
  // A window that would start in the padding behind the data is left out.
  return (positions - 1) * stride >= size + padBegin ? positions - 1 : positions;
}

/** Positions of the window along each spatial axis. */
export function outputSize(spatial: readonly number[], w: Window): number[] {
  demand(spatial.length === w.kernel.length);
  return spatial.map((size, axis) => axisSize(size, axis, w));
}
