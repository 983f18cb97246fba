/** Tiny models written as protobuf by hand, for what no package on a registry brings: endless, greedy and odd-typed ones. */

const encodeVarint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
};
const int = (field: number, value: number): Buffer => Buffer.from([...encodeVarint(field * 8), ...encodeVarint(value)]);
const bytes = (field: number, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...encodeVarint(field * 8 + 2), ...encodeVarint(value.length)]), value]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts));

/** TensorProto.DataType. */
export const DataType = {
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
  bfloat16: 16,
} as const;

type Dim = number | string;

function valueInfo(field: number, name: string, dataType: number, dims: readonly Dim[]): Buffer {
  const shape = dims.map((dim) => message(1, typeof dim === 'number' ? int(1, dim) : text(2, dim)));
  return message(field, text(1, name), message(2, message(1, int(1, dataType), message(2, ...shape))));
}

function node(opType: string, inputs: readonly string[], outputs: readonly string[], ...attributes: Buffer[]): Buffer {
  return message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${opType}_of_${outputs[0] ?? ''}`),
    text(4, opType),
    ...attributes,
  );
}

function initializer(name: string, dataType: number, dims: readonly number[], raw: Uint8Array): Buffer {
  return message(5, ...dims.map((dim) => int(1, dim)), int(2, dataType), text(8, name), bytes(9, raw));
}

function model(...graph: Buffer[]): Buffer {
  return Buffer.concat([int(1, 10), message(7, text(2, 'main'), ...graph), message(8, text(1, ''), int(2, 21))]);
}

const int64s = (...values: number[]): Uint8Array => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);

/** y = x, of any type. */
export const identityModel = (dataType: number, dims: readonly Dim[]): Buffer =>
  model(node('Identity', ['x'], ['y']), valueInfo(11, 'x', dataType, dims), valueInfo(12, 'y', dataType, dims));

/** y = x @ w with a weight of `size` squared floats. */
export const matMulModel = (size: number): Buffer =>
  model(
    node('MatMul', ['x', 'w'], ['y']),
    initializer('w', DataType.float32, [size, size], new Uint8Array(new Float32Array(size * size).fill(0.5).buffer)),
    valueInfo(11, 'x', DataType.float32, ['batch', size]),
    valueInfo(12, 'y', DataType.float32, ['batch', size]),
  );

/** A Loop without a trip count whose condition never turns false. */
export const endlessModel = (): Buffer => {
  const body = message(
    6,
    text(2, 'body'),
    node('Identity', ['keep'], ['keep_out']),
    node('Add', ['carried', 'carried'], ['carried_out']),
    valueInfo(11, 'iteration', DataType.int64, []),
    valueInfo(11, 'keep', DataType.bool, []),
    valueInfo(11, 'carried', DataType.float32, [1]),
    valueInfo(12, 'keep_out', DataType.bool, []),
    valueInfo(12, 'carried_out', DataType.float32, [1]),
  );
  const attribute = message(5, text(1, 'body'), body, int(20, 5));
  return model(
    node('Loop', ['', 'go', 'x'], ['y'], attribute),
    initializer('go', DataType.bool, [], Uint8Array.of(1)),
    valueInfo(11, 'x', DataType.float32, [1]),
    valueInfo(12, 'y', DataType.float32, [1]),
  );
};

/** Spreads its one element over `count` and adds it up: count × 4 bytes at once. */
export const greedyModel = (count: number): Buffer =>
  model(
    node('Expand', ['x', 'shape'], ['spread']),
    node('ReduceMax', ['spread'], ['y']),
    initializer('shape', DataType.int64, [1], int64s(count)),
    valueInfo(11, 'x', DataType.float32, [1]),
    valueInfo(12, 'y', DataType.float32, [1]),
  );
