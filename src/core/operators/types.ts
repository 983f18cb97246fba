/**
 * What the operator rules take and give. A rule's shape part serves `inspect`; its cost part takes shapes from
 * wherever they come, inferred or measured by the shape pass.
 */

import type { Message } from '../../protocol/text.js';
import type { Attribute, ModelGraph, Node, TensorRef } from '../model/graph.js';

/** Shape, type and (where small and known) value of a tensor. `shape` null: not known without running. */
export interface TensorInfo {
  /** TensorProto.DataType; 0 when unknown. */
  dataType: number;
  shape: readonly number[] | null;
  /** Elements of a small integer, bool or float tensor whose value is known; strings never. */
  value?: readonly number[];
  /** Of an initializer: where its elements lie, to be read when a rule asks. */
  stored?: TensorRef;
}

/** What is known of a graph's tensors. */
export interface KnownTensors {
  get(name: string): TensorInfo | undefined;
  /** By the tensor's number (`tensorNumbers`). */
  at(tensor: number): TensorInfo | null;
}

/** Of one execution of the node; its nested graphs' nodes have costs of their own. null: needs a shape that is not known. */
export interface OperatorCost {
  /** Multiply-accumulates; bias not counted. 0 for an operator that multiplies nothing, whatever its shapes. */
  macs: number | null;
  /** Elementwise operations, kept apart from MACs. */
  elementwiseOps: number | null;
  /** null for strings too. */
  readBytes: number | null;
  writtenBytes: number | null;
}

/** Path of a node: '' graph for the main one. The same scheme names it in the report (`OperatorSummary.id`). */
export interface NodeAnalysis {
  /** `n12`; nested: `n12/then_branch/n3`. */
  id: string;
  node: Node;
  /** `''` or the path of the nested graph: `n12/then_branch`. */
  graphPath: string;
  index: number;
  inputs: (TensorInfo | null)[];
  outputs: readonly (TensorInfo | null)[];
  /** null: no rule (then `hasRule` is false). */
  cost: OperatorCost | null;
  hasRule: boolean;
  /** Output shapes depend on values that only a run knows. */
  dataDependent: boolean;
  /** All inputs are constants: computed when the model is loaded, not when it runs. */
  constant: boolean;
  /** Executions in one run where known statically: 1, a Loop's constant trip count, null. */
  trips: number | null;
}

export interface StaticAnalysis {
  nodes: NodeAnalysis[];
  /** By path of the graph that declares them, then by name. */
  tensors: ReadonlyMap<string, KnownTensors>;
  /** What the totals assume: an If counted by its larger branch, a Loop whose trips are unknown. */
  warnings: Message[];
  /** One run: nodes times their trips, without what is computed when the model is loaded. */
  totals: {
    macs: number | null;
    elementwiseOps: number | null;
    peakActivationBytes: number | null;
    operatorsWithoutRule: string[];
  };
}

/** Reads the bytes of small tensors; never asked for more than `maximumBytes` at a time. */
export interface ConstantReader {
  /** Elements as numbers, or null when larger than `maximumElements` or not numeric. */
  readNumbers(tensor: TensorRef, maximumElements: number): number[] | null;
}

export interface AnalysisOptions {
  /** Values of symbols and of `INPUT:AXIS`. */
  bindings: ReadonlyMap<string, number>;
  constants: ConstantReader;
}

/** Static shapes and costs of a whole model. Local functions must have been inlined before (`inlineFunctions`). */
export type AnalyzeModel = (model: ModelGraph, options: AnalysisOptions) => StaticAnalysis;

/** Cost from shapes measured elsewhere; null without a rule. */
export type CostFromShapes = (
  node: { opType: string; domain: string; attributes: readonly Attribute[] },
  opsetVersion: number,
  inputs: readonly (TensorInfo | null)[],
  outputs: readonly (TensorInfo | null)[],
) => OperatorCost | null;
