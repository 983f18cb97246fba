/** What the file holds by op type: known without running. */

import type { Report } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { countUnit, inUnit } from '../units.js';

export interface OperatorType {
  /** `domain:opType` outside the default domain. */
  opType: string;
  nodes: number;
  /** null when no node of the type has known MACs, or has none to count. */
  macs: number | null;
}

/** Op types by MACs, then by count of nodes. Constants are no work and are left out. */
export function operatorTypes(report: Report): OperatorType[] {
  const macsById = new Map<string, number>();
  for (const operator of report.scenarios[0]?.operators ?? []) {
    if (operator.macs !== null && operator.macs > 0)
      macsById.set(operator.operatorId, operator.macs * (operator.trips ?? 1));
  }
  const types = new Map<string, OperatorType>();
  for (const operator of report.operators) {
    if (operator.opType === 'Constant') continue;
    const opType =
      operator.domain === '' || operator.domain === 'ai.onnx'
        ? operator.opType
        : `${operator.domain}:${operator.opType}`;
    const type = types.get(opType) ?? { opType, nodes: 0, macs: null };
    type.nodes += 1;
    const macs = macsById.get(operator.id);
    if (macs !== undefined) type.macs = (type.macs ?? 0) + macs;
    types.set(opType, type);
  }
  return [...types.values()].sort((a, b) => (b.macs ?? 0) - (a.macs ?? 0) || b.nodes - a.nodes);
}

/** The first `maximum` types; the others as one. */
export function gatherTypes(
  types: readonly OperatorType[],
  maximum: number,
): { shown: OperatorType[]; rest: { types: number; nodes: number; macs: number | null } | null } {
  if (types.length <= maximum + 1) return { shown: [...types], rest: null };
  const others = types.slice(maximum);
  const macs = others.reduce<number | null>((sum, type) => (type.macs === null ? sum : (sum ?? 0) + type.macs), null);
  return {
    shown: types.slice(0, maximum),
    rest: { types: others.length, nodes: others.reduce((sum, type) => sum + type.nodes, 0), macs },
  };
}

/** One unit for the MACs of all types: what heads the column, and a figure in it. */
export function macsColumn(
  types: readonly OperatorType[],
  decimals: number,
  text: Text,
): { heading: string; cell: (macs: number | null) => string } {
  const unit = countUnit(types.reduce((largest, type) => Math.max(largest, type.macs ?? 0), 0));
  if (unit.label === '')
    return { heading: text('page.hotspots.column.macsPlain'), cell: (macs) => inUnit(macs, unit, 0) };
  const least = unit.scale / 10 ** decimals;
  // Little is not nothing.
  const cell = (macs: number | null): string =>
    macs !== null && macs > 0 && macs < least ? `< ${inUnit(least, unit, decimals)}` : inUnit(macs, unit, decimals);
  return { heading: text('page.static.macs', { unit: unit.label }), cell };
}
