import type { Graph, ModelGraph } from '../model/graph.js';
import { countNodes } from '../model/summary.js';
import { nestedGraphs, operatorId, walkNodes } from '../model/walk.js';
import { readNames } from '../model/tensorNumbers.js';
import { modulesByName } from './modulesByName.js';
import { modulesByStructure } from './modulesByStructure.js';

export interface Modules {
  /** By operator id, Constant nodes included; paths joined by '/', '' for none. */
  modules: ReadonlyMap<string, string>;
  /** Where they come from: node names, or the graph's structure where names are flat. */
  basis: 'names' | 'structure' | 'none';
}

/** Nested graphs lie in the module of the node that has them: `stage 2/If/then_branch`. */
function addNested(graph: Graph, graphPath: string, modules: Map<string, string>): void {
  for (const [index, node] of graph.nodes.entries()) {
    const id = operatorId(graphPath, index);
    for (const nested of nestedGraphs(node, id)) {
      const branch = nested.graphPath.slice(id.length + 1);
      const outer = modules.get(id) ?? '';
      const module = [...(outer === '' ? [] : [outer]), node.opType, branch].join('/');
      for (const inner of nested.graph.nodes.keys()) modules.set(operatorId(nested.graphPath, inner), module);
      addNested(nested.graph, nested.graphPath, modules);
    }
  }
}

/** What runs at load (constants, and what follows from them alone) is where it is first used. */
function placeConstants(graph: Graph, graphPath: string, modules: Map<string, string>): void {
  const moduleOfReader = new Map<string, string>();
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    const id = operatorId(graphPath, index);
    for (const nested of nestedGraphs(node, id)) placeConstants(nested.graph, nested.graphPath, modules);
    let module = modules.get(id);
    if (module === undefined) {
      module = node.outputs.map((name) => moduleOfReader.get(name)).find((known) => known !== undefined);
      if (module === undefined) continue;
      modules.set(id, module);
    }
    for (const name of readNames(node)) moduleOfReader.set(name, module);
  }
}

/** The module of every operator. Depends on the model alone, never on the sizes that it is profiled with. */
export function assignModules(model: ModelGraph): Modules {
  const named = modulesByName(model.graph);
  const structured = named ? null : modulesByStructure(model);
  const modules = named ?? new Map(structured ?? []);
  if (!named) addNested(model.graph, '', modules);
  if (modules.size < countNodes(model)) {
    placeConstants(model.graph, '', modules);
    for (const { id } of walkNodes(model)) if (!modules.has(id)) modules.set(id, '');
  }
  if (named) return { modules, basis: 'names' };
  const isEmpty = [...modules.values()].every((module) => module === '');
  return { modules, basis: isEmpty ? 'none' : 'structure' };
}
