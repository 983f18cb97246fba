/**
 * Static quantization in QDQ form: QuantizeLinear and DequantizeLinear around each activation, integer weights with a
 * DequantizeLinear of their own. The runtime turns DequantizeLinear → Conv → QuantizeLinear into one int8 kernel.
 */

import type { FileConstants } from '../../model/constants.js';
import { DataTypes } from '../../model/dataTypes.js';
import type { Attribute, Graph, Node, TensorRef } from '../../model/graph.js';
import { GraphIndex } from '../graphIndex.js';
import { parametersOf } from '../ranges.js';
import type { Layer, QuantizationParameters, Range, StaticScheme } from '../types.js';
import { quantizeBias, quantizeSymmetric, readFloats } from '../weights.js';
import { aroundNodes, type AroundNode } from './around.js';
import { GraphEdit } from './edit.js';

export interface StaticOptions {
  scheme: StaticScheme;
  ranges: ReadonlyMap<string, Range>;
  constants: FileConstants;
  /** '' from opset 13 on; before it the contrib domain, whose operators know axes. */
  qdqDomain: '' | 'com.microsoft';
  opset: number;
}

/** The graph with `layers` in int8. A layer without a finite range of its activations stays as it is. */
export function quantizeStatically(graph: Graph, layers: readonly Layer[], options: StaticOptions): Graph {
  return new StaticRewrite(graph, options).apply(layers);
}

class StaticRewrite {
  private readonly edit: GraphEdit;
  private readonly index: GraphIndex;
  /** Activation to its scale and zero point; names of their initializers. */
  private readonly parameters = new Map<string, { value: QuantizationParameters; scale: string; zero: string }>();
  private readonly dequantized = new Map<string, string>();
  private readonly weights = new Map<string, { name: string; scales: Float32Array }>();

  constructor(
    graph: Graph,
    private readonly options: StaticOptions,
  ) {
    this.edit = new GraphEdit(graph);
    this.index = new GraphIndex(graph);
  }

  apply(layers: readonly Layer[]): Graph {
    const ranged = layers.filter(
      ({ input, output }) => this.options.ranges.has(input) && this.options.ranges.has(output),
    );
    const around = this.options.scheme.around ? aroundNodes(this.index, ranged, this.options) : [];
    // Outputs first: where one layer feeds the next, the tensor is quantized for all its readers.
    for (const layer of ranged)
      if (this.quantizesOutput(layer, ranged, around))
        this.quantizeOutput(layer.output, layer.activation ?? layer.node);
    for (const { last, output, sameAs } of around) {
      if (sameAs !== null) this.share(output, sameAs);
      this.quantizeOutput(output, last);
    }
    for (const layer of ranged) this.quantizeLayer(layer);
    for (const { node, inputs } of around) for (const input of inputs) this.quantizeInput(node, input);
    return this.edit.finish();
  }

  /** A Conv has no int8 kernel that gives floats; products have, which spares a conversion and its error. */
  private quantizesOutput(layer: Layer, layers: readonly Layer[], around: readonly AroundNode[]): boolean {
    if (layer.node.opType === 'Conv') return true;
    const readers = this.index.consumers(layer.output);
    const integer = (node: Node): boolean =>
      layers.some((other) => other.node === node && other.input === layer.output) ||
      around.some((one) => one.node === node);
    return readers.length > 0 && readers.every(integer) && !this.index.isOutput(layer.output);
  }

  private quantizeLayer(layer: Layer): void {
    const { node, weight, bias } = layer;
    this.quantizeInput(node, layer.input);
    const quantized = this.quantizedWeight(layer);
    if (!quantized) return;
    this.edit.redirect(node, weight.name, quantized.name);
    if (bias) this.quantizeBias(layer, bias, quantized.scales);
  }

  private quantizeInput(node: Node, input: string): void {
    let dequantized = this.dequantized.get(input);
    if (dequantized === undefined) {
      dequantized = this.edit.fresh(`${input}_dequantized`);
      this.edit.insertAfter(this.index.producer(input), ...this.pair(input, input, dequantized));
      this.dequantized.set(input, dequantized);
    }
    this.edit.redirect(node, input, dequantized);
  }

