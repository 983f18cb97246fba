/** NumPy's .npy files: a magic number, a header written as a Python literal, the elements. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { elementCount } from '../../model/dataTypes.js';
import type { TensorData, TensorValue } from '../port.js';

const MAGIC = '\u0093NUMPY';
const LARGEST_HEADER_BYTES = 64 * 1024;
const LARGEST_RANK = 32;

interface ElementType {
  dataType: string;
  bytes: number;
  read(buffer: ArrayBuffer): TensorData;
}

const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['f2', { dataType: 'float16', bytes: 2, read: (buffer) => new Uint16Array(buffer) }],
  ['f4', { dataType: 'float32', bytes: 4, read: (buffer) => new Float32Array(buffer) }],
  ['f8', { dataType: 'float64', bytes: 8, read: (buffer) => new Float64Array(buffer) }],
  ['i1', { dataType: 'int8', bytes: 1, read: (buffer) => new Int8Array(buffer) }],
  ['u1', { dataType: 'uint8', bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
  ['b1', { dataType: 'bool', bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
  ['i2', { dataType: 'int16', bytes: 2, read: (buffer) => new Int16Array(buffer) }],
  ['u2', { dataType: 'uint16', bytes: 2, read: (buffer) => new Uint16Array(buffer) }],
  ['i4', { dataType: 'int32', bytes: 4, read: (buffer) => new Int32Array(buffer) }],
  ['u4', { dataType: 'uint32', bytes: 4, read: (buffer) => new Uint32Array(buffer) }],
  ['i8', { dataType: 'int64', bytes: 8, read: (buffer) => new BigInt64Array(buffer) }],
  ['u8', { dataType: 'uint64', bytes: 8, read: (buffer) => new BigUint64Array(buffer) }],
]);

interface Header {
  descr: string;
  fortranOrder: boolean;
  shape: number[];
  dataOffset: number;
}

const malformed = (source: string): ExpectedError =>
  new ExpectedError('input', 'measure.npy.malformed', { file: oneLine(source) });

function headerText(bytes: Uint8Array): { text: string; end: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== MAGIC) return null;
  const wide = view.getUint8(6) >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > LARGEST_HEADER_BYTES || start + length > bytes.length) return null;
  return { text: Buffer.from(bytes.subarray(start, start + length)).toString('latin1'), end: start + length };
}

function shapeFrom(literal: string): number[] | null {
  const dims = literal
    .split(',')
    .map((dim) => dim.replace('L', '').trim())
    .filter((dim) => dim !== '')
    .map(Number);
  return dims.length <= LARGEST_RANK && dims.every((dim) => Number.isSafeInteger(dim)) ? dims : null;
}

function readHeader(bytes: Uint8Array, source: string): Header {
  const header = headerText(bytes);
  if (!header) throw malformed(source);
  const { text, end } = header;
  const descr = /'descr'\s*:\s*'([^']{1,16})'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = shapeFrom(/'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text)?.[1] ?? 'none');
  if (descr === undefined && text.includes("'descr'"))
    throw new ExpectedError('input', 'measure.npy.elementType', { file: oneLine(source), type: 'structured' });
  if (descr === undefined || order === undefined || shape === null) throw malformed(source);
  return { descr, fortranOrder: order === 'True', shape, dataOffset: end };
}

/** Fixed-width UCS-4 ('U') or byte ('S') strings, padded with zeros. */
function readStrings(bytes: Uint8Array, count: number, kind: string, width: number, bigEndian: boolean): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unit = kind === 'U' ? 4 : 1;
  return Array.from({ length: count }, (_, index) => {
    let text = '';
    for (let at = 0; at < width; at++) {
      const offset = (index * width + at) * unit;
      const code = kind === 'U' ? view.getUint32(offset, !bigEndian) : view.getUint8(offset);
      if (code === 0) break;
      text += String.fromCodePoint(Math.min(code, 0x10ffff));
    }
    return text;
  });
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
}

/** Column-major elements in row-major order. */
function toRowMajor<T>(data: ArrayLike<T>, target: { [index: number]: T }, shape: readonly number[]): void {
  const index = shape.map(() => 0);
  const strides: number[] = [];
  shape.reduce((stride, dim) => (strides.push(stride), stride * dim), 1);
  for (let position = 0; position < data.length; position++) {
    target[position] = data[index.reduce((sum, at, axis) => sum + at * strides[axis]!, 0)] as T;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
}

function reordered(data: TensorData, shape: readonly number[]): TensorData {
  const copy: TensorData = data.slice();
  toRowMajor<unknown>(data, copy, shape);
  return copy;
}

interface Layout {
  /** null for strings. */
  element: ElementType | null;
  kind: string;
  /** Characters of a string. */
  size: number;
  bytes: number;
  bigEndian: boolean;
}

function layoutOf(descr: string, source: string): Layout {
  const [, order = '', kind = '', size = ''] = /^([<>|=]?)([A-Za-z])(\d{0,9})$/.exec(descr) ?? [];
  const element = ELEMENT_TYPES.get(kind + size) ?? null;
  if (!element && kind !== 'U' && kind !== 'S')
    throw new ExpectedError('input', 'measure.npy.elementType', { file: oneLine(source), type: oneLine(descr) });
  const bytes = kind === 'U' ? 4 * Number(size) : Number(size);
  return { element, kind, size: Number(size), bytes, bigEndian: order === '>' };
}

/** An array as numpy.save writes it; `source` names the file in errors. Objects and structures are refused. */
export function readNpy(bytes: Uint8Array, source: string): TensorValue {
  const { descr, fortranOrder, shape, dataOffset } = readHeader(bytes, source);
  const { element, kind, size, bytes: width, bigEndian } = layoutOf(descr, source);
  const count = elementCount(shape);
  const length = count * width;
  // Strings of no characters take no bytes: their number is bounded by the file all the same.
  const fits = Number.isSafeInteger(length) && dataOffset + length <= bytes.length && count <= bytes.length;
  if (!fits) throw malformed(source);
  const content = bytes.slice(dataOffset, dataOffset + length);
  if (element && bigEndian && width > 1) swapBytes(content, width);
  const data = element ? element.read(ownBuffer(content)) : readStrings(content, count, kind, size, bigEndian);
  const value = { dataType: element?.dataType ?? 'string', dims: shape };
  return { ...value, data: fortranOrder && shape.length > 1 ? reordered(data, shape) : data };
}

/** A copy that starts at an aligned address: node's buffers share one pool. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
