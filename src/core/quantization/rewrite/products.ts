/** Methods that need no calibration: dynamic int8 products, weights in blocks, weights in half precision. */

import type { FileConstants } from '../../model/constants.js';
import { DataTypes } from '../../model/dataTypes.js';
import type { Attribute, Graph, Node } from '../../model/graph.js';
import { GraphIndex } from '../graphIndex.js';
import type { BlockFormat, Layer } from '../types.js';
import { quantizeBlocks, quantizeSymmetric, readFloats, toHalf, transposed } from '../weights.js';
import { GraphEdit } from './edit.js';

export interface ProductOptions {
  constants: FileConstants;
  reducedRange: boolean;
}

const CONTRIB = 'com.microsoft';
const int = (name: string, value: number): Attribute => ({ name, type: 'int', value });

/** MatMul and Gemm only; a ConvInteger is several times slower than float. */
export const isProduct = ({ node }: Layer): boolean => node.opType === 'MatMul' || node.opType === 'Gemm';

/** [K, N] row by row, whichever way the file has it; null when it cannot be read. */
function weightKN(layer: Layer, constants: FileConstants): { values: Float32Array; k: number; n: number } | null {
  const floats = readFloats(layer.weight, constants);
  if (!floats) return null;
  const [rows = 0, columns = 0] = layer.weight.dims;
  if (layer.channelAxis === 1) return { values: floats, k: rows, n: columns };
  return { values: transposed(floats, rows, columns), k: columns, n: rows };
}

/** DynamicQuantizeLinear, MatMulInteger, and the scales multiplied back: one kernel in this runtime. */
export function quantizeDynamically(graph: Graph, layers: readonly Layer[], options: ProductOptions): Graph {
  const edit = new GraphEdit(graph);
  const index = new GraphIndex(graph);
  const inputs = new Map<string, { values: string; scale: string; zero: string }>();
  for (const layer of layers.filter(isProduct)) {
    const weight = weightKN(layer, options.constants);
    if (!weight) continue;
    let input = inputs.get(layer.input);
    if (!input) {
      input = {
        values: edit.fresh(`${layer.input}_quantized`),
        scale: edit.fresh(`${layer.input}_scale`),
        zero: edit.fresh(`${layer.input}_zero_point`),
      };
      const outputs = [input.scale, input.zero];
      const node = edit.node('DynamicQuantizeLinear', [layer.input], input.values, { outputs });
      edit.insertAfter(index.producer(layer.input), node);
      inputs.set(layer.input, input);
    }
    const { values, scales } = quantizeSymmetric(weight.values, [weight.k, weight.n], 1, options.reducedRange);
    const stem = layer.weight.name;
    const integer = edit.tensor(`${stem}_quantized`, DataTypes.int8, [weight.k, weight.n], values);
    const weightScale = edit.tensor(`${stem}_scale`, DataTypes.float32, [weight.n], scales);
    const weightZero = edit.tensor(`${stem}_zero_point`, DataTypes.int8, [weight.n], new Int8Array(weight.n));
    const output = layer.node.outputs[0] ?? '';
    const [sums, floats, scale] = ['_integer', '_float', '_output_scale'].map((end) => edit.fresh(output + end)) as [
      string,
      string,
      string,
    ];
    const product = layer.bias ? edit.fresh(`${output}_product`) : output;
    const nodes = [
      edit.node('MatMulInteger', [input.values, integer, input.zero, weightZero], sums),
      edit.node('Cast', [sums], floats, { attributes: [int('to', DataTypes.float32)] }),
      edit.node('Mul', [input.scale, weightScale], scale),
      edit.node('Mul', [floats, scale], product),
    ];
    putInPlace(edit, layer, nodes, product);
  }
  return edit.finish();
}

/** The last of `nodes` takes the layer's place, with its bias added where it has one. */
function putInPlace(edit: GraphEdit, layer: Layer, nodes: Node[], product: string): void {
  const output = layer.node.outputs[0] ?? '';
  const all = layer.bias ? [...nodes, edit.node('Add', [product, layer.bias.name], output)] : nodes;
  edit.insertBefore(layer.node, ...all.slice(0, -1));
  edit.replace(layer.node, { ...all.at(-1)!, name: layer.node.name });
}

/** MatMulNBits: weights of 4 or 8 bits with a scale for each block along K, activations in float. */
export function quantizeWeightBlocks(
  graph: Graph,
  layers: readonly Layer[],
  format: BlockFormat,
  options: ProductOptions,
): Graph {
  const edit = new GraphEdit(graph);
  for (const layer of layers.filter(isProduct)) {
    const weight = weightKN(layer, options.constants);
    if (!weight) continue;
    const { k, n } = weight;
    const { packed, scales, blocks } = quantizeBlocks(transposed(weight.values, k, n), n, k, format);
    const stem = layer.weight.name;
    const blockBytes = (format.blockSize * format.bits) / 8;
    const inputs = [
      layer.input,
      edit.tensor(`${stem}_quantized`, DataTypes.uint8, [n, blocks, blockBytes], packed),
      edit.tensor(`${stem}_scale`, DataTypes.float32, [n * blocks], scales),
    ];
    const output = layer.node.outputs[0] ?? '';
    const product = layer.bias ? edit.fresh(`${output}_product`) : output;
    const attributes = [
      int('K', k),
      int('N', n),
      int('bits', format.bits),
      int('block_size', format.blockSize),
      int('accuracy_level', 4),
    ];
    putInPlace(edit, layer, [edit.node('MatMulNBits', inputs, product, { domain: CONTRIB, attributes })], product);
  }
  return edit.finish();
}

const SMALLEST_HALF_ELEMENTS = 64;
/** Largest finite number of half precision. */
const LARGEST_HALF = 65504;

/**
 * Weights stored in half precision and cast back when the model is loaded: half the file, the speed of float, because
 * this runtime computes in float on a CPU anyway. Weights beyond the range of half precision stay.
 */
export function halveWeights(graph: Graph, options: ProductOptions): Graph {
  const edit = new GraphEdit(graph);
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const index = new GraphIndex(graph);
  for (const tensor of graph.initializers) {
    const count = tensor.dims.reduce((product, dim) => product * dim, 1);
    const fixed = inputs.has(tensor.name) || outputs.has(tensor.name) || index.isCaptured(tensor.name);
    if (tensor.dataType !== DataTypes.float32 || count < SMALLEST_HALF_ELEMENTS || fixed) continue;
    const floats = readFloats(tensor, options.constants);
    if (!floats || !floats.every((value) => Math.abs(value) <= LARGEST_HALF)) continue;
    const half = edit.tensor(`${tensor.name}_half`, DataTypes.float16, tensor.dims, toHalf(floats));
    const name = edit.fresh(`${tensor.name}_float`);
    edit.insertAfter(null, edit.node('Cast', [half], name, { attributes: [int('to', DataTypes.float32)] }));
    for (const reader of index.consumers(tensor.name)) edit.redirect(reader, tensor.name, name);
  }
  return edit.finish();
}
