/** Short ids for tensors, across nested graphs, in which a name may mean an outer tensor or hide it. */

import type { TensorSummary } from '../../protocol/report.js';
import { dataTypeName, tensorBytes } from '../model/dataTypes.js';
import type { Graph, TensorRef } from '../model/graph.js';
import type { StaticAnalysis, TensorInfo } from '../operators/types.js';

interface Scope {
  graphPath: string;
  outer: Scope | null;
  /** Ids of what the graph itself declares, '' until asked for. */
  ids: Map<string, string>;
  /** A weight's shape is known without an analysis; empty where there is one. */
  weights: ReadonlyMap<string, TensorRef>;
  infos: ReadonlyMap<string, TensorInfo>;
}

const NO_INFOS: ReadonlyMap<string, TensorInfo> = new Map();

/** Gives ids (`t0`, `t1` …) in the order in which they are asked for, so that only tensors that somebody uses are listed. */
export class TensorTable {
  private readonly scopes = new Map<string, Scope>();
  /** Names that no graph declares. */
  private readonly strays: Scope = { graphPath: '', outer: null, ids: new Map(), weights: new Map(), infos: NO_INFOS };
  private readonly rows: TensorSummary[] = [];

  constructor(private readonly infos: StaticAnalysis['tensors']) {}

  /** Graphs must be declared before their tensors are asked for, outer ones first. */
  declare(graphPath: string, graph: Graph): void {
    const ids = new Map<string, string>();
    for (const { name } of graph.inputs) ids.set(name, '');
    for (const node of graph.nodes) for (const output of node.outputs) ids.set(output, '');
    for (const { name } of graph.initializers) ids.set(name, '');
    const infos = this.infos.get(graphPath) ?? NO_INFOS;
    const weights = new Map(infos.size > 0 ? [] : graph.initializers.map((tensor) => [tensor.name, tensor]));
    this.scopes.set(graphPath, { graphPath, outer: this.enclosing(graphPath), ids, weights, infos });
  }

  /** '' stands for an omitted optional input or output. */
  idOf(name: string, graphPath: string): string {
    if (name === '') return '';
    const scope = this.declaring(name, graphPath);
    const known = scope.ids.get(name);
    if (known !== undefined && known !== '') return known;
    const id = `t${this.rows.length}`;
    scope.ids.set(name, id);
    this.rows.push(summarize(id, name, scope.infos.get(name) ?? null, scope.weights.get(name) ?? null));
    return id;
  }

  get summaries(): TensorSummary[] {
    return this.rows;
  }

  private declaring(name: string, graphPath: string): Scope {
    let scope = this.scopes.get(graphPath) ?? null;
    while (scope && !scope.ids.has(name)) scope = scope.outer;
    return scope ?? this.strays;
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
    shape: shape && [...shape],
    bytes: shape && tensorBytes(dataType, shape),
  };
}
