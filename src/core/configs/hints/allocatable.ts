import type { MachinePrice } from '../../cost/prices/table.js';

/** Of the first, the second, the third and fourth CPU, and of each one more: what the node keeps. */
const RESERVED = { first: 0.06, second: 0.01, nextTwo: 0.005, more: 0.0025 };

/**
 * CPUs that a node offers to pods, where a source says so: on Amazon EKS. The rule gives every figure that was read in
 * karpenter-provider-aws, reference of instance types: 940m of 1 CPU, 1930m of 2, 3920m of 4, 127610m of 128.
 */
export function allocatableCpus({ provider, vcpus }: Pick<MachinePrice, 'provider' | 'vcpus'>): number | null {
  if (provider !== 'aws' || vcpus === null || vcpus < 1) return null;
  const { first, second, nextTwo, more } = RESERVED;
  const reserved =
    first + (vcpus >= 2 ? second : 0) + nextTwo * Math.max(0, Math.min(vcpus, 4) - 2) + more * Math.max(0, vcpus - 4);
  return vcpus - reserved;
}