  /** Every reader of the tensor gets the dequantized one, so that the float one never leaves the kernel. */
  private quantizeOutput(output: string, maker: Node): void {
    const isPublic = this.index.isOutput(output) || this.index.isCaptured(output);
    const before = isPublic ? this.edit.fresh(`${output}_float`) : output;
    const after = isPublic ? output : this.edit.fresh(`${output}_dequantized`);
    this.edit.insertAfter(maker, ...this.pair(output, before, after));
    this.dequantized.set(output, after);
    if (isPublic) this.edit.renameOutput(output, before);
    else for (const reader of this.index.consumers(output)) this.edit.redirect(reader, output, after);
  }

  private pair(tensor: string, before: string, after: string): Node[] {
    const { scale, zero } = this.parametersOf(tensor);
    const domain = this.options.qdqDomain;
    const quantized = this.edit.fresh(`${tensor}_quantized`);
    return [
      this.edit.node('QuantizeLinear', [before, scale, zero], quantized, { domain }),
      this.edit.node('DequantizeLinear', [quantized, scale, zero], after, { domain }),
    ];
  }

  private parametersOf(tensor: string): { value: QuantizationParameters; scale: string; zero: string } {
    const known = this.parameters.get(tensor);
    if (known) return known;
    const { activations } = this.options.scheme;
    const range = this.options.ranges.get(tensor);
    if (!range) throw new Error('an activation without a range');
    const value = parametersOf(range, activations);
    const scale = this.edit.scalar(`${tensor}_scale`, value.scale);
    const zero =
      activations === 'uint8'
        ? this.edit.tensor(`${tensor}_zero_point`, DataTypes.uint8, [], Uint8Array.of(value.zeroPoint))
        : this.edit.tensor(`${tensor}_zero_point`, DataTypes.int8, [], Int8Array.of(value.zeroPoint));
    const entry = { value, scale, zero };
    this.parameters.set(tensor, entry);
    return entry;
  }

  /** For operators that move values without computing: their output has their input's scale. */
  private share(tensor: string, sameAs: string): void {
    this.parameters.set(tensor, this.parametersOf(sameAs));
  }

  private quantizedWeight(layer: Layer): { name: string; scales: Float32Array } | null {
    const { weight } = layer;
    const { perChannel, reducedRange } = this.options.scheme;
    const axis = perChannel ? layer.channelAxis : null;
    const key = `${axis ?? ''}:${weight.name}`;
    const known = this.weights.get(key);
    if (known) return known;
    const floats = readFloats(weight, this.options.constants);
    if (!floats) return null;
    const { values, scales } = quantizeSymmetric(floats, weight.dims, axis, reducedRange);
    const stem = weight.name;
    const inputs = [
      this.edit.tensor(`${stem}_quantized`, DataTypes.int8, weight.dims, values),
      this.edit.tensor(`${stem}_scale`, DataTypes.float32, axis === null ? [] : [scales.length], scales),
      this.edit.tensor(
        `${stem}_zero_point`,
        DataTypes.int8,
        axis === null ? [] : [scales.length],
        new Int8Array(scales.length),
      ),
    ];
    const entry = { name: this.edit.fresh(`${stem}_dequantized`), scales };
    this.edit.insertAfter(null, this.dequantize(inputs, entry.name, axis));
    this.weights.set(key, entry);
    return entry;
  }

  private quantizeBias(layer: Layer, bias: TensorRef, weightScales: Float32Array): void {
    const floats = readFloats(bias, this.options.constants);
    if (!floats) return;
    const inputScale = this.parametersOf(layer.input).value.scale;
    const { values, scales } = quantizeBias(floats, inputScale, weightScales);
    const axis = scales.length > 1 ? 0 : null;
    const inputs = [
      this.edit.tensor(`${bias.name}_quantized`, DataTypes.int32, [values.length], values),
      this.edit.tensor(`${bias.name}_scale`, DataTypes.float32, axis === null ? [] : [scales.length], scales),
    ];
    const name = this.edit.fresh(`${bias.name}_dequantized`);
    this.edit.insertBefore(layer.node, this.dequantize(inputs, name, axis));
    this.edit.redirect(layer.node, bias.name, name);
  }

  private dequantize(inputs: string[], output: string, axis: number | null): Node {
    const attributes: Attribute[] = axis === null ? [] : [{ name: 'axis', type: 'int', value: axis }];
    return this.edit.node('DequantizeLinear', inputs, output, { domain: this.options.qdqDomain, attributes });
  }
}
