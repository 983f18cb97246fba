import type { ModelSummary, ValueSummary } from '../../protocol/report.js';
import { dataTypeName } from './dataTypes.js';
import { documentationOf } from './documentation.js';
import { externalFiles } from './externalData.js';
import type { Graph, ModelGraph, Node, ValueInfo } from './graph.js';
import { findLicence } from './licence.js';
import { feedInputs } from './openDimensions.js';
import { countParameters } from './parameters.js';

/** What the report says of a model before anything ran; `model` as read, not inlined. */
export function summarizeModel(
  model: ModelGraph,
  { parameterCount, weightBytes } = countParameters(model),
): Omit<ModelSummary, 'contentSha256' | 'checks'> {
  return {
    path: model.path,
    format: model.format,
    fileBytes: model.fileBytes,
    irVersion: model.irVersion === 0 ? null : model.irVersion,
    opsets: model.opsets.map(({ domain, version }) => ({ domain, version })),
    producer: { name: model.producerName, version: model.producerVersion },
    inputs: feedInputs(model).map(summarizeValue),
    outputs: model.graph.outputs.map(summarizeValue),
    nodeCount: countNodes(model),
    parameterCount,
    weightBytes,
    externalData: externalFiles(model).map(({ location, bytes }) => ({ path: location, bytes: bytes ?? 0 })),
    metadata: model.metadata,
    licence: findLicence(model),
    documentation: documentationOf(model),
  };
}

/** Nodes of the main graph, of nested graphs and of local functions' bodies, as written. */
export function countNodes(model: Pick<ModelGraph, 'graph' | 'functions'>): number {
  return countIn(model.graph.nodes) + model.functions.reduce((sum, body) => sum + countIn(body.nodes), 0);
}

function countIn(nodes: readonly Node[]): number {
  let count = nodes.length;
  const addGraph = (graph: Graph): void => {
    count += countIn(graph.nodes);
  };
  for (let index = 0; index < nodes.length; index++) {
    const { attributes } = nodes[index]!;
    for (let position = 0; position < attributes.length; position++) {
      const attribute = attributes[position]!;
      if (attribute.type === 'graph') addGraph(attribute.value);
      else if (attribute.type === 'graphs') attribute.value.forEach(addGraph);
    }
  }
  return count;
}

function summarizeValue({ name, type }: ValueInfo): ValueSummary {
  if (type.kind !== 'tensor') return { name, dataType: type.kind, shape: null };
  return { name, dataType: dataTypeName(type.dataType), shape: type.shape };
}
