/** Which layers to quantize: noise powers of single layers add up, and so do times of kernels and conversions. */

import { sqnrOf } from './accuracy.js';
import type { LayerTime } from './micro.js';
import type { Layer } from './types.js';

/** What is known of one layer before any plan is built. */
export interface LayerFigures {
  layer: Layer;
  /** In the float model. */
  floatNs: number;
  /** In integers, scaled to the model from the layer alone. */
  integer: LayerTime;
  /** Σerr² / Σref² by output when it alone is in integers; empty when not known. */
  noise: ReadonlyMap<string, number>;
}

export interface Prediction {
  layers: LayerFigures[];
  timeNs: number;
  sqnrDb: number | null;
}

/** Readers of each tensor, layers only by name, others as ''. */
export type ReadersOf = (tensor: string) => readonly string[];

/** Conversions only where integers meet floats: two layers in a row exchange integers. */
export function predict(chosen: readonly LayerFigures[], wholeNs: number, readersOf: ReadersOf): Prediction {
  const names = new Set(chosen.map(({ layer }) => layer.name));
  const made = new Set(chosen.filter(({ layer }) => layer.node.opType === 'Conv').map(({ layer }) => layer.output));
  const quantizedInputs = new Set<string>();
  let timeNs = wholeNs;
  for (const { layer, floatNs, integer } of chosen) {
    timeNs += integer.kernelNs - floatNs;
    if (!made.has(layer.input) && !quantizedInputs.has(layer.input)) timeNs += integer.quantizeNs;
    quantizedInputs.add(layer.input);
    if (readersOf(layer.output).some((reader) => !names.has(reader)) || readersOf(layer.output).length === 0)
      timeNs += integer.dequantizeNs;
  }
  return { layers: [...chosen], timeNs: Math.max(timeNs, wholeNs * 0.02), sqnrDb: noiseDb(chosen) };
}

export function noiseDb(chosen: readonly LayerFigures[]): number | null {
  const sums = new Map<string, number>();
  for (const { noise } of chosen)
    for (const [output, ratio] of noise) sums.set(output, (sums.get(output) ?? 0) + ratio);
  return sqnrOf(sums.values());
}

const worst = ({ noise }: LayerFigures): number => Math.max(0, ...noise.values());

/**
 * A path from the fastest set to few layers: first whatever costs more time than it saves is left out, then, one after
 * the other, the layer with the most noise for the time that it saves. In order of accuracy.
 */
export function searchPath(figures: readonly LayerFigures[], wholeNs: number, readersOf: ReadersOf): Prediction[] {
  let current = withoutSlow(figures, wholeNs, readersOf);
  const path: Prediction[] = [];
  while (current.length > 0) {
    const here = predict(current, wholeNs, readersOf);
    path.push(here);
    let next: LayerFigures[] | null = null;
    let best = -Infinity;
    for (const figure of current) {
      const rest = current.filter((other) => other !== figure);
      const lostNs = Math.max(predict(rest, wholeNs, readersOf).timeNs - here.timeNs, wholeNs * 1e-4);
      const value = worst(figure) / lostNs;
      if (value > best) [best, next] = [value, rest];
    }
    current = next ?? [];
  }
  return path;
}

function withoutSlow(figures: readonly LayerFigures[], wholeNs: number, readersOf: ReadersOf): LayerFigures[] {
  let current = figures.filter(({ floatNs, integer }) => integer.kernelNs < floatNs);
  for (;;) {
    const here = predict(current, wholeNs, readersOf).timeNs;
    const better = current.find((figure) => {
      const rest = current.filter((other) => other !== figure);
      return predict(rest, wholeNs, readersOf).timeNs < here * (1 - 1e-6);
    });
    if (!better) return current;
    current = current.filter((other) => other !== better);
  }
}

/** The fastest point of the path with at least `sqnrDb`. */
export function fastestWith(path: readonly Prediction[], sqnrDb: number): Prediction | null {
  let best: Prediction | null = null;
  for (const point of path)
    if (point.sqnrDb !== null && point.sqnrDb >= sqnrDb && (!best || point.timeNs < best.timeNs)) best = point;
  return best;
}
