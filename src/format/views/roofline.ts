/** The roofline: kernels by arithmetic intensity and attained speed, under the machine's measured ceilings. */

import type { Kernel, KernelBound, Roofline } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { percent } from '../units.js';
import { richText, type RichText } from './richText.js';
import { shareOf, type ScenarioIndex } from './scenarioIndex.js';

export interface RooflinePoint {
  kernel: Kernel;
  /** FLOP for each byte that is read or written, counted from shapes. */
  flopPerByte: number;
  flopPerSecond: number;
  /** Of the median, 0 to 1. */
  share: number;
}

export interface RooflineView {
  /** null until the ceilings were measured. */
  roofline: Roofline | null;
  /** Kernels with multiply-accumulates, largest share first. */
  points: RooflinePoint[];
  /** Share of the median by what bounds it; the rest was not placed. */
  shares: Record<KernelBound, number>;
}

export function rooflineView(index: ScenarioIndex): RooflineView {
  const shares: RooflineView['shares'] = { compute: 0, memory: 0, overhead: 0 };
  const points: RooflinePoint[] = [];
  for (const kernel of index.scenario.kernels) {
    const share = shareOf(index, kernel.selfTimeNs);
    if (kernel.bound !== null) shares[kernel.bound] += share;
    const point = pointOf(kernel, share);
    if (point) points.push(point);
  }
  points.sort((a, b) => b.share - a.share);
  return { roofline: index.report.roofline, points, shares };
}

function pointOf(kernel: Kernel, share: number): RooflinePoint | null {
  const bytes = (kernel.readBytes ?? 0) + (kernel.writtenBytes ?? 0);
  if (kernel.macs === null || kernel.macs <= 0 || bytes <= 0 || kernel.selfTimeNs <= 0) return null;
  const flop = 2 * kernel.macs;
  return { kernel, flopPerByte: flop / bytes, flopPerSecond: (flop * 1e9) / kernel.selfTimeNs, share };
}

/** What the ceilings allow at an intensity. */
export const attainable = (roofline: Roofline, flopPerByte: number): number =>
  Math.min(roofline.peakFlopPerSecond, roofline.memoryBytesPerSecond * flopPerByte);

/** `62 % of the time is compute bound, 20 % memory bound, …`. */
export function rooflineSentence({ roofline, shares }: RooflineView, text: Text): RichText {
  const placed = shares.compute + shares.memory + shares.overhead;
  if (!roofline) return richText(text, 'page.roofline.noCeiling');
  if (placed <= 0) return richText(text, 'page.roofline.nothingPlaced');
  const rest = Math.max(0, 1 - placed);
  return richText(text, rest < 0.005 ? 'page.roofline.sentenceAll' : 'page.roofline.sentence', {
    compute: percent(shares.compute),
    memory: percent(shares.memory),
    overhead: percent(shares.overhead),
    rest: percent(rest),
  });
}

export interface LogAxis {
  /** Whole powers of ten. */
  low: number;
  high: number;
}

/** Decades around all values; one decade at least. */
export function logAxis(values: readonly number[]): LogAxis {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  if (known.length === 0) return { low: 1, high: 10 };
  const low = Math.floor(Math.log10(known.reduce((least, value) => Math.min(least, value), Infinity)) + 1e-9);
  const high = Math.ceil(Math.log10(known.reduce((most, value) => Math.max(most, value), 0)) - 1e-9);
  return { low: 10 ** low, high: 10 ** Math.max(high, low + 1) };
}

/** 0 at the axis' low end, 1 at its high end. */
export const onLogAxis = ({ low, high }: LogAxis, value: number): number =>
  Math.log10(value / low) / Math.log10(high / low);

export const decades = ({ low, high }: LogAxis): number[] => {
  const count = Math.round(Math.log10(high / low));
  return Array.from({ length: count + 1 }, (_, step) => low * 10 ** step);
};
