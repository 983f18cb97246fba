/**
 * Types that a program cannot hand to the runtime, though a model may use them: a copy of the model takes such an input,
 * and gives such an output, in a type that can be handed over, with a Cast behind or before it.
 */

import { DataTypes, dataTypeName } from './dataTypes.js';
import type { Graph, ModelGraph, Node, ValueInfo } from './graph.js';
import { renameGraph } from './renameGraph.js';

/** Each holds every value of the type that it stands for. */
const CARRIED: ReadonlyMap<number, number> = new Map([
  [DataTypes.int4, DataTypes.int8],
  [DataTypes.uint4, DataTypes.uint8],
  [DataTypes.bfloat16, DataTypes.float32],
]);

const carriedType = ({ type }: ValueInfo): number | undefined =>
  type.kind === 'tensor' ? CARRIED.get(type.dataType) : undefined;

/** By the names of the types, as the runtime has them; null for a type that is handed over as it is. */
export function carriedTypeName(dataType: string): string | null {
  for (const [from, to] of CARRIED) if (dataTypeName(from) === dataType) return dataTypeName(to);
  return null;
}

/** Inputs that are fed in another type. */
export function carriedInputs({ graph }: ModelGraph): string[] {
  const weights = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.filter((input) => carriedType(input) && !weights.has(input.name)).map(({ name }) => name);
}

const cast = (name: string, from: string, to: string, dataType: number): Node => ({
  name,
  opType: 'Cast',
  domain: '',
  inputs: [from],
  outputs: [to],
  attributes: [{ name: 'to', type: 'int', value: dataType }],
});

function retyped(value: ValueInfo): ValueInfo {
  const dataType = carriedType(value);
  return dataType === undefined || value.type.kind !== 'tensor'
    ? value
    : { ...value, type: { ...value.type, dataType } };
}

/** The model itself where nothing is to be carried. Inputs and outputs keep their names. */
export function withCarriedTypes(model: ModelGraph): ModelGraph {
  const { graph } = model;
  const inputs = new Set(carriedInputs(model));
  const outputs = new Set(graph.outputs.filter(carriedType).map(({ name }) => name));
  if (inputs.size === 0 && outputs.size === 0) return model;
  const inner = (name: string): string => (inputs.has(name) || outputs.has(name) ? `${name}_carried` : name);
  const renamed: Graph = renameGraph(graph, { tensor: inner });
  const nodes: Node[] = [];
  for (const { name, type } of graph.inputs)
    if (inputs.has(name) && type.kind === 'tensor')
      nodes.push(cast(`carryIn_${name}`, name, inner(name), type.dataType));
  nodes.push(...renamed.nodes);
  for (const value of graph.outputs)
    if (outputs.has(value.name))
      nodes.push(cast(`carryOut_${value.name}`, inner(value.name), value.name, carriedType(value) ?? 0));
  const changed = {
    ...renamed,
    nodes,
    inputs: graph.inputs.map((input) => (inputs.has(input.name) ? retyped(input) : input)),
    outputs: graph.outputs.map(retyped),
  };
  return { ...model, graph: changed };
}
