/** How far a candidate's outputs are from the float model's, over all samples. */

import { isFloatingPoint, dataTypeNumber } from '../model/dataTypes.js';
import { elementAt } from '../runtime/inputs/elements.js';
import type { TensorValue } from '../runtime/port.js';

type Outputs = Readonly<Record<string, TensorValue>>;

interface Sums {
  count: number;
  signal: number;
  error: number;
  candidate: number;
  product: number;
}

/** Mean square below which an output counts as zero: a ratio to it says nothing. */
export const NEARLY_ZERO = 1e-10;
/** What is not told from exact: beyond float32's own rounding. */
const EXACT_DB = 150;

export interface Accuracy {
  /** 10·log10(Σref² / Σerr²) of the worst output; null where no output can be judged. */
  sqnrDb: number | null;
  /** Of the worst output. */
  cosine: number | null;
  /** Share of the items with the same largest class; null where no output holds classes. */
  agreement: number | null;
  /** How many items agree, of how many. */
  agreeing: number;
  items: number;
  /** Outputs that are nearly zero throughout. */
  silent: string[];
  /** Σerr² / Σref² by output: noise powers of single layers add up. */
  noise: Map<string, number>;
}

export class AccuracySum {
  private readonly sums = new Map<string, Sums>();
  private agreeing = 0;
  private items = 0;

  /** `classOutput`: the output whose largest value along the last axis is the answer; null: there is none. */
  constructor(private readonly classOutput: string | null) {}

  add(reference: Outputs, candidate: Outputs): void {
    for (const [name, expected] of Object.entries(reference)) {
      const actual = Object.hasOwn(candidate, name) ? candidate[name] : undefined;
      if (!actual || !isFloatingPoint(dataTypeNumber(expected.dataType))) continue;
      this.addOutput(name, expected, actual);
      if (name === this.classOutput) this.addAnswers(expected, actual);
    }
  }

  private addOutput(name: string, expected: TensorValue, actual: TensorValue): void {
    const sums = this.sums.get(name) ?? { count: 0, signal: 0, error: 0, candidate: 0, product: 0 };
    const direct = expected.dataType === 'float32' && actual.dataType === 'float32';
    const same = expected.data.length === actual.data.length;
    for (let index = 0; index < expected.data.length; index++) {
      const r = direct ? Number(expected.data[index]) : elementAt(expected, index);
      const c = !same ? NaN : direct ? Number(actual.data[index]) : elementAt(actual, index);
      if (r === c || (Number.isNaN(r) && Number.isNaN(c)) || !Number.isFinite(r)) {
        if (Number.isFinite(r)) addValues(sums, r, r);
        continue;
      }
      addValues(sums, r, Number.isFinite(c) ? c : 0);
    }
    this.sums.set(name, sums);
  }

  private addAnswers(expected: TensorValue, actual: TensorValue): void {
    const classes = expected.dims.at(-1) ?? 1;
    for (let start = 0; start + classes <= expected.data.length; start += classes) {
      this.items += 1;
      if (largest(expected, start, classes) === largest(actual, start, classes)) this.agreeing += 1;
    }
  }

  result(): Accuracy {
    const noise = new Map<string, number>();
    const silent: string[] = [];
    let cosine: number | null = null;
    for (const [name, sums] of this.sums) {
      if (sums.count === 0) continue;
      if (sums.signal / sums.count < NEARLY_ZERO) {
        silent.push(name);
        continue;
      }
      noise.set(name, sums.error / sums.signal);
      const own = sums.candidate > 0 ? sums.product / Math.sqrt(sums.signal * sums.candidate) : 0;
      cosine = Math.min(cosine ?? 1, own);
    }
    const agreement = this.items > 0 ? this.agreeing / this.items : null;
    const { agreeing, items } = this;
    return { sqnrDb: sqnrOf(noise.values()), cosine, agreement, agreeing, items, silent, noise };
  }
}

function addValues(sums: Sums, reference: number, candidate: number): void {
  sums.count += 1;
  sums.signal += reference * reference;
  sums.error += (reference - candidate) ** 2;
  sums.candidate += candidate * candidate;
  sums.product += reference * candidate;
}

function largest(value: TensorValue, start: number, count: number): number {
  let best = 0;
  let most = -Infinity;
  for (let index = 0; index < count; index++) {
    const element = elementAt(value, start + index);
    if (element > most) [most, best] = [element, index];
  }
  return best;
}

/** Of the worst of several noise-to-signal ratios; at most 150 dB, which stands for exact. */
export function sqnrOf(ratios: Iterable<number>): number | null {
  let worst: number | null = null;
  for (const ratio of ratios) worst = Math.max(worst ?? 0, ratio);
  return worst === null ? null : Math.min(EXACT_DB, -10 * Math.log10(Math.max(worst, 1e-15)));
}

/** Two or more classes in the last axis of a matrix, or by an output's name where it has more axes. */
export function classOutputOf(outputs: Outputs, names: readonly string[]): string | null {
  for (const name of names) {
    const value = outputs[name];
    if (!value || !isFloatingPoint(dataTypeNumber(value.dataType)) || (value.dims.at(-1) ?? 0) < 2) continue;
    if (value.dims.length === 2 && !/hidden|embed|pool|feature/i.test(name)) return name;
    if (value.dims.length === 3 && /logit|softmax|prob|score/i.test(name)) return name;
  }
  return null;
}
