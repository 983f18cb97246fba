/** What the quantization room speaks of: layers that can be quantized, how, and what was found. */

import type { Message } from '../../protocol/text.js';
import type { Node, TensorRef } from '../model/graph.js';

/** How one layer is quantized. */
export type LayerMethod =
  | 'staticInt8'
  | 'staticInt8PerTensor'
  | 'staticInt8Signed'
  | 'staticInt8Reduced'
  | 'dynamicInt8'
  | 'weightOnly8Block128'
  | 'weightOnly8Block32'
  | 'weightOnly4Block128'
  | 'weightOnly4Block32'
  | 'float16';

/**
 * How a whole model is: one method throughout, static int8 with the operators between the layers, some layers only, or
 * convolutions in static and products in dynamic int8.
 */
export type PlanMethod = LayerMethod | 'staticInt8Around' | 'mixedInt8' | 'mixedStaticDynamic';

/** Number types of the static methods. */
export interface StaticScheme {
  activations: 'uint8' | 'int8';
  perChannel: boolean;
  /** Weights of 7 bits: pairs of products do not overflow 16 bits on CPUs without int8 dot products. */
  reducedRange: boolean;
  /** Also what stands between quantized layers: Add, Mul, Concat, pooling. */
  around: boolean;
}

/** A Conv, Gemm or MatMul with constant weights, in the preprocessed graph. */
export interface Layer {
  /** In the file. */
  operatorId: string;
  /** Its node's name, unique in the graph. */
  name: string;
  node: Node;
  /** The Relu or Clip that alone reads the layer's output: quantization comes after it. */
  activation: Node | null;
  /** The activation that it reads, and what it or its activation gives. */
  input: string;
  output: string;
  weight: TensorRef;
  bias: TensorRef | null;
  /** Of the weight: output channels. */
  channelAxis: number;
  depthwise: boolean;
  /** Input channels of a Conv that reads a graph input, such as an image; null otherwise. */
  imageChannels: number | null;
}

export interface RefusedLayer {
  operatorId: string;
  reason: Message;
}

export interface Range {
  min: number;
  max: number;
}

/** Of one activation: real = scale · (quantized − zeroPoint). */
export interface QuantizationParameters {
  scale: number;
  zeroPoint: number;
}

export type CalibrationMethod = 'minMax' | 'percentile' | 'entropy';

export const STATIC_SCHEMES: Readonly<Partial<Record<PlanMethod, StaticScheme>>> = {
  staticInt8: { activations: 'uint8', perChannel: true, reducedRange: false, around: false },
  mixedInt8: { activations: 'uint8', perChannel: true, reducedRange: false, around: false },
  staticInt8PerTensor: { activations: 'uint8', perChannel: false, reducedRange: false, around: false },
  staticInt8Signed: { activations: 'int8', perChannel: true, reducedRange: false, around: false },
  staticInt8Reduced: { activations: 'uint8', perChannel: true, reducedRange: true, around: false },
  staticInt8Around: { activations: 'uint8', perChannel: true, reducedRange: false, around: true },
};

export interface BlockFormat {
  bits: 4 | 8;
  blockSize: 32 | 128;
}

export const BLOCK_FORMATS: Readonly<Partial<Record<PlanMethod, BlockFormat>>> = {
  weightOnly8Block128: { bits: 8, blockSize: 128 },
  weightOnly8Block32: { bits: 8, blockSize: 32 },
  weightOnly4Block128: { bits: 4, blockSize: 128 },
  weightOnly4Block32: { bits: 4, blockSize: 32 },
};

/** Those that the layers of a plan can have. */
export const isLayerMethod = (text: string | undefined): text is LayerMethod =>
  text !== undefined && isPlanMethod(text) && !/^mixed|Around$/.test(text);

/** Every method, by the names that people give. */
export const PLAN_METHODS: readonly PlanMethod[] = [
  ...(Object.keys(STATIC_SCHEMES) as PlanMethod[]),
  'dynamicInt8',
  'mixedStaticDynamic',
  ...(Object.keys(BLOCK_FORMATS) as PlanMethod[]),
  'float16',
];

export const isPlanMethod = (text: string): text is PlanMethod => PLAN_METHODS.some((method) => method === text);

/** What a plan's method does to one layer. */
export function assignedMethod(method: PlanMethod, { node }: Pick<Layer, 'node'>): LayerMethod {
  if (method === 'mixedStaticDynamic') return node.opType === 'Conv' ? 'staticInt8' : 'dynamicInt8';
  return method === 'mixedInt8' || method === 'staticInt8Around' ? 'staticInt8' : method;
}
