import { costCall, evaluateCost } from './evaluate.js';
import { Analyzer, type GraphAnalysis } from './graphAnalysis.js';
import { peakActivationBytes } from './liveness.js';
import { findRule, plainDomain } from './table.js';
import { totalsOf } from './totals.js';
import type { AnalyzeModel, CostFromShapes, NodeAnalysis, KnownTensors } from './types.js';

/** Nodes of a graph and of those inside it, a node before its bodies'; trips multiplied on the way down. */
function flatten(
  analysis: GraphAnalysis,
  trips: number | null,
  nodes: NodeAnalysis[],
  tensors: Map<string, KnownTensors>,
): void {
  tensors.set(analysis.path, analysis.scope);
  for (let index = 0; index < analysis.nodes.length; index++) {
    const node = analysis.nodes[index]!;
    node.trips = trips;
    nodes.push(node);
    if (node.bodies.length === 0) continue;
    for (const body of node.bodies) {
      const inner =
        body.trips === 0 || trips === 0 ? 0 : body.trips === null || trips === null ? null : body.trips * trips;
      flatten(body.graph, inner, nodes, tensors);
    }
  }
}

export const analyzeModel: AnalyzeModel = (model, options) => {
  const analyzer = new Analyzer(model, options);
  const graph = analyzer.analyzeGraph(model.graph, '', null, null);
  const nodes: NodeAnalysis[] = [];
  const tensors = new Map<string, KnownTensors>();
  flatten(graph, 1, nodes, tensors);
  const { macs, elementwiseOps, warnings } = totalsOf(graph);
  const withoutRule = new Set<string>();
  for (let index = 0; index < nodes.length; index++) {
    const { hasRule, node } = nodes[index]!;
    if (!hasRule) withoutRule.add(operatorName(node.domain, node.opType));
  }
  return {
    nodes,
    tensors,
    warnings,
    totals: {
      macs,
      elementwiseOps,
      peakActivationBytes: peakActivationBytes(graph),
      operatorsWithoutRule: [...withoutRule].sort(),
    },
  };
};

/** `domain:opType` outside the default domain. */
export function operatorName(domain: string, opType: string): string {
  return plainDomain(domain) === '' ? opType : `${domain}:${opType}`;
}

export const costFromShapes: CostFromShapes = (node, opsetVersion, inputs, outputs) => {
  const rule = findRule(node.domain, node.opType, opsetVersion);
  return rule && evaluateCost(rule, costCall(node, opsetVersion, inputs, outputs));
};
