/** A small model with one layer, its rewriting, and a graph as text: one node a line. */

import { FileConstants } from '../../src/core/model/constants.js';
import type { Graph, ModelGraph } from '../../src/core/model/graph.js';
import { findCandidates } from '../../src/core/quantization/candidates.js';
import { rewriteModel } from '../../src/core/quantization/rewrite/rewrite.js';
import type { PlanMethod } from '../../src/core/quantization/types.js';
import { GraphBuilder } from '../models/builder.js';

export function convModel(opset = 17): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 1, 2, 2]);
  const w = b.values([1, -2], { dims: [2, 1, 1, 1], name: 'w' });
  const bias = b.values([0.5, 0], { name: 'b' });
  b.add('Conv', ['x', w, bias], { name: 'conv', outputs: ['c'] });
  b.add('Relu', ['c'], { name: 'relu', outputs: ['r'] });
  b.add('Add', ['r', 'r'], { name: 'add', outputs: ['y'] });
  b.output('y', [1, 2, 2, 2]);
  return b.model({ opset });
}

export function matMulModel(): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 2]);
  b.add('MatMul', ['x', b.values([1, 2, 3, -4], { dims: [2, 2], name: 'w' })], { name: 'mul', outputs: ['y'] });
  b.output('y', [1, 2]);
  return b.model();
}

export function gemmModel(): ModelGraph {
  const b = new GraphBuilder();
  b.input('x', [1, 2]);
  const w = b.values([1, 2, 3, -4, 5, 6], { dims: [3, 2], name: 'w' });
  b.add('Gemm', ['x', w, b.values([1, 2, 3], { name: 'b' })], {
    name: 'gemm',
    outputs: ['y'],
    attributes: { transB: 1 },
  });
  b.output('y', [1, 3]);
  return b.model();
}

/** Every activation is taken to lie in [0, 2.55], which makes the scale 0.01. */
export function rewritten(model: ModelGraph, method: PlanMethod): ModelGraph {
  const names = model.graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  const ranges = new Map(names.map((name) => [name, { min: 0, max: 2.55 }]));
  const { layers } = findCandidates(model, ({ name }) => name);
  return rewriteModel({ model, constants: new FileConstants(model), ranges, reducedRange: false }, layers, method);
}

export function textOf(model: ModelGraph): string[] {
  const { graph } = model;
  const nodes = graph.nodes.map(({ domain, opType, inputs, outputs, attributes }) => {
    const shown = attributes.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(' ');
    return `${outputs.join(', ')} = ${domain === '' ? '' : `${domain}.`}${opType}(${inputs.join(', ')})${shown === '' ? '' : ` ${shown}`}`;
  });
  return [...nodes, ...initializers(graph, model)];
}

function initializers(graph: Graph, model: ModelGraph): string[] {
  const constants = new FileConstants(model);
  return graph.initializers.map((tensor) => {
    const values = constants.readNumbers(tensor, 1000) ?? [];
    const shown =
      values.length > 8 ? `${values.length} values` : values.map((value) => Number(value.toPrecision(4))).join(' ');
    return `${tensor.name}: type ${tensor.dataType} [${tensor.dims.join()}] ${shown}`;
  });
}

/** The model as it is, then by each method, with its operator sets. */
export function goldenOf(model: ModelGraph, methods: readonly PlanMethod[]): string {
  const block = (heading: string, one: ModelGraph): string => {
    const opsets = one.opsets.map(({ domain, version }) => `${domain === '' ? 'ai.onnx' : domain} ${version}`);
    return [`# ${heading}: ${opsets.join(', ')}`, ...textOf(one)].map((line) => line.trimEnd()).join('\n');
  };
  const after = methods.map((method) => block(method, rewritten(model, method)));
  return `${[block('before', model), ...after].join('\n\n')}\n`;
}
