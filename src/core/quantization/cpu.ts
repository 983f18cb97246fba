/** What the CPU's vector instructions mean for int8. */

const INT8_UNITS: ReadonlySet<string> = new Set(['avx512_vnni', 'avx_vnni', 'amx_int8', 'dotprod', 'i8mm']);
const X86: ReadonlySet<string> = new Set(['sse4_2', 'avx', 'avx2', 'avx512f']);

export interface CpuForInt8 {
  /** Multiplies and adds int8 in one instruction; true where nothing is known, so that measuring decides. */
  hasUnit: boolean;
  /** Sums of two products overflow 16 bits: weights get 7 bits. */
  saturates: boolean;
  /** Where signed activations have kernels as fast as unsigned ones. */
  isArm: boolean;
}

/** `simd`: names as in `Environment.simd`. */
export function cpuForInt8(simd: readonly string[]): CpuForInt8 {
  const hasUnit = simd.length === 0 || simd.some((name) => INT8_UNITS.has(name));
  const isX86 = simd.some((name) => X86.has(name));
  return { hasUnit, saturates: isX86 && !hasUnit, isArm: simd.some((name) => name === 'neon') };
}
