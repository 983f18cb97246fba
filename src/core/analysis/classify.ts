/** Places kernels under a measured roofline: what bounds each, and how much of the attainable it reaches. */

import type { Kernel, KernelBound, Roofline } from '../../protocol/report.js';

/** Below this, dispatch and the pool's waking are of the size of the work. */
const OVERHEAD_CALL_NS = 5000;
const INT8_OPERATOR = /^(QLinear|QGemm|QAttention|MatMulInteger|ConvInteger|DynamicQuantize(MatMul|LSTM))/;

/** The least time that arithmetic and memory traffic take under the roofline; null where either is not known. */
function attainable(kernel: Kernel, roofline: Roofline): { ns: number; bound: KernelBound } | null {
  if (kernel.macs === null || kernel.readBytes === null || kernel.writtenBytes === null) return null;
  const peak = INT8_OPERATOR.test(kernel.opType)
    ? (roofline.peakInt8OpPerSecond ?? roofline.peakFlopPerSecond)
    : roofline.peakFlopPerSecond;
  const arithmeticNs = (2 * kernel.macs * 1e9) / peak;
  const trafficNs = ((kernel.readBytes + kernel.writtenBytes) * 1e9) / roofline.memoryBytesPerSecond;
  return arithmeticNs >= trafficNs ? { ns: arithmeticNs, bound: 'compute' } : { ns: trafficNs, bound: 'memory' };
}

function classify(kernel: Kernel, roofline: Roofline): Kernel {
  const callNs = kernel.callsPerRun > 0 ? kernel.selfTimeNs / kernel.callsPerRun : kernel.selfTimeNs;
  const limit = attainable(kernel, roofline);
  const attainedOfRoof = limit && kernel.selfTimeNs > 0 ? limit.ns / kernel.selfTimeNs : null;
  if (!kernel.trusted || callNs < OVERHEAD_CALL_NS) return { ...kernel, bound: 'overhead', attainedOfRoof: null };
  return { ...kernel, bound: limit?.bound ?? null, attainedOfRoof };
}

/**
 * The kernels with `bound` and `attainedOfRoof`. Elementwise arithmetic is taken as free beside its memory traffic.
 * Traffic is counted as if it all went to memory: what fits into a cache may reach more than the roof. Kernels that
 * contain others stay as they are, since the others are classified.
 */
export function classifyKernels(kernels: readonly Kernel[], roofline: Roofline): Kernel[] {
  const parents = new Set(kernels.map(({ parentId }) => parentId));
  return kernels.map((kernel) => (parents.has(kernel.id) ? { ...kernel } : classify(kernel, roofline)));
}
