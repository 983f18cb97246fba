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

/** |actual - expected| <= 1e-5 + 1e-3 · |expected|; not a number equals itself. */
function compareElements(actual: TensorValue, expected: TensorValue): { different: number; largest: number } {
  let different = 0;
  let largest = 0;
  const count = elementCount(expected.dims);
  for (let index = 0; index < count; index++) {
    if (typeof expected.data[index] === 'string') {
      if (actual.data[index] !== expected.data[index]) different += 1;
      continue;
    }
    const [a, b] = [elementAt(actual, index), elementAt(expected, index)];
    if (Object.is(a, b) || Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.abs(b)) continue;
    different += 1;
    largest = Math.max(largest, Number.isNaN(a - b) ? Infinity : Math.abs(a - b));
  }
  return { different, largest };
}

const shown = (dims: readonly number[]): string => dims.join(' × ') || 'scalar';

/** One warning for each output that differs. Expected ones are matched by name, else by position. */
export function compareOutputs(
  actual: Readonly<Record<string, TensorValue>>,
  outputNames: readonly string[],
  expected: readonly NamedTensor[],
  folder: string,
): Message[] {
  const byName = expected.some(({ name }) => outputNames.includes(name));
  const warnings: Message[] = [];
  for (const [index, tensor] of expected.entries()) {
    const name = byName ? tensor.name : outputNames[index];
    const value = name !== undefined && Object.hasOwn(actual, name) ? actual[name] : undefined;
    const place = { folder: oneLine(folder, 80), output: oneLine(name ?? '', 80) };
    if (!value) {
      warnings.push(warning('measure.warning.outputMissing', { ...place, file: oneLine(tensor.source, 80) }));
    } else if (value.dims.join() !== tensor.value.dims.join()) {
      const shapes = { found: shown(value.dims), expected: shown(tensor.value.dims) };
      warnings.push(warning('measure.warning.outputShape', { ...place, ...shapes }));
    } else {
      const { different, largest } = compareElements(value, tensor.value);
      const total = elementCount(value.dims);
      const counts = { difference: Number(largest.toPrecision(3)), count: different, total };
      if (different > 0) warnings.push(warning('measure.warning.outputsDiffer', { ...place, ...counts }));
    }
  }
  return warnings;
}
