/** Models for one trait each: data types, names, sizes, mistakes. */

import type { ModelGraph, TensorRef } from '../../src/core/model/graph.js';
import { float, GraphBuilder, stringTensor } from './builder.js';

/** Half precision inside, single at the inputs and outputs. */
export function halfPrecision(): ModelGraph {
  const b = new GraphBuilder({ seed: 31 });
  const half = (dims: number[], scale: number): string =>
    b.values(
      Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => b.random.normal() * scale),
      { dims, dataType: 'float16' },
    );
  const x = b.add('Cast', [b.input('image', ['batch', 3, 16, 16])], { attributes: { to: 10 } });
  const features = b.add('Conv', [x, half([8, 3, 3, 3], 0.27), half([8], 0.01)], {
    attributes: { pads: [1, 1, 1, 1] },
  });
  const pooled = b.add('Flatten', [b.add('GlobalAveragePool', [b.add('Relu', [features])])]);
  const scores = b.add('Gemm', [pooled, half([4, 8], 0.5), half([4], 0.01)], { attributes: { transB: 1 } });
  b.add('Cast', [scores], { outputs: ['scores'], attributes: { to: 1 } });
  b.output('scores', ['batch', 4]);
  return b.model();
}

/** Quantized statically: activations per tensor (uint8), weights per channel (int8), biases int32. */
export function quantized(): ModelGraph {
  const b = new GraphBuilder({ seed: 32 });
  const activation = (input: string, scale: number, zero: number): string => {
    const parameters = [b.scalar(scale), b.scalar(zero, 'uint8')];
    return b.add('DequantizeLinear', [b.add('QuantizeLinear', [input, ...parameters]), ...parameters]);
  };
  const integers = (dims: number[], dataType: 'int8' | 'int32', range: number): string =>
    b.values(
      Array.from(
        { length: dims.reduce((product, dim) => product * dim, 1) },
        () => b.random.integer(range * 2) - range,
      ),
      { dims, dataType },
    );
  const perChannel = (values: string, channels: number, scale: number, dataType: 'int8' | 'int32'): string => {
    const zeros = b.values(new Array<number>(channels).fill(0), { dataType });
    return b.add('DequantizeLinear', [values, b.filled([channels], scale), zeros], { attributes: { axis: 0 } });
  };
  const layer = (input: string, from: number, to: number): string => {
    const weight = perChannel(integers([to, from, 3, 3], 'int8', 100), to, 0.004, 'int8');
    const bias = perChannel(integers([to], 'int32', 50), to, 0.004 * 0.02, 'int32');
    const output = b.add('Conv', [input, weight, bias], { attributes: { pads: [1, 1, 1, 1], kernel_shape: [3, 3] } });
    return activation(b.add('Relu', [output]), 0.02, 0);
  };
  const x = activation(b.input('image', ['batch', 3, 16, 16]), 0.02, 128);
  const features = layer(layer(x, 3, 16), 16, 16);
  const pooled = b.add('Flatten', [b.add('GlobalAveragePool', [features])]);
  b.add('Gemm', [pooled, b.weight([4, 16]), b.weight([4], { scale: 0.01 })], {
    outputs: ['scores'],
    attributes: { transB: 1 },
  });
  b.output('scores', ['batch', 4]);
  return b.model();
}

/** What dynamic quantization writes: DynamicQuantizeLinear, MatMulInteger, and weights of four bits in blocks. */
export function dynamicallyQuantized(): ModelGraph {
  const b = new GraphBuilder({ seed: 33 });
  const x = b.input('x', ['batch', 64]);
  const [quantizedInput, scale, zero] = b.addMany('DynamicQuantizeLinear', [x], { outputs: 3 }) as [
    string,
    string,
    string,
  ];
  const weight = b.values(
    Array.from({ length: 64 * 64 }, () => b.random.integer(200) - 100),
    { dims: [64, 64], dataType: 'int8' },
  );
  const product = b.add('MatMulInteger', [quantizedInput, weight, zero, b.scalar(0, 'int8')]);
  const asFloat = b.add('Cast', [product], { attributes: { to: 1 } });
  const rescaled = b.add('Mul', [asFloat, b.add('Mul', [scale, b.scalar(0.002)])]);
  const packed = b.values(
    Array.from({ length: 32 * 2 * 16 }, () => b.random.integer(256)),
    { dims: [32, 2, 16], dataType: 'uint8' },
  );
  b.add('MatMulNBits', [rescaled, packed, b.filled([64], 0.01)], {
    domain: 'com.microsoft',
    outputs: ['y'],
    attributes: { K: 64, N: 32, bits: 4, block_size: 32 },
  });
  b.output('y', ['batch', 32]);
  return b.model({ opsets: [{ domain: 'com.microsoft', version: 1 }] });
}

