/** Sums over a model: each node times its trips, without what is computed at load. */

import type { Message } from '../../protocol/text.js';
import type { TextCode } from '../../format/text/catalogue.js';
import type { AnalyzedNode, GraphAnalysis } from './graphAnalysis.js';
import type { OperatorCost } from './types.js';

export type Counted = 'macs' | 'elementwiseOps';

interface Assumptions {
  /** Ids of Ifs counted by their larger branch, and of Loops whose trips are not known. */
  largerBranch: string[];
  unknownTrips: string[];
}

function bodiesTotal(node: AnalyzedNode, part: Counted, assumed: Assumptions): number | null {
  const counts = node.bodies.map(({ graph }) => graphTotal(graph, part, assumed));
  if (node.analysis.node.opType === 'If' && node.bodies.every(({ trips }) => trips === null)) {
    const known = counts.filter((count) => count !== null);
    if (known.length < counts.length) return null;
    if (new Set(known).size > 1) assumed.largerBranch.push(node.analysis.id);
    return Math.max(0, ...known);
  }
  return node.bodies.reduce<number | null>((sum, { trips }, body) => {
    const count = counts[body] ?? null;
    if (sum === null || trips === 0 || count === 0) return sum;
    if (trips === null) assumed.unknownTrips.push(node.analysis.id);
    return count === null || trips === null ? null : sum + count * trips;
  }, 0);
}

const own = (cost: OperatorCost | null, part: Counted): number | null => cost && cost[part];

export function graphTotal(graph: GraphAnalysis, part: Counted, assumed: Assumptions): number | null {
  let total: number | null = 0;
  for (const node of graph.nodes) {
    if (node.analysis.constant) continue;
    const bodies = node.bodies.length > 0 ? bodiesTotal(node, part, assumed) : 0;
    const itself = own(node.analysis.cost, part);
    // Summed to the end all the same: every assumption is to be told.
    total = total === null || bodies === null || itself === null ? null : total + itself + bodies;
  }
  return total;
}

function warning(code: 'operators.largerBranch' | 'operators.unknownTrips', ids: readonly string[]): Message[] {
  const count = new Set(ids).size;
  const [first] = ids;
  if (first === undefined) return [];
  const counted: TextCode = count === 1 ? `${code}.one` : code;
  return [{ code: counted, params: { count, first } }];
}

export function totalsOf(graph: GraphAnalysis): {
  macs: number | null;
  elementwiseOps: number | null;
  warnings: Message[];
} {
  const assumed: Assumptions = { largerBranch: [], unknownTrips: [] };
  const macs = graphTotal(graph, 'macs', assumed);
  const elementwiseOps = graphTotal(graph, 'elementwiseOps', { largerBranch: [], unknownTrips: [] });
  const warnings = [
    ...warning('operators.largerBranch', assumed.largerBranch),
    ...warning('operators.unknownTrips', assumed.unknownTrips),
  ];
  return { macs, elementwiseOps, warnings };
}
