/** Sums over a model: each node times its trips, without what is computed at load. */

import type { Message } from '../../protocol/text.js';
import type { TextCode } from '../../format/text/catalogue.js';
import type { AnalyzedNode, GraphAnalysis } from './graphAnalysis.js';

type Counted = 'macs' | 'elementwiseOps';

interface Assumptions {
  /** Ids of Ifs counted by their larger branch, and of Loops whose trips are not known. */
  largerBranch: string[];
  unknownTrips: string[];
}

/** null where a part of it is not known. */
type Totals = Record<Counted, number | null>;

function bodiesTotal(node: AnalyzedNode, counts: readonly (number | null)[], assumed: Assumptions): number | null {
  if (node.node.opType === 'If' && node.bodies.every(({ trips }) => trips === null)) {
    const known = counts.filter((count) => count !== null);
    if (known.length < counts.length) return null;
    if (new Set(known).size > 1) assumed.largerBranch.push(node.id);
    return Math.max(0, ...known);
  }
  return node.bodies.reduce<number | null>((sum, { trips }, body) => {
    const count = counts[body] ?? null;
    if (sum === null || trips === 0 || count === 0) return sum;
    if (trips === null) assumed.unknownTrips.push(node.id);
    return count === null || trips === null ? null : sum + count * trips;
  }, 0);
}

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

function graphTotals(graph: GraphAnalysis, assumed: Assumptions): Totals {
  const totals: Totals = { macs: 0, elementwiseOps: 0 };
  for (let index = 0; index < graph.nodes.length; index++) {
    const node = graph.nodes[index]!;
    const { constant, cost } = node;
    if (constant) continue;
    totals.macs = sum(totals.macs, cost && cost.macs);
    totals.elementwiseOps = sum(totals.elementwiseOps, cost && cost.elementwiseOps);
    if (node.bodies.length > 0) addBodies(totals, node, assumed);
  }
  return totals;
}

/** What is assumed is told of the MACs. */
function addBodies(totals: Totals, node: AnalyzedNode, assumed: Assumptions): void {
  const inner = node.bodies.map(({ graph }) => graphTotals(graph, assumed));
  const untold: Assumptions = { largerBranch: [], unknownTrips: [] };
  const macs = inner.map((counts) => counts.macs);
  const elementwiseOps = inner.map((counts) => counts.elementwiseOps);
  totals.macs = sum(totals.macs, bodiesTotal(node, macs, assumed));
  totals.elementwiseOps = sum(totals.elementwiseOps, bodiesTotal(node, elementwiseOps, untold));
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
  const { macs, elementwiseOps } = graphTotals(graph, assumed);
  const warnings = [
    ...warning('operators.largerBranch', assumed.largerBranch),
    ...warning('operators.unknownTrips', assumed.unknownTrips),
  ];
  return { macs, elementwiseOps, warnings };
}
