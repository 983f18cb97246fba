/** Fits arrays from files to the inputs that the model declares: by name or order, then type and shape. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { elementCount } from '../../model/dataTypes.js';
import type { TensorValue } from '../port.js';
import { elementAt, tensorFrom } from './elements.js';
import type { ModelInput, NamedTensor } from './types.js';

const INTEGER_RANGES: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['int8', [-128, 127]],
  ['uint8', [0, 255]],
  ['int16', [-32768, 32767]],
  ['uint16', [0, 65535]],
  ['int32', [-(2 ** 31), 2 ** 31 - 1]],
  ['uint32', [0, 2 ** 32 - 1]],
  ['int64', [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  ['uint64', [0, Number.MAX_SAFE_INTEGER]],
]);
const isFloat = (dataType: string): boolean => /^b?float/.test(dataType);

function sameKind(found: string, wanted: string): boolean {
  if (isFloat(found)) return isFloat(wanted);
  return INTEGER_RANGES.has(found) && (INTEGER_RANGES.has(wanted) || wanted === 'bool');
}

/** Floats become other floats, integers other integers that can hold them; nothing else is converted. */
function withType(value: TensorValue, input: ModelInput, source: string): TensorValue {
  if (value.dataType === input.dataType) return value;
  const refused = (): ExpectedError =>
    new ExpectedError('input', 'measure.input.typeMismatch', {
      file: oneLine(source),
      name: oneLine(input.name, 80),
      found: value.dataType,
      expected: input.dataType,
    });
  if (!sameKind(value.dataType, input.dataType)) throw refused();
  const [low, high] =
    input.dataType === 'bool' ? [0, 1] : (INTEGER_RANGES.get(input.dataType) ?? [-Infinity, Infinity]);
  return tensorFrom(input.name, input.dataType, value.dims, (index) => {
    const element = elementAt(value, index);
    if (element < low || element > high) throw refused();
    return element;
  });
}

/** The tensor as the input takes it. ExpectedError where type or shape cannot be reconciled. */
export function fitTensor(tensor: NamedTensor, input: ModelInput): TensorValue {
  const { dims } = tensor.value;
  const scalar = input.shape.length === 0 && elementCount(dims) === 1;
  if (!scalar && (dims.length !== input.shape.length || dims.some((dim, axis) => dim !== input.shape[axis])))
    throw new ExpectedError('input', 'measure.input.shapeMismatch', {
      file: oneLine(tensor.source),
      name: oneLine(input.name, 80),
      found: dims.join(' × ') || 'scalar',
      expected: input.shape.join(' × ') || 'scalar',
    });
  return { ...withType(tensor.value, input, tensor.source), dims: [...input.shape] };
}

/**
 * Which tensor feeds which input. By name where any of the names is an input's; else in order, when there are as many
 * tensors as inputs. `names` in order; ExpectedError when neither works.
 */
export function matchByNameOrOrder(
  tensors: readonly NamedTensor[],
  names: readonly string[],
  source: string,
): Map<string, NamedTensor> {
  const known = new Set(names);
  const named = tensors.filter((tensor) => known.has(tensor.name));
  const pairs = named.length > 0 ? named.map((tensor) => [tensor.name, tensor] as const) : null;
  if (pairs) return new Map(pairs);
  if (tensors.length === 0 || tensors.length > names.length)
    throw new ExpectedError('input', 'measure.input.noMatch', {
      file: oneLine(source),
      found: oneLine(tensors.map((tensor) => tensor.name || '?').join(', ')),
      expected: oneLine(names.join(', ')),
    });
  return new Map(tensors.map((tensor, index) => [names[index] as string, tensor]));
}
