import { ExpectedError } from '../common/errors.js';
import type { Attribute, Graph, LocalFunction, ModelGraph, Node, OpsetImport } from './graph.js';
import { renameNode } from './renameGraph.js';
import { walkGraphs } from './walk.js';

/** Calls inside calls multiply: a small file can ask for any number of nodes. */
const MAXIMUM_NODES = 300_000;

/**
 * The model with each call of a local function replaced by the function's nodes, named `call/inner`; tensors of the
 * body are named so too, and apart from every name of the model. The tensors' storage stays shared between calls.
 * Throws `ExpectedError` for a function that calls itself and for bodies that expand without measure.
 */
export function inlineFunctions(model: ModelGraph): ModelGraph {
  if (model.functions.length === 0) return model;
  const inliner = new Inliner(model);
  const graph = inliner.inlineGraph(model.graph, []);
  return { ...model, graph, functions: [], opsets: mergeOpsets(model.opsets, inliner.usedFunctions) };
}

/** The model's version wins where both import a domain: bodies must use operators that are the same in both. */
function mergeOpsets(opsets: readonly OpsetImport[], used: ReadonlySet<LocalFunction>): OpsetImport[] {
  const merged = new Map(opsets.map((opset) => [opset.domain, opset]));
  for (const { opsets: own } of used)
    for (const opset of own) if (!merged.has(opset.domain)) merged.set(opset.domain, opset);
  return [...merged.values()];
}

function functionKey(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}

class Inliner {
  readonly usedFunctions = new Set<LocalFunction>();
  readonly #functions: ReadonlyMap<string, LocalFunction>;
  readonly #tensorNames: Set<string>;
  readonly #callNames = new Set<string>();
  #nodes = 0;

  constructor(model: ModelGraph) {
    this.#functions = new Map(
      model.functions.map((body) => [functionKey(body.domain, body.name, body.overload), body]),
    );
    this.#tensorNames = namesOf(model);
  }

  inlineGraph(graph: Graph, calls: readonly LocalFunction[]): Graph {
    return { ...graph, nodes: this.#inlineNodes(graph.nodes, calls) };
  }

  #inlineNodes(nodes: readonly Node[], calls: readonly LocalFunction[]): Node[] {
    return nodes.flatMap((node, index) => {
      if (++this.#nodes > MAXIMUM_NODES)
        throw new ExpectedError('input', 'model.error.functionSize', { maximum: MAXIMUM_NODES });
      const body = this.#functions.get(functionKey(node.domain, node.opType, node.overload ?? ''));
      return body === undefined ? [this.#inlineNested(node, calls)] : this.#inlineCall(node, index, body, calls);
    });
  }

  #inlineNested(node: Node, calls: readonly LocalFunction[]): Node {
    const attributes = node.attributes.map((attribute): Attribute => {
      if (attribute.type === 'graph') return { ...attribute, value: this.inlineGraph(attribute.value, calls) };
      if (attribute.type === 'graphs')
        return { ...attribute, value: attribute.value.map((graph) => this.inlineGraph(graph, calls)) };
      return attribute;
    });
    return { ...node, attributes };
  }

  #inlineCall(call: Node, index: number, body: LocalFunction, calls: readonly LocalFunction[]): Node[] {
    if (calls.includes(body)) throw new ExpectedError('input', 'model.error.recursion', { name: body.name });
    this.usedFunctions.add(body);
    const callName = unusedName(call.name === '' ? `${call.opType}_${index}` : call.name, this.#callNames);
    const names = this.#bindNames(call, body, callName);
    const tensor = (name: string): string => {
      const bound = names.get(name);
      if (bound !== undefined) return bound;
      const fresh = unusedName(`${callName}/${name}`, this.#tensorNames);
      names.set(name, fresh);
      return fresh;
    };
    const attribute = (own: Attribute): Attribute | null => resolveReference(own, call, body);
    const nodes = body.nodes.map((inner, position) => ({
      ...renameNode(inner, { tensor, attribute }),
      name: `${callName}/${inner.name === '' ? `${inner.opType}_${position}` : inner.name}`,
    }));
    return [...this.#inlineNodes(nodes, [...calls, body]), ...passThroughs(call, body, callName)];
  }

  /** Formal names to the call's; an omitted input stays omitted, an omitted output gets a name of its own. */
  #bindNames(call: Node, body: LocalFunction, callName: string): Map<string, string> {
    const names = new Map<string, string>();
    for (const [position, formal] of body.outputs.entries()) {
      const actual = call.outputs[position] ?? '';
      names.set(formal, actual === '' ? unusedName(`${callName}/${formal}`, this.#tensorNames) : actual);
    }
    for (const [position, formal] of body.inputs.entries()) names.set(formal, call.inputs[position] ?? '');
    return names;
  }
}

/** Outputs of a function that are its inputs, unchanged. */
function passThroughs(call: Node, body: LocalFunction, callName: string): Node[] {
  return body.outputs.flatMap((formal, position) => {
    const input = call.inputs[body.inputs.indexOf(formal)] ?? '';
    const output = call.outputs[position] ?? '';
    if (!body.inputs.includes(formal) || input === '' || output === '') return [];
    const name = `${callName}/Identity_${position}`;
    return [{ name, opType: 'Identity', domain: '', inputs: [input], outputs: [output], attributes: [] }];
  });
}

/** The attribute with the call's value, or the function's default; null when neither gives one. */
function resolveReference(attribute: Attribute, call: Node, body: LocalFunction): Attribute | null {
  if (attribute.reference === undefined) return attribute;
  const { reference } = attribute;
  const given =
    call.attributes.find((own) => own.name === reference) ??
    body.attributeDefaults.find((own) => own.name === reference);
  return given === undefined ? null : { ...given, name: attribute.name };
}

function unusedName(wanted: string, used: Set<string>): string {
  let name = wanted;
  for (let suffix = 2; used.has(name); suffix++) name = `${wanted}_${suffix}`;
  used.add(name);
  return name;
}

/** Every tensor name of the main graph and of nested ones. */
function namesOf(model: ModelGraph): Set<string> {
  const names = new Set<string>();
  for (const { graph } of walkGraphs(model)) {
    for (const { name } of [...graph.inputs, ...graph.outputs, ...graph.initializers]) names.add(name);
    for (const node of graph.nodes) for (const name of [...node.inputs, ...node.outputs]) names.add(name);
  }
  return names;
}
