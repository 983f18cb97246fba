/** What a kernel runs: its operators, their module, MACs and bytes. */

import type { Kernel } from '../../protocol/report.js';
import type { Fate, OptimizedNode } from '../attribution/types.js';
import type { KernelInput } from './kernels.js';
import type { KernelTotals } from './kernelTotals.js';

type Owned = Pick<Kernel, 'name' | 'operatorIds' | 'module' | 'kind' | 'macs' | 'readBytes' | 'writtenBytes'>;

export class KernelOwners {
  private readonly names: ReadonlyMap<string, string>;

  constructor(
    private readonly input: KernelInput,
    private readonly fates: ReadonlyMap<string, Fate>,
  ) {
    this.names = new Map(input.operators.map(({ id, name }) => [id, name]));
  }

  describe(totals: KernelTotals, callsPerRun: number): Owned {
    const { node } = totals;
    const operatorIds = [...(node?.operatorIds ?? [])];
    const main = this.mainOperator(operatorIds);
    return {
      name: main === null ? totals.name : this.names.get(main) || totals.opType,
      operatorIds,
      module: this.moduleOf(node, main),
      kind: node?.kind ?? 'compute',
      macs: node ? this.macsOf(node, callsPerRun) : null,
      ...this.bytesOf(totals, callsPerRun),
    };
  }

  /** The operator with the most MACs; the first of equals. */
  private mainOperator(operatorIds: readonly string[]): string | null {
    let best: string | null = null;
    let bestMacs = -1;
    for (const id of operatorIds) {
      const macs = this.input.costs.get(id)?.macs ?? 0;
      if (macs > bestMacs) [best, bestMacs] = [id, macs];
    }
    return best;
  }

  private moduleOf(node: OptimizedNode | null, main: string | null): string {
    if (main !== null) return this.input.modules.get(main) ?? '';
    const operator = this.mainOperator(node?.serves?.operatorIds ?? []);
    return operator === null ? '' : (this.input.modules.get(operator) ?? '');
  }

  /** Whether it is here that the operator runs: not that of a duplicate, nor one whose result another node gives. */
  private runsAt(operatorId: string, node: OptimizedNode): boolean {
    const fate = this.fates.get(operatorId);
    return fate?.fate === 'run' && fate.node === node;
  }

  private macsOf(node: OptimizedNode, callsPerRun: number): number | null {
    let sum: number | null = 0;
    for (const id of node.operatorIds) {
      if (!this.runsAt(id, node)) continue;
      const macs: number | null = this.input.costs.get(id)?.macs ?? null;
      sum = sum === null || macs === null ? null : sum + macs * callsPerRun;
    }
    return sum;
  }

  /**
   * By the operator's rule where the kernel is one operator as it stands in the file (a Gather reads rows, not its
   * table); else by the traced shapes, with the weights that prepacking hid.
   */
  private bytesOf({ node, ...totals }: KernelTotals, callsPerRun: number): Pick<Kernel, 'readBytes' | 'writtenBytes'> {
    const own = (node?.operatorIds ?? []).filter((id) => node !== null && this.runsAt(id, node));
    const rule = own.length === 1 ? this.input.costs.get(own[0]!) : null;
    let { readBytes } = totals;
    const weights = this.input.weightBytes;
    if (readBytes !== null && weights) {
      const ownBytes = own.reduce((sum, id) => sum + (weights.get(id) ?? 0), 0);
      readBytes += Math.max(0, ownBytes * callsPerRun - totals.parameterBytes);
    }
    return {
      readBytes: rule?.readBytes == null ? readBytes : rule.readBytes * callsPerRun,
      writtenBytes: rule?.writtenBytes == null ? totals.writtenBytes : rule.writtenBytes * callsPerRun,
    };
  }
}
