/** Costs of the file's operators in one run: from the shapes that a run really had, or from those inferred. */

import { DataTypes, dataTypeNumber } from '../model/dataTypes.js';
import type { OpsetImport } from '../model/graph.js';
import { costFromShapes } from '../operators/analyze.js';
import { plainDomain } from '../operators/table.js';
import type { NodeAnalysis, OperatorCost, StaticAnalysis, TensorInfo } from '../operators/types.js';
import type { TracedRun, TracedShape, TraceEvent } from '../trace/types.js';

/** In one run, all executions together; null where not known. */
export interface OperatorRunCost extends OperatorCost {
  trips: number | null;
}

/** By operator id; every operator of the analysis has an entry. */
export type OperatorCosts = ReadonlyMap<string, OperatorRunCost>;

const NOTHING: OperatorCost = { macs: 0, elementwiseOps: 0, readBytes: 0, writtenBytes: 0 };
const UNKNOWN: OperatorCost = { macs: null, elementwiseOps: null, readBytes: null, writtenBytes: null };

function combined(a: OperatorCost, b: OperatorCost, apply: (x: number, y: number) => number): OperatorCost {
  const both = (x: number | null, y: number | null): number | null => (x === null || y === null ? null : apply(x, y));
  return {
    macs: both(a.macs, b.macs),
    elementwiseOps: both(a.elementwiseOps, b.elementwiseOps),
    readBytes: both(a.readBytes, b.readBytes),
    writtenBytes: both(a.writtenBytes, b.writtenBytes),
  };
}

/** Costs under the shapes inferred from the file, times the trips where they are known. */
export function inferredCosts(analysis: StaticAnalysis): OperatorCosts {
  const costs = new Map<string, OperatorRunCost>();
  for (const { id, cost, trips, constant } of analysis.nodes) {
    const once = cost ?? UNKNOWN;
    const times = constant ? 0 : trips;
    const all: OperatorCost = { macs: times, elementwiseOps: times, readBytes: times, writtenBytes: times };
    costs.set(id, { trips, ...combined(once, all, (x, y) => x * y) });
  }
  return costs;
}

/** The names of types in a trace that differ from the runtime's elsewhere. */
const TRACED_TYPES: ReadonlyMap<string, number> = new Map([
  ['float', DataTypes.float32],
  ['double', DataTypes.float64],
]);
export const tracedType = (name: string): number => TRACED_TYPES.get(name) ?? dataTypeNumber(name);

/** Shapes by position; omitted inputs ('') are not in the trace. null when the counts do not fit. */
export function alignShapes<T>(names: readonly string[], shapes: readonly T[]): (T | null)[] | null {
  if (shapes.length === names.length) return [...shapes];
  let next = 0;
  const aligned = names.map((name) => (name === '' ? null : (shapes[next++] ?? null)));
  return next === shapes.length ? aligned : null;
}

function infosOf(
  names: readonly string[],
  shapes: readonly TracedShape[],
  inferred: readonly (TensorInfo | null)[],
): (TensorInfo | null)[] | null {
  const aligned = alignShapes(names, shapes);
  if (!aligned) return null;
  return aligned.map((shape, position) => {
    const known = inferred[position] ?? null;
    if (!shape) return names[position] === '' ? null : known;
    return {
      dataType: known && known.dataType !== 0 ? known.dataType : tracedType(shape.dataType),
      shape: shape.dims,
      ...(known?.value ? { value: known.value } : {}),
    };
  });
}

function costOfEvent(event: TraceEvent, analysis: NodeAnalysis, opset: number): OperatorCost {
  const { node } = analysis;
  const inputs = infosOf(node.inputs, event.inputShapes, analysis.inputs);
  const outputs = infosOf(node.outputs, event.outputShapes, analysis.outputs);
  if (!inputs || !outputs) return analysis.cost ?? UNKNOWN;
  return costFromShapes(node, opset, inputs, outputs) ?? UNKNOWN;
}

/**
 * Costs from a run traced with optimisation off, in which every operator that runs is an event of its own, nested ones
 * once for each execution. What is computed at load costs nothing.
 */
export function measuredCosts(
  run: TracedRun,
  operatorIdByNodeName: ReadonlyMap<string, string>,
  analysis: StaticAnalysis,
  opsets: readonly OpsetImport[],
): OperatorCosts {
  const versions = new Map(opsets.map(({ domain, version }) => [plainDomain(domain), version]));
  const nodes = new Map(analysis.nodes.map((node) => [node.id, node]));
  const costs = new Map<string, OperatorRunCost>();
  for (const { id, constant } of analysis.nodes) costs.set(id, { trips: constant ? 1 : 0, ...NOTHING });
  for (const event of run.events) {
    const node = nodes.get(operatorIdByNodeName.get(event.name) ?? '');
    const before = node && costs.get(node.id);
    if (!node || !before || node.constant) continue;
    const cost = costOfEvent(event, node, versions.get(plainDomain(node.node.domain)) ?? 1);
    costs.set(node.id, { trips: (before.trips ?? 0) + 1, ...combined(before, cost, (x, y) => x + y) });
  }
  return costs;
}

/** Sums over all operators; null when one of them is not known. */
export function totalCost(costs: OperatorCosts): { macs: number | null; elementwiseOps: number | null } {
  let total: OperatorCost = NOTHING;
  for (const cost of costs.values()) total = combined(total, cost, (x, y) => x + y);
  return { macs: total.macs, elementwiseOps: total.elementwiseOps };
}
