/** Compares what a model gives with what a test data set expects, as ONNX's own test suite does. */

import type { Message } from '../../protocol/text.js';
import { oneLine } from '../common/oneLine.js';
import { elementCount } from '../model/dataTypes.js';
import { elementAt } from '../runtime/inputs/elements.js';
import type { NamedTensor } from '../runtime/inputs/types.js';
import type { TensorValue } from '../runtime/port.js';
import { warning } from './clockVerdict.js';

const RELATIVE = 1e-3;
/** Half and quarter precision, and quantised models, cannot be closer than this. */
const ABSOLUTE = 1e-5;

const TOLERANCE = '1e-5 + 1e-3·|expected|';
/** A decoder has an output for every cache: what agrees is not told one by one without end. */
const MOST_AGREEING = 8;

interface Comparison {
  different: number;
  total: number;
  /** Largest of all elements; NaN and infinities that are not the expected ones count as Infinity. */
  absolute: number;
  relative: number;
}

/** Within tolerance: |actual - expected| <= 1e-5 + 1e-3 · |expected|; not a number equals itself. */
function compareElements(actual: TensorValue, expected: TensorValue): Comparison {
  const result = { different: 0, total: elementCount(expected.dims), absolute: 0, relative: 0 };
  for (let index = 0; index < result.total; index++) {
    if (typeof expected.data[index] === 'string') {
      if (actual.data[index] !== expected.data[index]) result.different += 1;
      continue;
    }
    const [a, b] = [elementAt(actual, index), elementAt(expected, index)];
    if (Object.is(a, b) || a === b) continue;
    const error = Number.isNaN(a - b) ? Infinity : Math.abs(a - b);
    result.absolute = Math.max(result.absolute, error);
    if (b !== 0) result.relative = Math.max(result.relative, error / Math.abs(b));
    if (error > ABSOLUTE + RELATIVE * Math.abs(b)) result.different += 1;
  }
  return result;
}

const shown = (dims: readonly number[]): string => dims.join(' × ') || 'scalar';
const errorText = (error: number): string => (Number.isFinite(error) ? String(Number(error.toPrecision(2))) : '∞');

/** What is said of each expected output, differing or not. Expected ones are matched by name, else by position. */
export function compareOutputs(
  actual: Readonly<Record<string, TensorValue>>,
  outputNames: readonly string[],
  expected: readonly NamedTensor[],
  folder: string,
): Message[] {
  const byName = expected.some(({ name }) => outputNames.includes(name));
  const differing: Message[] = [];
  const agreeing: Message[] = [];
  for (const [index, tensor] of expected.entries()) {
    const name = byName ? tensor.name : outputNames[index];
    const value = name !== undefined && Object.hasOwn(actual, name) ? actual[name] : undefined;
    const place = { folder: oneLine(folder, 80), output: oneLine(name ?? '', 80) };
    if (!value) {
      differing.push(warning('measure.warning.outputMissing', { ...place, file: oneLine(tensor.source, 80) }));
    } else if (value.dims.join() !== tensor.value.dims.join()) {
      const shapes = { found: shown(value.dims), expected: shown(tensor.value.dims) };
      differing.push(warning('measure.warning.outputShape', { ...place, ...shapes }));
    } else {
      const { different, total, ...errors } = compareElements(value, tensor.value);
      const largest = { absolute: errorText(errors.absolute), relative: errorText(errors.relative) };
      const said = { ...place, ...largest, tolerance: TOLERANCE };
      if (different === 0) agreeing.push(warning('measure.warning.outputsAgree', said));
      else differing.push(warning('measure.warning.outputsDiffer', { ...said, count: different, total }));
    }
  }
  const rest = agreeing.length - MOST_AGREEING;
  const more = rest > 0 ? [warning('measure.warning.outputsMore', { count: rest, folder: oneLine(folder, 80) })] : [];
  return [...differing, ...agreeing.slice(0, MOST_AGREEING), ...more];
}
