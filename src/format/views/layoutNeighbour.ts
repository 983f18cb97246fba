/**
 * Whom a layout conversion serves. The runtime adds it behind or in front of another kernel and does not name that one:
 * it is found by the order of execution and the shapes.
 */

import type { Kernel } from '../../protocol/report.js';
import type { ScenarioIndex } from './scenarioIndex.js';

export interface LayoutNeighbour {
  /** before: it prepares what the neighbour reads. after: it turns back what the neighbour wrote. */
  side: 'before' | 'after';
  kernel: Kernel;
}

/** Branches of a graph interleave: how many kernels may lie between the two. */
const FARTHEST = 24;

const same = (a: readonly number[] | undefined, b: readonly number[] | undefined): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((size, axis) => size === b[axis]);

const positions = new WeakMap<readonly Kernel[], ReadonlyMap<string, number>>();

function positionOf(kernels: readonly Kernel[], kernel: Kernel): number {
  let known = positions.get(kernels);
  if (!known) {
    known = new Map(kernels.map((one, position) => [one.id, position]));
    positions.set(kernels, known);
  }
  return known.get(kernel.id) ?? -1;
}

/** null for what is no layout conversion, and where no neighbour's shapes fit. */
export function layoutNeighbour({ scenario }: ScenarioIndex, kernel: Kernel): LayoutNeighbour | null {
  if (kernel.kind !== 'layout') return null;
  const { kernels } = scenario;
  const at = positionOf(kernels, kernel);
  if (at < 0) return null;
  const look = (side: LayoutNeighbour['side']): LayoutNeighbour | null => {
    for (let distance = 1; distance <= FARTHEST; distance++) {
      const other = kernels[side === 'before' ? at + distance : at - distance];
      if (other?.kind !== 'compute' || other.parentId !== kernel.parentId) continue;
      const fits =
        side === 'before'
          ? other.inputShapes.some((dims) => same(dims, kernel.outputShapes[0]))
          : other.outputShapes.some((dims) => same(dims, kernel.inputShapes[0]));
      if (fits) return { side, kernel: other };
    }
    return null;
  };
  return /Output/.test(kernel.opType) ? look('after') : (look('before') ?? look('after'));
}
