/** Kernels of both sides that do the same work: whatever is fused differently stands in one group, nothing twice. */

import type { Kernel } from '../../../protocol/report.js';
import type { OperatorMatch } from './matchOperators.js';
import { isHeavy, type Side } from './side.js';

export interface KernelGroup {
  base: Kernel[];
  next: Kernel[];
}

/** In the order in which the newer side runs them; what is gone stands behind what ran before it. */
export function groupKernels(base: Side, next: Side, match: OperatorMatch): KernelGroup[] {
  const union = new Union(base.scenario.kernels.length + next.scenario.kernels.length);
  const basePositions = new Map(base.scenario.kernels.map((kernel, at) => [kernel, at]));
  const offset = base.scenario.kernels.length;
  const nextPositions = new Map(next.scenario.kernels.map((kernel, at) => [kernel, offset + at]));
  for (const [baseId, nextId] of match.toNew) {
    const [kernel, other] = [base.kernelOf.get(baseId), next.kernelOf.get(nextId)];
    if (kernel && other && isAnchored(base, kernel, match.toNew) && isAnchored(next, other, match.toBase))
      union.join(basePositions.get(kernel)!, nextPositions.get(other)!);
  }
  for (const [at, nextAt] of pairWithoutOperators(base, next)) union.join(at, offset + nextAt);
  return collect(base, next, union);
}

/** Its heavy work has a counterpart, or it has none to do: else what it runs besides would pair it with a stranger. */
function isAnchored(side: Side, kernel: Kernel, counterparts: ReadonlyMap<string, string>): boolean {
  const heavy = kernel.operatorIds.filter((id) => {
    const operator = side.byId.get(id);
    return operator !== undefined && isHeavy(operator);
  });
  return heavy.length === 0 || heavy.some((id) => counterparts.has(id));
}

class Union {
  private readonly parents: number[];
  constructor(size: number) {
    this.parents = Array.from({ length: size }, (_, at) => at);
  }
  find(at: number): number {
    let root = at;
    while (this.parents[root] !== root) root = this.parents[root]!;
    while (this.parents[at] !== root) [at, this.parents[at]] = [this.parents[at]!, root];
    return root;
  }
  join(one: number, other: number): void {
    this.parents[this.find(one)] = this.find(other);
  }
}

/**
 * Kernels that run no operator of their own, such as conversions of the layout: those of one type, module and shape, in
 * their order; all of them together where their counts differ, since none can then be told from the others.
 */
function pairWithoutOperators(base: Side, next: Side): (readonly [number, number])[] {
  const byKey = (side: Side): Map<string, number[]> => {
    const found = new Map<string, number[]>();
    const owning = new Set(side.kernelOf.values());
    for (const [at, kernel] of side.scenario.kernels.entries()) {
      if (owning.has(kernel)) continue;
      const key = JSON.stringify([kernel.opType, kernel.module, kernel.outputShapes[0] ?? null]);
      const known = found.get(key);
      if (known) known.push(at);
      else found.set(key, [at]);
    }
    return found;
  };
  const others = byKey(next);
  return [...byKey(base)].flatMap(([key, positions]) => {
    const found = others.get(key) ?? [];
    if (found.length === positions.length) return positions.map((at, index) => [at, found[index]!] as const);
    const [first] = positions;
    const [other] = found;
    if (first === undefined || other === undefined) return [];
    return [...positions.map((at) => [at, other] as const), ...found.map((at) => [first, at] as const)];
  });
}

function collect(base: Side, next: Side, union: Union): KernelGroup[] {
  const groups = new Map<number, KernelGroup>();
  const groupOf = (at: number): KernelGroup => {
    const root = union.find(at);
    const known = groups.get(root) ?? { base: [], next: [] };
    groups.set(root, known);
    return known;
  };
  const baseKernels = base.scenario.kernels;
  for (const [at, kernel] of next.scenario.kernels.entries()) groupOf(baseKernels.length + at).next.push(kernel);
  for (const [at, kernel] of baseKernels.entries()) groupOf(at).base.push(kernel);
  return [...groups.values()];
}
