/**
 * Resize, Upsample, GridSample and their kin. Elementwise operations per output element: nearest 1, linear 2 × 2^d
 * (as many weights as products of d axes), cubic 2 × 4^d. No MACs, as published counts have it.
 */

import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules, type Shapes } from '../rule.js';
import { at, demand, mismatch, positiveAxis, product } from '../shapes.js';

/** How many axes change; those that do not are not interpolated. */
function resampledAxes(call: OperatorCall): number {
  const out = call.out();
  return call.dims(0).filter((dim, axis) => dim !== out[axis]).length;
}

function perElement(mode: string, axes: number): number {
  if (mode.includes('cubic')) return 2 * 4 ** axes;
  return mode.includes('linear') ? 2 * 2 ** axes : 1;
}

const resample = (call: OperatorCall): number =>
  product(call.out()) * perElement(call.text('mode', 'nearest'), resampledAxes(call));

const scaled = (dims: readonly number[], scales: readonly number[]): number[] => {
  demand(dims.length === scales.length);
  return dims.map((dim, axis) => Math.floor(dim * at(scales, axis)));
};

const upsample: RuleBody = {
  shapes: (call) => [scaled(call.dims(0), call.has(1) ? call.value(1) : (call.floats('scales') ?? mismatch()))],
  elementwise: resample,
};

/** Since 18 one scale may serve all axes so that the ratio stays: the least, or the greatest, of the wanted ones. */
function keptRatio(call: OperatorCall, sizes: readonly number[], dims: readonly number[]): number[] {
  const policy = call.text('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return sizes.slice();
  const ratios = sizes.map((size, axis) => size / at(dims, axis));
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return dims.map((dim) => Math.floor(ratio * dim + 0.5));
}

/** Sizes if they are given, else scales: of all axes, or of `axes` from 18. */
function resizedShape(call: OperatorCall): Shapes {
  const dims = call.dims(0);
  const axes = (call.ints('axes') ?? dims.map((_, axis) => axis)).map((axis) => positiveAxis(axis, dims.length));
  const chosen = axes.map((axis) => at(dims, axis));
  const sizes = call.optional(3) ?? [];
  const scales = sizes.length > 0 ? [] : (call.optional(2) ?? []);
  demand(sizes.length + scales.length === axes.length);
  const changed = sizes.length > 0 ? keptRatio(call, sizes, chosen) : scaled(chosen, scales);
  const result = dims.slice();
  axes.forEach((axis, position) => (result[axis] = at(changed, position)));
  return [result];
}

const gridSample: RuleBody = {
  shapes: (call) => {
    const grid = call.dims(1);
    return [[at(call.dims(0), 0), at(call.dims(0), 1), ...grid.slice(1, -1)]];
  },
  elementwise: (call) => product(call.out()) * perElement(call.text('mode', 'linear'), call.dims(0).length - 2),
};

/** A sampling grid: every point of the output is a small matrix product with theta. */
const affineGrid: RuleBody = {
  shapes: (call) => {
    const size = call.value(1);
    return [[at(size, 0), ...size.slice(2), size.length - 2]];
  },
  macs: (call) => product(call.out()) * at(call.dims(0), -1),
};

const cropAndResize: RuleBody = {
  shapes: (call) => [[at(call.dims(1), 0), at(call.dims(0), 1), ...call.value(3)]],
  elementwise: (call) => product(call.out()) * perElement(call.text('mode', 'bilinear'), 2),
};

export const resamplingRules: OperatorRule[] = [
  ...rules('Upsample', upsample),
  // Opset 10's second input is the scales; from 11 it is the region of interest.
  ...rules('Resize', upsample, 10),
  ...rules('Resize', { shapes: resizedShape, elementwise: resample }, 11),
  ...rules('GridSample', gridSample, 16),
  ...rules('AffineGrid', affineGrid, 20),
  ...rules('GridSample', gridSample, 1, 'com.microsoft'),
  ...rules('CropAndResize', cropAndResize, 1, 'com.microsoft'),
];
