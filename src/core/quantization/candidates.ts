/** Which layers of a preprocessed graph can be quantized, and why others cannot. */

import type { Message } from '../../protocol/text.js';
import { DataTypes } from '../model/dataTypes.js';
import type { ModelGraph, Node, TensorRef } from '../model/graph.js';
import { walkNodes } from '../model/walk.js';
import { GraphIndex } from './graphIndex.js';
import type { Layer, RefusedLayer } from './types.js';

export interface Candidates {
  layers: Layer[];
  refused: RefusedLayer[];
}

const KINDS: ReadonlySet<string> = new Set(['Conv', 'Gemm', 'MatMul']);
/** Heavy operators that this runtime computes in float whatever stands around them. */
const FLOAT_ONLY: ReadonlySet<string> = new Set(['ConvTranspose', 'LSTM', 'GRU', 'RNN', 'Einsum']);
const ALREADY: ReadonlySet<string> = new Set([
  'QLinearConv',
  'QLinearMatMul',
  'ConvInteger',
  'MatMulInteger',
  'MatMulNBits',
  'QGemm',
]);
const ACTIVATIONS: ReadonlySet<string> = new Set(['Relu', 'Clip']);
/** Channels that images have; more are features. */
const MOST_IMAGE_CHANNELS = 4;

/** `operatorIdOf`: of a node of the graph, the operator of the file that it is. */
export function findCandidates(model: ModelGraph, operatorIdOf: (node: Node) => string): Candidates {
  const index = new GraphIndex(model.graph);
  const found: Candidates = { layers: [], refused: [] };
  for (const { node, graphPath } of walkNodes(model)) {
    const operatorId = operatorIdOf(node);
    if (operatorId === '') continue;
    const refuse = (message: Message): void => {
      found.refused.push({ operatorId, reason: message });
    };
    if (ALREADY.has(node.opType)) refuse(reason('quantization.reason.already'));
    else if (FLOAT_ONLY.has(node.opType)) refuse(reason('quantization.reason.noKernel', { opType: node.opType }));
    if (!KINDS.has(node.opType) || node.domain !== '') continue;
    const layer = graphPath === '' ? layerOf(node, operatorId, index) : reason('quantization.reason.nested');
    if ('code' in layer) refuse(layer);
    else found.layers.push(layer);
  }
  return found;
}

const reason = (code: string, params: Message['params'] = {}): Message => ({ code, params });

/** The layer, or why it is none. */
function layerOf(node: Node, operatorId: string, index: GraphIndex): Layer | Message {
  const [input = '', weightName = '', biasName = ''] = node.inputs;
  const weight = index.constant(weightName);
  if (!weight) {
    const maker = index.producer(weightName);
    if (maker?.opType === 'DequantizeLinear') return reason('quantization.reason.already');
    return reason('quantization.reason.dynamicWeights');
  }
  if (index.constant(input)) return reason('quantization.reason.dynamicWeights');
  if (weight.dataType !== DataTypes.float32) return reason('quantization.reason.notFloat32');
  const bias = biasName === '' ? null : index.constant(biasName);
  if (biasName !== '' && !bias) return reason('quantization.reason.dynamicBias');
  const form = refusedForm(node, weight, bias);
  if (form) return form;
  const activation = activationOf(node, index);
  return {
    operatorId,
    name: node.name,
    node,
    activation,
    input,
    output: (activation ?? node).outputs[0] ?? '',
    weight,
    bias,
    channelAxis: channelAxis(node),
    depthwise: isDepthwise(node, weight),
    imageChannels: imageChannels(node, weight, input, index),
  };
}

function refusedForm(node: Node, weight: TensorRef, bias: TensorRef | null): Message | null {
  const rank = weight.dims.length;
  if (node.opType === 'MatMul' && rank !== 2) return reason('quantization.reason.weightRank', { rank });
  if (node.opType === 'Conv' && rank < 3) return reason('quantization.reason.weightRank', { rank });
  if (node.opType !== 'Gemm') return null;
  const scaled = floatAttribute(node, 'alpha', 1) !== 1 || (bias !== null && floatAttribute(node, 'beta', 1) !== 1);
  if (scaled || intAttribute(node, 'transA', 0) !== 0) return reason('quantization.reason.gemmForm');
  const columns = weight.dims[intAttribute(node, 'transB', 0) === 1 ? 0 : 1];
  const wide = bias === null || (bias.dims.at(-1) === columns && bias.dims.slice(0, -1).every((dim) => dim === 1));
  return wide ? null : reason('quantization.reason.gemmForm');
}

/** Where the output channels lie: a Conv's filters first, a MatMul's columns last. */
function channelAxis(node: Node): number {
  if (node.opType === 'Conv') return 0;
  if (node.opType === 'Gemm') return intAttribute(node, 'transB', 0) === 1 ? 0 : 1;
  return 1;
}

function isDepthwise(node: Node, weight: TensorRef): boolean {
  const group = intAttribute(node, 'group', 1);
  return node.opType === 'Conv' && group > 1 && weight.dims[1] === 1;
}

function imageChannels(node: Node, weight: TensorRef, input: string, index: GraphIndex): number | null {
  const channels = weight.dims[1] ?? 0;
  const first = index.producer(input) === null;
  return node.opType === 'Conv' && first && channels <= MOST_IMAGE_CHANNELS ? channels : null;
}

function activationOf(node: Node, index: GraphIndex): Node | null {
  const next = index.onlyConsumer(node.outputs[0] ?? '');
  if (!next || !ACTIVATIONS.has(next.opType) || next.domain !== '') return null;
  // A Clip whose limits are computed stays between.
  const limits = next.inputs.slice(1).filter((name) => name !== '');
  return limits.every((name) => index.constant(name) !== null) ? next : null;
}

export function intAttribute(node: Node, name: string, standard: number): number {
  const found = node.attributes.find((attribute) => attribute.name === name);
  return found?.type === 'int' ? found.value : standard;
}

function floatAttribute(node: Node, name: string, standard: number): number {
  const found = node.attributes.find((attribute) => attribute.name === name);
  return found?.type === 'float' ? found.value : standard;
}
