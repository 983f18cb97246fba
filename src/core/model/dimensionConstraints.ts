/**
 * Sizes of inputs' axes that the weights fix although the file leaves them open: a convolution's channels, the inner
 * dimension of a product, a recurrent layer's input and state.
 */

import type { Graph, Node } from './graph.js';
import { tensorNumbers } from './tensorNumbers.js';

/** A tensor that still is an input, reordered or cast: for each of its axes, the input's axis. */
interface View {
  input: string;
  axes: number[];
}

/** `INPUT:AXIS` to size. Follows inputs through Identity, Cast, Transpose and arithmetic with constants, no further. */
export function axisSizesFromWeights(graph: Graph): ReadonlyMap<string, number> {
  const weights = weightShapes(graph);
  const views = new Map<string, View>();
  for (const input of graph.inputs) {
    if (input.type.kind !== 'tensor' || !input.type.shape || weights.get(input.name)) continue;
    views.set(input.name, { input: input.name, axes: input.type.shape.map((_, axis) => axis) });
  }
  const sizes = new Map<string, number>();
  if (views.size === 0) return sizes;
  for (let index = 0; index < graph.nodes.length; index++) {
    const node = graph.nodes[index]!;
    if (node.domain !== '' || !readsAny(node, views)) continue;
    follow(node, views, weights);
    for (const { tensor, axis, size } of requirements(node, weights)) {
      const view = views.get(tensor);
      const inputAxis = view?.axes.at(axis);
      if (view && inputAxis !== undefined && size > 0) sizes.set(`${view.input}:${inputAxis}`, size);
    }
  }
  return sizes;
}

function readsAny({ inputs }: Node, views: ReadonlyMap<string, View>): boolean {
  for (let input = 0; input < inputs.length; input++) if (views.has(inputs[input]!)) return true;
  return false;
}

interface Shapes {
  get(name: string): readonly number[] | undefined;
}

function weightShapes(graph: Graph): Shapes {
  const { names, initializers, makes, makesFrom, numberOf } = tensorNumbers(graph);
  const shapes = new Array<readonly number[] | undefined>(names.length);
  for (let index = 0; index < initializers.length; index++)
    shapes[initializers[index]!] = graph.initializers[index]!.dims;
  for (let index = 0; index < graph.nodes.length; index++) {
    const { opType, attributes, outputs } = graph.nodes[index]!;
    const value = opType === 'Constant' ? attributes.find((each) => each.name === 'value') : undefined;
    if (value?.type === 'tensor' && outputs.length > 0) shapes[makes[makesFrom[index]!]!] = value.value.dims;
  }
  return {
    get(name) {
      const tensor = numberOf(name);
      return tensor === undefined ? undefined : shapes[tensor];
    },
  };
}

const SAME_SHAPE = new Set(['Identity', 'Cast', 'QuantizeLinear', 'DequantizeLinear']);
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div']);

function follow(node: Node, views: Map<string, View>, weights: Shapes): void {
  const [output] = node.outputs;
  const view = node.inputs.map((name) => views.get(name)).find((each) => each !== undefined);
  if (output === undefined || !view) return;
  if (node.opType === 'Transpose') {
    const perm = node.attributes.find((each) => each.name === 'perm');
    const order = perm?.type === 'ints' ? perm.value : view.axes.map((_, axis) => view.axes.length - 1 - axis);
    const axes = order.map((axis) => view.axes[axis]).filter((axis) => axis !== undefined);
    if (axes.length === view.axes.length) views.set(output, { input: view.input, axes });
  } else if (SAME_SHAPE.has(node.opType)) {
    views.set(output, view);
  } else if (ARITHMETIC.has(node.opType)) {
    // A constant of no larger rank leaves every axis where it was.
    const constant = node.inputs.map((name) => weights.get(name)).find((each) => each !== undefined);
    if (constant && constant.length <= view.axes.length) views.set(output, view);
  }
}

interface Requirement {
  tensor: string;
  axis: number;
  size: number;
}

function requirements(node: Node, weights: Shapes): Requirement[] {
  const input = (index: number): string => node.inputs[index] ?? '';
  const dims = (index: number): readonly number[] => weights.get(input(index)) ?? [];
  const last = (index: number): number => dims(index).at(-1) ?? 0;
  const data = input(0);
  switch (node.opType) {
    case 'Conv':
      return [{ tensor: data, axis: 1, size: (dims(1)[1] ?? 0) * integer(node, 'group', 1) }];
    case 'ConvTranspose':
    case 'BatchNormalization':
      return [{ tensor: data, axis: 1, size: dims(1)[0] ?? 0 }];
    case 'LayerNormalization':
      return [{ tensor: data, axis: -1, size: last(1) }];
    case 'MatMul':
      return dims(1).length >= 2 ? [{ tensor: data, axis: -1, size: dims(1).at(-2) ?? 0 }] : [];
    case 'Gemm':
      return integer(node, 'transA', 0) === 1
        ? []
        : [{ tensor: data, axis: 1, size: dims(1)[integer(node, 'transB', 0)] ?? 0 }];
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return recurrentRequirements(node, data, input, dims);
    default:
      return [];
  }
}

function recurrentRequirements(
  node: Node,
  data: string,
  input: (index: number) => string,
  dims: (index: number) => readonly number[],
): Requirement[] {
  const directions = dims(2)[0] ?? 0;
  const hidden = dims(2).at(-1) ?? 0;
  const states = node.opType === 'LSTM' ? [5, 6] : [5];
  return [
    { tensor: data, axis: 2, size: dims(1).at(-1) ?? 0 },
    ...states.flatMap((index) => [
      // Layout 1 puts the batch first.
      { tensor: input(index), axis: integer(node, 'layout', 0) === 1 ? 1 : 0, size: directions },
      { tensor: input(index), axis: 2, size: hidden },
    ]),
  ];
}

function integer(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes.find((each) => each.name === name);
  return attribute?.type === 'int' ? attribute.value : otherwise;
}
