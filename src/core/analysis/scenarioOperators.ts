import type { Kernel, ScenarioOperator } from '../../protocol/report.js';
import type { Fate, OptimizedNode } from '../attribution/types.js';
import type { KernelInput } from './kernels.js';

/** Every operator of the file: its kernel or its fate, how often it ran, and what that cost in one run of the model. */
export function describeOperators(
  input: KernelInput,
  fates: ReadonlyMap<string, Fate>,
  kernelByNode: ReadonlyMap<OptimizedNode, Kernel>,
): ScenarioOperator[] {
  // Without an attribution nothing is known of operators, so none is listed.
  if (!input.attribution) return [];
  return input.operators.map(({ id }): ScenarioOperator => {
    const { fate, node } = fates.get(id) ?? { fate: 'folded' as const, node: null };
    const kernel = node ? (kernelByNode.get(node) ?? null) : null;
    const trips = fate === 'run' ? (kernel?.callsPerRun ?? null) : 0;
    const cost = input.costs.get(id);
    const inOneRun = (value: number | null | undefined): number | null => {
      if (trips === 0) return 0;
      return value == null || trips === null ? null : value * trips;
    };
    return {
      operatorId: id,
      kernelId: kernel?.id ?? null,
      fate,
      trips,
      macs: inOneRun(cost?.macs),
      elementwiseOps: inOneRun(cost?.elementwiseOps),
      readBytes: inOneRun(cost?.readBytes),
      writtenBytes: inOneRun(cost?.writtenBytes),
    };
  });
}
