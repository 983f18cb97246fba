/**
 * Shapes through If, Loop and Scan. A Loop's carried tensors settle by evaluating its body again until what comes out
 * has the shape of what went in; a shape that changes from trip to trip is unknown. Trips of a Loop are known where its
 * count is a constant and its condition stays true; a Scan's are the length of what it scans.
 */

import { DataTypes } from '../model/dataTypes.js';
import type { Node } from '../model/graph.js';
import type { VisitedGraph } from '../model/walk.js';
import type { EvaluatedOutputs } from './evaluate.js';
import type { Analyzer, BodyAnalysis, GraphAnalysis, Scope } from './graphAnalysis.js';
import { sameShape } from './shapes.js';
import type { TensorInfo } from './types.js';

interface EvaluatedBodies {
  bodies: BodyAnalysis[];
  /** null: the operator's own rule says what comes out. */
  outputs: EvaluatedOutputs | null;
}

interface Context {
  analyzer: Analyzer;
  node: Node;
  inputs: readonly (TensorInfo | null)[];
  scope: Scope;
}

const PASSES = 3;
const unknown = (dataType = 0): TensorInfo => ({ dataType, shape: null });
const withoutValue = (info: TensorInfo | null | undefined): TensorInfo => ({
  dataType: info?.dataType ?? 0,
  shape: info?.shape ?? null,
});

/** With its value, where that is known; what is stored in the file is not looked for from outside. */
function copyOf({ dataType, shape, value }: TensorInfo): TensorInfo {
  return value === undefined ? { dataType, shape } : { dataType, shape, value };
}

export function evaluateBodies(
  analyzer: Analyzer,
  node: Node,
  inputs: readonly (TensorInfo | null)[],
  nested: readonly VisitedGraph[],
  scope: Scope,
): EvaluatedBodies {
  const context = { analyzer, node, inputs, scope };
  const isStandard = node.domain === '' || node.domain === 'ai.onnx';
  const [first] = nested;
  if (isStandard && node.opType === 'If') return evaluateIf(context, nested);
  if (isStandard && node.opType === 'Loop' && first) return evaluateLoop(context, first);
  if (isStandard && node.opType === 'Scan' && first) return evaluateScan(context, first);
  const bodies = nested.map(({ graph, graphPath }) => ({
    graph: analyzer.analyzeGraph(
      graph,
      graphPath,
      scope,
      graph.inputs.map(() => unknown()),
    ),
    trips: null,
  }));
  return { bodies, outputs: null };
}

function withStop(outputs: TensorInfo[]): EvaluatedOutputs {
  return { outputs, stop: outputs.some(({ shape }) => shape === null) ? 'needsValue' : null };
}

/**
 * Which branch runs: by a constant condition, else the only one that the runtime would not refuse. One that does not fit
 * its inputs cannot run without the whole run failing, e.g. the branch for another sampling rate.
 */
function branchTrips(condition: number | null, isThen: readonly boolean[], graphs: readonly GraphAnalysis[]) {
  if (condition !== null) return isThen.map((then) => Number((condition !== 0) === then));
  const fitting = graphs.filter(({ refused }) => !refused).length;
  return graphs.map(({ refused }) => (fitting === 1 && graphs.length === 2 ? Number(!refused) : null));
}

/** Outputs of the branch that runs; where that is not known, what both agree on. */
function evaluateIf(context: Context, nested: readonly VisitedGraph[]): EvaluatedBodies {
  const { analyzer, node, inputs, scope } = context;
  const condition = inputs[0] ? (analyzer.readValue(inputs[0])?.[0] ?? null) : null;
  const graphs = nested.map(({ graph, graphPath }) => analyzer.analyzeGraph(graph, graphPath, scope, []));
  const isThen = nested.map(({ graphPath }) => graphPath.endsWith('/then_branch'));
  const trips = branchTrips(condition, isThen, graphs);
  const bodies = graphs.map((graph, branch) => ({ graph, trips: trips[branch] ?? null }));
  const candidates = bodies.filter(({ trips }) => trips !== 0);
  const outputs = node.outputs.map((_, output) => {
    const infos = candidates.map(({ graph }) => graph.outputs[output] ?? unknown());
    const [first = unknown()] = infos;
    if (infos.length === 1) return copyOf(first);
    const agreed = infos.every((info) => sameShape(info.shape, first.shape));
    return { dataType: first.dataType, shape: agreed ? first.shape : null };
  });
  return { bodies, outputs: withStop(outputs) };
}

/** Evaluates a body until its carried tensors keep their shapes. */
function settle(
  { analyzer, scope }: Context,
  body: VisitedGraph,
  carried: readonly TensorInfo[],
  inputsOf: (carried: readonly TensorInfo[]) => TensorInfo[],
  firstCarriedOutput: number,
): { graph: GraphAnalysis; carried: readonly TensorInfo[] } {
  let current = carried.map(withoutValue);
  for (let pass = 1; ; pass++) {
    const graph = analyzer.analyzeGraph(body.graph, body.graphPath, scope, inputsOf(current));
    const changed = current.map((info, i) => {
      const out = graph.outputs[firstCarriedOutput + i];
      return info.shape !== null && !sameShape(info.shape, out?.shape ?? null);
    });
    if (!changed.includes(true)) return { graph, carried: current };
    const giveUp = pass >= PASSES - 1 || !analyzer.mayRepeat;
    current = current.map((info, i) => (changed[i] || giveUp ? analyzer.markUnknowable(unknown(info.dataType)) : info));
    if (!analyzer.mayRepeat) return { graph, carried: current };
  }
}

