/** Short ids for tensors, across nested graphs, in which a name may mean an outer tensor or hide it. */

import type { TensorSummary } from '../../protocol/report.js';
import { dataTypeName, tensorBytes } from '../model/dataTypes.js';
import type { Graph, TensorRef } from '../model/graph.js';
import type { TensorInfo } from '../operators/types.js';

interface Scope {
  graphPath: string;
  outer: Scope | null;
  /** What the graph itself declares; a weight's shape is known without an analysis. */
  declared: ReadonlyMap<string, TensorRef | null>;
}

/** Gives ids (`t0`, `t1` …) in the order in which they are asked for, so that only tensors that somebody uses are listed. */
export class TensorTable {
  private readonly scopes = new Map<string, Scope>();
  private readonly ids = new Map<string, string>();
  private readonly rows: TensorSummary[] = [];

  constructor(private readonly infos: ReadonlyMap<string, TensorInfo>) {}

  /** Graphs must be declared before their tensors are asked for, outer ones first. */
  declare(graphPath: string, graph: Graph): void {
    const declared = new Map<string, TensorRef | null>();
    for (const { name } of graph.inputs) declared.set(name, null);
    for (const node of graph.nodes) for (const output of node.outputs) declared.set(output, null);
    for (const tensor of graph.initializers) declared.set(tensor.name, tensor);
    this.scopes.set(graphPath, { graphPath, outer: this.enclosing(graphPath), declared });
  }

  /** '' stands for an omitted optional input or output. */
  idOf(name: string, graphPath: string): string {
    if (name === '') return '';
    const scope = this.declaring(name, graphPath);
    const key = `${scope?.graphPath ?? ''}:${name}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = `t${this.rows.length}`;
    this.ids.set(key, id);
    this.rows.push(summarize(id, name, this.infos.get(key) ?? null, scope?.declared.get(name) ?? null));
    return id;
  }

  get summaries(): TensorSummary[] {
    return this.rows;
  }

  private declaring(name: string, graphPath: string): Scope | null {
    let scope = this.scopes.get(graphPath) ?? null;
    while (scope && !scope.declared.has(name)) scope = scope.outer;
    return scope;
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
