/** How far the outputs of two runs lie apart. */

import type { OutputDifference } from '../../protocol/comparison.js';
import { elementCount } from '../model/dataTypes.js';
import { elementAt } from '../runtime/inputs/elements.js';
import type { TensorValue } from '../runtime/port.js';

const NOT_COMPARABLE = { maxAbsoluteError: null, sqnrDb: null, cosine: null };
const NUMBERS = /^(b?float|u?int|bool)/;

/** `value` against `reference`: largest |error|, SQNR = 10·log10(Σref²/Σerr²), cosine = Σref·value / √(Σref²·Σvalue²). */
function compareTensors(value: TensorValue, reference: TensorValue): Omit<OutputDifference, 'output'> {
  const same = value.dataType === reference.dataType && value.dims.join() === reference.dims.join();
  if (!same || !NUMBERS.test(reference.dataType)) return NOT_COMPARABLE;
  let [largest, errorSquares, referenceSquares, valueSquares, products] = [0, 0, 0, 0, 0];
  const count = elementCount(reference.dims);
  for (let index = 0; index < count; index++) {
    const [a, b] = [elementAt(value, index), elementAt(reference, index)];
    // Equal infinities, and not-a-number on both sides, are no difference and no signal.
    if (Object.is(a, b) && !Number.isFinite(a)) continue;
    const error = Math.abs(a - b);
    if (!Number.isFinite(error)) return NOT_COMPARABLE;
    largest = Math.max(largest, error);
    errorSquares += error * error;
    referenceSquares += b * b;
    valueSquares += a * a;
    products += a * b;
  }
  const norm = Math.sqrt(referenceSquares) * Math.sqrt(valueSquares);
  const ratio = referenceSquares / errorSquares;
  return {
    maxAbsoluteError: largest,
    sqnrDb: errorSquares > 0 && referenceSquares > 0 && Number.isFinite(ratio) ? 10 * Math.log10(ratio) : null,
    cosine: norm > 0 && Number.isFinite(norm) ? Math.max(-1, Math.min(1, products / norm)) : null,
  };
}

/** One entry for each output of the reference, in its order. */
export function outputDifferences(
  values: Readonly<Record<string, TensorValue>>,
  reference: Readonly<Record<string, TensorValue>>,
): OutputDifference[] {
  return Object.entries(reference).map(([output, tensor]) => {
    const value = Object.hasOwn(values, output) ? values[output] : undefined;
    return { output, ...(value ? compareTensors(value, tensor) : NOT_COMPARABLE) };
  });
}
