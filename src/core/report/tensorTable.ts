/** Short ids for tensors, across nested graphs, in which a name may mean an outer tensor or hide it. */

import type { TensorSummary } from '../../protocol/report.js';
import { dataTypeName, tensorBytes } from '../model/dataTypes.js';
import type { Graph, Node, TensorRef } from '../model/graph.js';
import { OMITTED, type TensorNumbers, tensorNumbers } from '../model/tensorNumbers.js';
import type { KnownTensors, StaticAnalysis, TensorInfo } from '../operators/types.js';

interface Scope {
  outer: Scope | null;
  numbers: TensorNumbers;
  /** By tensor number: the tensor's id; '' until asked for, undefined for what the graph does not declare. */
  ids: (string | undefined)[];
  /** A weight's shape is known without an analysis; empty where there is one. */
  weights: ReadonlyMap<string, TensorRef>;
  /** null without an analysis. */
  infos: KnownTensors | null;
}

/** Gives ids (`t0`, `t1` …) in the order in which they are asked for, so that only tensors that somebody uses are listed. */
export class TensorTable {
  private readonly scopes = new Map<string, Scope>();
  /** Ids of names that no graph declares. */
  private readonly strays = new Map<string, string>();
  private readonly rows: TensorSummary[] = [];

  constructor(private readonly infos: StaticAnalysis['tensors']) {}

  /** Graphs must be declared before their tensors are asked for, outer ones first. */
  declare(graphPath: string, graph: Graph): void {
    const numbers = tensorNumbers(graph);
    const ids = new Array<string | undefined>(numbers.names.length);
    const declared = [numbers.inputs, numbers.makes, numbers.initializers];
    for (const tensors of declared) for (let index = 0; index < tensors.length; index++) ids[tensors[index]!] = '';
    const infos = this.infos.get(graphPath) ?? null;
    const weights = new Map(infos ? [] : graph.initializers.map((tensor) => [tensor.name, tensor]));
    this.scopes.set(graphPath, { outer: this.enclosing(graphPath), numbers, ids, weights, infos });
  }

  /** Ids of what node `index` of the graph takes; '' stands for an omitted input. */
  inputIds(node: Node, index: number, graphPath: string): string[] {
    const scope = this.scopes.get(graphPath)!;
    return this.ids(scope.numbers.reads, scope.numbers.readsFrom[index]!, node.inputs.length, scope);
  }

  /** Ids of what it makes. */
  outputIds(node: Node, index: number, graphPath: string): string[] {
    const scope = this.scopes.get(graphPath)!;
    return this.ids(scope.numbers.makes, scope.numbers.makesFrom[index]!, node.outputs.length, scope);
  }

  private ids(tensors: Int32Array, start: number, count: number, scope: Scope): string[] {
    const ids = new Array<string>(count);
    for (let index = 0; index < count; index++) ids[index] = this.idOf(tensors[start + index]!, scope);
    return ids;
  }

  private idOf(tensor: number, scope: Scope): string {
    if (tensor === OMITTED) return '';
    const known = scope.ids[tensor];
    if (known !== undefined && known !== '') return known;
    const name = scope.numbers.names[tensor]!;
    return known === '' ? this.give(name, tensor, scope) : this.outerIdOf(name, scope.outer);
  }

  private outerIdOf(name: string, from: Scope | null): string {
    for (let scope = from; scope; scope = scope.outer) {
      const tensor = scope.numbers.numberOf(name);
      if (tensor !== undefined && scope.ids[tensor] !== undefined) return this.idOf(tensor, scope);
    }
    const known = this.strays.get(name);
    if (known !== undefined) return known;
    const id = this.add(name, null, null);
    this.strays.set(name, id);
    return id;
  }

  private give(name: string, tensor: number, scope: Scope): string {
    const id = this.add(name, scope.infos?.at(tensor) ?? null, scope.weights.get(name) ?? null);
    scope.ids[tensor] = id;
    return id;
  }

  private add(name: string, info: TensorInfo | null, weight: TensorRef | null): string {
    const id = `t${this.rows.length}`;
    this.rows.push(summarize(id, name, info, weight));
    return id;
  }

  get summaries(): TensorSummary[] {
    return this.rows;
  }

  /** `n12/then_branch/n3/body` lies in `n12/then_branch`, that in the main graph. */
  private enclosing(graphPath: string): Scope | null {
    if (graphPath === '') return null;
    const parts = graphPath.split('/').slice(0, -2);
    return this.scopes.get(parts.join('/')) ?? null;
  }
}

function summarize(id: string, name: string, info: TensorInfo | null, weight: TensorRef | null): TensorSummary {
  const dataType = info?.dataType ?? weight?.dataType ?? 0;
  const shape = info?.shape ?? weight?.dims ?? null;
  return {
    id,
    name,
    dataType: dataTypeName(dataType),
    shape,
    bytes: shape && tensorBytes(dataType, shape),
  };
}