function loopTrips(context: Context, condition: number | null, graph: GraphAnalysis): number | null {
  const { analyzer, inputs } = context;
  if (condition === 0) return 0;
  const limit = inputs[0] ? (analyzer.readValue(inputs[0])?.[0] ?? null) : null;
  if (limit === null || limit > Number.MAX_SAFE_INTEGER) return null;
  if (limit <= 0) return 0;
  const after = graph.outputs[0] ? analyzer.readValue(graph.outputs[0])?.[0] : undefined;
  return condition === 1 && after === 1 ? limit : null;
}

/** Inputs: trip count, condition, carried; body: iteration, condition, carried → condition, carried, scanned. */
function evaluateLoop(context: Context, body: VisitedGraph): EvaluatedBodies {
  const { analyzer, node, inputs } = context;
  const condition = inputs[1] ? (analyzer.readValue(inputs[1])?.[0] ?? null) : 1;
  const conditionInfo: TensorInfo = { dataType: DataTypes.bool, shape: [] };
  if (condition === 1) conditionInfo.value = [1];
  const iteration: TensorInfo = { dataType: DataTypes.int64, shape: [] };
  const initial = node.inputs.slice(2).map((_, i) => inputs[2 + i] ?? unknown());
  const inputsOf = (carried: readonly TensorInfo[]): TensorInfo[] => [iteration, conditionInfo, ...carried];
  const { graph, carried } = settle(context, body, initial, inputsOf, 1);
  const trips = loopTrips(context, condition, graph);
  const outputs = node.outputs.map((_, output) => {
    const inner = graph.outputs[1 + output] ?? unknown();
    if (output < carried.length) {
      const settled = carried[output]!;
      return { dataType: settled.dataType || inner.dataType, shape: settled.shape && inner.shape };
    }
    const shape = trips === null || trips === 0 || inner.shape === null ? null : [trips, ...inner.shape];
    return { dataType: inner.dataType, shape };
  });
  return { bodies: [{ graph, trips }], outputs: withStop(outputs) };
}

const intsOf = (node: Node, name: string): readonly number[] => {
  const found = node.attributes.find((attribute) => attribute.name === name);
  return found?.type === 'ints' ? found.value : [];
};

function intOf(node: Node, name: string): number | null {
  const found = node.attributes.find((attribute) => attribute.name === name);
  return found?.type === 'int' ? found.value : null;
}

const axisOf = (axes: readonly number[], index: number, rank: number): number => {
  const axis = axes[index] ?? 0;
  return axis < 0 ? axis + rank : axis;
};

/** One slice of a scanned tensor, and how many there are. */
function sliced(info: TensorInfo | null | undefined, axes: readonly number[], index: number) {
  const shape = info?.shape ?? null;
  const axis = shape ? axisOf(axes, index, shape.length) : 0;
  const slice = { dataType: info?.dataType ?? 0, shape: shape && shape.filter((_, i) => i !== axis) };
  return { slice, length: shape?.[axis] ?? null };
}

/** Inputs: carried, scanned; body: carried, one slice of each scanned → carried, one slice of each result. */
function evaluateScan(context: Context, body: VisitedGraph): EvaluatedBodies {
  const { node, inputs } = context;
  const scans = Math.min(Math.max(0, intOf(node, 'num_scan_inputs') ?? 0), node.inputs.length);
  const carriedCount = node.inputs.length - scans;
  const inputAxes = intsOf(node, 'scan_input_axes');
  const slices = node.inputs.slice(carriedCount).map((_, i) => sliced(inputs[carriedCount + i], inputAxes, i));
  const initial = node.inputs.slice(0, carriedCount).map((_, i) => inputs[i] ?? unknown());
  const inputsOf = (carried: readonly TensorInfo[]): TensorInfo[] => [...carried, ...slices.map(({ slice }) => slice)];
  const { graph, carried } = settle(context, body, initial, inputsOf, 0);
  const trips = slices[0]?.length ?? null;
  const outputAxes = intsOf(node, 'scan_output_axes');
  const outputs = node.outputs.map((_, output) => {
    const inner = graph.outputs[output] ?? unknown();
    const settled = carried[output];
    if (settled) return { dataType: settled.dataType || inner.dataType, shape: settled.shape && inner.shape };
    if (inner.shape === null || trips === null) return unknown(inner.dataType);
    const axis = axisOf(outputAxes, output - carriedCount, inner.shape.length + 1);
    return { dataType: inner.dataType, shape: [...inner.shape.slice(0, axis), trips, ...inner.shape.slice(axis)] };
  });
  return { bodies: [{ graph, trips }], outputs: withStop(outputs) };
}
