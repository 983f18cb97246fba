/** TensorProto.DataType: the numbers, the runtime's names, and how many bits an element takes. */

interface DataType {
  name: string;
  /** Bits of one element; 0 for strings, whose size depends on their content. */
  bits: number;
  kind: 'float' | 'integer' | 'bool' | 'string' | 'complex' | 'unknown';
}

const UNKNOWN: DataType = { name: 'unknown', bits: 0, kind: 'unknown' };

const byNumber: readonly DataType[] = [
  UNKNOWN,
  { name: 'float32', bits: 32, kind: 'float' },
  { name: 'uint8', bits: 8, kind: 'integer' },
  { name: 'int8', bits: 8, kind: 'integer' },
  { name: 'uint16', bits: 16, kind: 'integer' },
  { name: 'int16', bits: 16, kind: 'integer' },
  { name: 'int32', bits: 32, kind: 'integer' },
  { name: 'int64', bits: 64, kind: 'integer' },
  { name: 'string', bits: 0, kind: 'string' },
  { name: 'bool', bits: 8, kind: 'bool' },
  { name: 'float16', bits: 16, kind: 'float' },
  { name: 'float64', bits: 64, kind: 'float' },
  { name: 'uint32', bits: 32, kind: 'integer' },
  { name: 'uint64', bits: 64, kind: 'integer' },
  { name: 'complex64', bits: 64, kind: 'complex' },
  { name: 'complex128', bits: 128, kind: 'complex' },
  { name: 'bfloat16', bits: 16, kind: 'float' },
  { name: 'float8e4m3fn', bits: 8, kind: 'float' },
  { name: 'float8e4m3fnuz', bits: 8, kind: 'float' },
  { name: 'float8e5m2', bits: 8, kind: 'float' },
  { name: 'float8e5m2fnuz', bits: 8, kind: 'float' },
  { name: 'uint4', bits: 4, kind: 'integer' },
  { name: 'int4', bits: 4, kind: 'integer' },
  { name: 'float4e2m1', bits: 4, kind: 'float' },
  { name: 'float8e8m0', bits: 8, kind: 'float' },
  { name: 'uint2', bits: 2, kind: 'integer' },
  { name: 'int2', bits: 2, kind: 'integer' },
];

/** The numbers that code asks for by name. */
export const DataTypes = {
  undefined: 0,
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
  uint2: 25,
  int2: 26,
} as const;

function lookUp(dataType: number): DataType {
  return byNumber[dataType] ?? UNKNOWN;
}

/** The runtime's name ('float32', 'int64', 'bool' …); 'unknown' for a number that ONNX does not define. */
export function dataTypeName(dataType: number): string {
  return lookUp(dataType).name;
}

/** TensorProto.DataType of a runtime's name; 0 for an unknown one. */
export function dataTypeNumber(name: string): number {
  const index = byNumber.findIndex((type) => type.name === name);
  return Math.max(index, 0);
}

/** Bits of one element: 4 for int4, 0 for strings and unknown types. */
export function elementBits(dataType: number): number {
  return lookUp(dataType).bits;
}

export function isFloatingPoint(dataType: number): boolean {
  const { kind } = lookUp(dataType);
  return kind === 'float' || kind === 'complex';
}

export function isInteger(dataType: number): boolean {
  return lookUp(dataType).kind === 'integer';
}

/** Product of the dimensions; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (let axis = 0; axis < dims.length; axis++) count *= dims[axis]!;
  return count;
}

/** Bytes that the elements take when packed as ONNX does; null for strings and unknown types. */
export function tensorBytes(dataType: number, dims: readonly number[]): number | null {
  const bits = elementBits(dataType);
  return bits === 0 ? null : Math.ceil((elementCount(dims) * bits) / 8);
}