/** Names as converters of other frameworks leave them: numbers for tensors, none for nodes. */
export function flatNames(): ModelGraph {
  const b = new GraphBuilder({ seed: 34 });
  let x = b.input('0', [1, 3, 32, 32]);
  let channels = 3;
  let tensor = 1;
  for (const width of [8, 8, 16, 16]) {
    const weight = b.weight([width, channels, 3, 3], { name: String(tensor++) });
    const convolved = String(tensor++);
    b.add('Conv', [x, weight], { name: '', outputs: [convolved], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] } });
    x = String(tensor++);
    b.add('Relu', [convolved], { name: '', outputs: [x] });
    channels = width;
  }
  b.add('ReduceMean', [x], { name: '', outputs: [String(tensor)], attributes: { axes: [2, 3], keepdims: 0 } });
  b.output(String(tensor), [1, channels]);
  return b.model();
}

/** Names that break JSON, HTML, paths and objects. All legal: ONNX says nothing of names. */
export const hostileNames = [
  'quote"in the middle',
  'back\\slash',
  'line\nbreak',
  '"},{"x":"',
  '<img src=x onerror=alert(1)>',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'emoji 😀 and ünïcode',
  'tab\tand\u0000nul',
  '{{template}} ${value} %s',
  'a'.repeat(600),
] as const;

export function hostile(): ModelGraph {
  const b = new GraphBuilder({ seed: 35 });
  let x = b.input('input"<b>', ['batch "size"', 8]);
  for (const [index, name] of hostileNames.entries()) {
    const output = index === hostileNames.length - 1 ? 'output\n</script>' : `${name} tensor`;
    // Every third without a name, as files have them.
    x = b.add(
      index % 2 === 0 ? 'MatMul' : 'Add',
      [x, b.weight(index % 2 === 0 ? [8, 8] : [8], { name: `${name} weight`, scale: 0.3 })],
      {
        name: index % 3 === 2 ? '' : name,
        outputs: [output],
      },
    );
  }
  b.output('output\n</script>', ['batch "size"', 8]);
  return b.model({ producer: '<script>alert(1)</script>', metadata: { '__proto__ ': 'x', 'a"b': '</td><td>' } });
}

/** A chain of so many tiny operators. */
export function chain(length: number): ModelGraph {
  const b = new GraphBuilder({ seed: 36 });
  let x = b.input('x', [1, 8]);
  const types = ['Tanh', 'Sigmoid', 'Abs', 'Neg'];
  for (let index = 0; index < length; index++) {
    b.prefix = `/blocks.${Math.floor(index / 100)}/`;
    const isLast = index === length - 1;
    x = b.add(types[index % types.length]!, [x], isLast ? { outputs: ['y'] } : {});
  }
  b.output('y', [1, 8]);
  return b.model();
}

/** Two MatMuls of 256×512×512 and so many tiny operators, side by side; either part may be left out. */
export function beside(parts: { matMuls: boolean; tinyOperators: number }): ModelGraph {
  const b = new GraphBuilder({ seed: 37 });
  if (parts.matMuls) {
    const x = b.input('x', [256, 512]);
    b.prefix = '/large/';
    const first = b.add('MatMul', [x, b.weight([512, 512], { scale: 0.04 })]);
    b.add('MatMul', [first, b.weight([512, 512], { scale: 0.04 })], { outputs: ['y'] });
    b.output('y', [256, 512]);
  }
  if (parts.tinyOperators > 0) {
    let x = b.input('small', [8]);
    b.prefix = '/tiny/';
    const types = ['Tanh', 'Sigmoid', 'Abs', 'Neg'];
    for (let index = 0; index < parts.tinyOperators; index++) {
      const isLast = index === parts.tinyOperators - 1;
      x = b.add(types[index % types.length]!, [x], isLast ? { outputs: ['small_out'] } : {});
    }
    b.output('small_out', [8]);
  }
  return b.model();
}

/** MatMuls [rows, 512]×[512, 512·size], each on its own input; sizes 1, 2, 4 are MACs in that ratio. */
export function matMuls(sizes: readonly number[]): ModelGraph {
  const b = new GraphBuilder({ seed: 38 });
  for (const size of sizes) {
    const x = b.input(`x${size}`, [256, 512]);
    const weight = b.weight([512, 512 * size], { scale: 0.04 });
    b.add('MatMul', [x, weight], { name: `/matmul${size}/MatMul`, outputs: [`y${size}`] });
    b.output(`y${size}`, [256, 512 * size]);
  }
  return b.model();
}

/** Rank 0 everywhere. */
export function scalars(): ModelGraph {
  const b = new GraphBuilder({ seed: 39 });
  const x = b.input('x', []);
  const doubled = b.add('Mul', [x, b.scalar(2)]);
  b.add('Add', [doubled, b.add('Constant', [], { attributes: { value_float: float(0.5) } })], { outputs: ['y'] });
  b.output('y', []);
  return b.model();
}

