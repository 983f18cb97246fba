/** A layer without some of its output channels, and whether the model could do without them. */

import { DataTypes, elementCount } from '../../model/dataTypes.js';
import type { FileConstants } from '../../model/constants.js';
import type { ModelGraph, Node, TensorRef } from '../../model/graph.js';
import type { Message } from '../../../protocol/text.js';
import { intAttribute } from '../candidates.js';
import type { GraphIndex } from '../graphIndex.js';
import { bytesOf } from '../rewrite/edit.js';
import type { Layer } from '../types.js';
import { readFloats } from '../weights.js';

const reason = (code: string, params: Message['params'] = {}): Message => ({
  code: `quantization.pruning.reason.${code}`,
  params,
});

/** What only looks at one channel at a time, or at all of them: a channel less is a channel less. */
const PASSING: ReadonlySet<string> = new Set(
  ['Relu', 'Clip', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Gelu', 'Erf', 'Tanh', 'LeakyRelu', 'Softplus', 'Elu']
    .concat(['Identity', 'Dropout', 'BatchNormalization', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'Resize'])
    .concat(['Flatten', 'Sqrt', 'Pow', 'Neg', 'Abs', 'Exp', 'ReduceMean', 'QuickGelu', 'BiasGelu']),
);
const JOINING: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sum', 'Concat']);

export interface Removability {
  possible: boolean;
  /** Why not, or what must go with the channels. */
  reason: Message | null;
}

/** Follows what the layer gives up to the layers that read it. */
export function removability(layer: Layer, index: GraphIndex): Removability {
  const { node, weight } = layer;
  if (intAttribute(node, 'group', 1) > 1) return { possible: false, reason: reason('grouped') };
  if ((weight.dims[layer.channelAxis] ?? 0) < 4) return { possible: false, reason: reason('fewChannels') };
  let joined = false;
  const seen = new Set<string>();
  const open = [layer.output];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    if (index.isOutput(tensor)) return { possible: false, reason: reason('output') };
    if (index.isCaptured(tensor)) return { possible: false, reason: reason('fixed', { opType: 'If' }) };
    for (const reader of index.consumers(tensor)) {
      if (endsHere(reader, tensor, index)) continue;
      const joins = JOINING.has(reader.opType);
      if (!joins && !PASSING.has(reader.opType) && !isDepthwiseReader(reader, index))
        return { possible: false, reason: reason('fixed', { opType: reader.opType }) };
      if (joins && reader.inputs.some((input) => input !== tensor && !index.constant(input))) joined = true;
      open.push(...reader.outputs.filter((output) => output !== ''));
    }
  }
  return { possible: true, reason: joined ? reason('joined') : null };
}

/** A layer with weights for each channel that it reads: fewer of them is all that it needs. */
function endsHere(reader: Node, tensor: string, index: GraphIndex): boolean {
  if (reader.inputs[0] !== tensor || !index.constant(reader.inputs[1] ?? '')) return false;
  if (reader.opType === 'Conv' || reader.opType === 'ConvTranspose') return intAttribute(reader, 'group', 1) === 1;
  return reader.opType === 'Gemm' || reader.opType === 'MatMul';
}

const isDepthwiseReader = (reader: Node, index: GraphIndex): boolean =>
  reader.opType === 'Conv' && index.constant(reader.inputs[1] ?? '')?.dims[1] === 1;

/** The model with the layer's weights without `removed`, and the layer in it; null where they cannot be read. */
export function withoutChannels(
  model: ModelGraph,
  layer: Layer,
  removed: readonly number[],
  constants: FileConstants,
): { model: ModelGraph; layer: Layer } | null {
  const gone = new Set(removed);
  const weight = sliced(layer.weight, layer.channelAxis, gone, constants);
  const bias = layer.bias && sliced(layer.bias, layer.bias.dims.length - 1, gone, constants);
  if (!weight || (layer.bias && !bias)) return null;
  const initializers = model.graph.initializers.map((tensor) =>
    tensor.name === weight.name ? weight : bias && tensor.name === bias.name ? bias : tensor,
  );
  return { model: { ...model, graph: { ...model.graph, initializers } }, layer: { ...layer, weight, bias } };
}

function sliced(
  tensor: TensorRef,
  axis: number,
  gone: ReadonlySet<number>,
  constants: FileConstants,
): TensorRef | null {
  const values = readFloats(tensor, constants);
  const channels = tensor.dims[axis] ?? 0;
  // A bias of one value stands for all channels.
  if (values && channels === 1) return tensor;
  if (!values) return null;
  const inner = elementCount(tensor.dims.slice(axis + 1));
  const kept = values.filter((_, index) => !gone.has(Math.floor(index / inner) % channels));
  const dims = tensor.dims.map((dim, at) => (at === axis ? dim - gone.size : dim));
  return { name: tensor.name, dataType: DataTypes.float32, dims, storage: { kind: 'bytes', bytes: bytesOf(kept) } };
}

/** The same with all but every fifth weight zero: what pruning anywhere would leave. */
export function withZeros(
  model: ModelGraph,
  layer: Layer,
  constants: FileConstants,
): { model: ModelGraph; layer: Layer } | null {
  const values = readFloats(layer.weight, constants);
  if (!values) return null;
  const sparse = values.map((value, index) => (index % 5 === 0 ? value : 0));
  const weight: TensorRef = { ...layer.weight, storage: { kind: 'bytes', bytes: bytesOf(sparse) } };
  const initializers = model.graph.initializers.map((tensor) => (tensor.name === weight.name ? weight : tensor));
  return { model: { ...model, graph: { ...model.graph, initializers } }, layer: { ...layer, weight } };
}
