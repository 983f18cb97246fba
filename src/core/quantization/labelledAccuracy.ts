/** How often a model is right, and whether its confidence is: accuracy and the expected calibration error. */

import { ExpectedError } from '../common/errors.js';
import { oneLine } from '../common/oneLine.js';
import { elementAt } from '../runtime/inputs/elements.js';
import type { TensorValue } from '../runtime/port.js';
import type { RowLabels } from './labels.js';

/** Bins of equal width over the confidence, as Guo et al. (2017) have them. */
const BINS = 15;
/** By which the sum of one row's probabilities may differ from 1. */
const SUM_TOLERANCE = 1e-2;

interface Bin {
  count: number;
  right: number;
  confidence: number;
}

export interface Calibrated {
  /** Share of 1. */
  accuracy: number;
  /** Σ over the bins: share of the items · |accuracy − mean confidence|. */
  expectedCalibrationError: number;
  items: number;
}

export class LabelledSum {
  private readonly bins = Array.from({ length: BINS }, (): Bin => ({ count: 0, right: 0, confidence: 0 }));
  private right = 0;
  private items = 0;

  /** `output`: [rows, classes], probabilities or what a softmax makes such. @throws ExpectedError: no such class. */
  add(output: TensorValue, labels: RowLabels, areProbabilities: boolean, file: string): void {
    const classes = output.dims.at(-1) ?? 1;
    for (const [row, label] of labels.entries()) {
      if (label === null || (row + 1) * classes > output.data.length) continue;
      if (label >= classes)
        throw new ExpectedError('input', 'quantization.labels.noClass', { file: oneLine(file, 120), label, classes });
      const { answer, confidence } = answerOf(output, row * classes, classes, areProbabilities);
      const bin = this.bins[Math.max(0, Math.min(BINS - 1, Math.ceil(confidence * BINS) - 1))]!;
      bin.count += 1;
      bin.confidence += confidence;
      this.items += 1;
      if (answer !== label) continue;
      bin.right += 1;
      this.right += 1;
    }
  }

  /** null: nothing had a label. */
  result(): Calibrated | null {
    if (this.items === 0) return null;
    let error = 0;
    for (const { right, confidence } of this.bins) error += Math.abs(right - confidence);
    return {
      accuracy: this.right / this.items,
      expectedCalibrationError: error / this.items,
      items: this.items,
    };
  }
}

/** The largest of a row, and its probability. */
function answerOf(
  output: TensorValue,
  start: number,
  classes: number,
  areProbabilities: boolean,
): { answer: number; confidence: number } {
  let answer = 0;
  let largest = -Infinity;
  for (let index = 0; index < classes; index++) {
    const value = elementAt(output, start + index);
    if (value > largest) [largest, answer] = [value, index];
  }
  if (!Number.isFinite(largest)) return { answer, confidence: 0 };
  if (areProbabilities) return { answer, confidence: Math.max(0, Math.min(1, largest)) };
  let sum = 0;
  for (let index = 0; index < classes; index++) sum += Math.exp(elementAt(output, start + index) - largest);
  return { answer, confidence: 1 / sum };
}

/** Every row lies in [0, 1] and adds up to 1: the model ends in a softmax of its own. */
export function holdsProbabilities(output: TensorValue): boolean {
  const classes = output.dims.at(-1) ?? 1;
  for (let start = 0; start + classes <= output.data.length; start += classes) {
    let sum = 0;
    for (let index = 0; index < classes; index++) {
      const value = elementAt(output, start + index);
      if (!(value >= -1e-6 && value <= 1 + 1e-6)) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) return false;
  }
  return true;
}