/** Tensors without elements, as inputs, weights and in between. */
export function zeroSized(): ModelGraph {
  const b = new GraphBuilder({ seed: 40 });
  const x = b.input('x', ['batch', 0]);
  const empty: TensorRef = { name: 'empty', dataType: 1, dims: [0, 4], storage: { kind: 'none' } };
  b.initializers.push(empty);
  const product = b.add('MatMul', [x, 'empty']);
  b.add('Add', [product, b.weight([4])], { outputs: ['y'] });
  b.output('y', ['batch', 4]);
  return b.model();
}

/** One tensor of each common type, each through an operator; strings among them. */
export function dataTypes(): ModelGraph {
  const b = new GraphBuilder({ seed: 41 });
  const pass = (name: string, dataType: Parameters<GraphBuilder['input']>[2], second: string, opType = 'Add'): void => {
    b.add(opType, [b.input(name, ['n', 4], dataType), second], { outputs: [`${name}_out`] });
    b.output(`${name}_out`, ['n', 4], dataType);
  };
  pass('float64_in', 'float64', b.values([1, 2, 3, 4], { dataType: 'float64' }));
  pass('int64_in', 'int64', b.values([1, 2, 3, 9007199254740993n], { dataType: 'int64' }));
  pass('int32_in', 'int32', b.values([1, -2, 3, -4], { dataType: 'int32' }));
  pass('bool_in', 'bool', b.values([1, 0, 1, 0], { dataType: 'bool' }), 'And');
  pass('float16_in', 'float16', b.values([0.5, -1, 2, 65504], { dataType: 'float16' }));
  b.initializers.push(stringTensor(['a', 'ü', '', '"'], 'words'));
  b.add('Concat', [b.input('string_in', [4], 'string'), 'words'], { outputs: ['string_out'], attributes: { axis: 0 } });
  b.output('string_out', [8], 'string');
  return b.model();
}

/** Shape arithmetic between layers, as exporters write Flatten and view(). */
export function shapeArithmetic(): ModelGraph {
  const b = new GraphBuilder({ seed: 42 });
  const x = b.input('x', ['batch', 'sequence', 24]);
  const shape = b.add('Shape', [x]);
  const dimension = (index: number): string =>
    b.add('Gather', [shape, b.constant([index], { dims: [], dataType: 'int64' })]);
  const rows = b.add('Mul', [dimension(0), dimension(1)]);
  const target = b.add('Concat', [b.add('Unsqueeze', [rows, b.ints([0])]), b.constant([24], { dataType: 'int64' })], {
    attributes: { axis: 0 },
  });
  const flat = b.add('Reshape', [x, target]);
  const product = b.add('MatMul', [
    flat,
    b.constant(
      Array.from({ length: 24 * 8 }, () => b.random.normal() * 0.2),
      { dims: [24, 8] },
    ),
  ]);
  const half = b.add('Slice', [product, b.ints([4]), b.values([2n ** 63n - 1n], { dataType: 'int64' }), b.ints([1])]);
  b.add('Relu', [half], { outputs: ['y'] });
  b.output('y', [null, 4]);
  return b.model();
}

/** Weights that nobody reads, one twice in the file, an input without a reader, an operator that leads nowhere. */
export function wasteful(): ModelGraph {
  const b = new GraphBuilder({ seed: 43 });
  const x = b.input('x', ['batch', 32]);
  b.input('never_read', ['batch', 2]);
  const weight = b.weight([32, 32], { scale: 0.2, name: 'original' });
  const original = b.initializers.at(-1)!;
  b.initializers.push({ ...original, name: 'copy' });
  b.weight([32, 32], { name: 'unused' });
  const hidden = b.add('MatMul', [x, weight], { name: 'first' });
  b.add('Tanh', [hidden], { name: 'deadEnd' });
  b.add('MatMul', [hidden, 'copy'], { name: 'second', outputs: ['y'] });
  b.output('y', ['batch', 32]);
  return b.model();
}

/** An operator of a domain that no runtime here knows. */
export function customOperator(): ModelGraph {
  const b = new GraphBuilder({ seed: 44 });
  const x = b.input('x', ['batch', 8]);
  const hidden = b.add('MatMul', [x, b.weight([8, 8])]);
  b.add('MyOperator', [hidden], {
    name: 'custom',
    domain: 'example.custom',
    outputs: ['y'],
    attributes: { strength: 3 },
  });
  b.output('y', ['batch', 8]);
  return b.model({ opsets: [{ domain: 'example.custom', version: 1 }] });
}

/** Output sizes that depend on values: NonZero, Compress, Unique. */
export function dataDependent(): ModelGraph {
  const b = new GraphBuilder({ seed: 45 });
  const x = b.input('x', ['n']);
  const positive = b.add('Greater', [x, b.scalar(0)]);
  const found = b.add('Transpose', [b.add('NonZero', [positive])]);
  b.add('GatherND', [x, found], { outputs: ['picked'] });
  const kept = b.add('Compress', [x, positive], { attributes: { axis: 0 } });
  b.add('Unique', [kept], { outputs: ['unique'] });
  b.output('picked', [null]);
  b.output('unique', [null]);
  return b.model();
}
