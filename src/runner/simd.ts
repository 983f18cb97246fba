/** Vector instructions that decide how fast inference can be, by the names that every system's own names map to. */

/** As Linux writes them in /proc/cpuinfo. */
const LINUX_X86: readonly string[] = [
  'sse4_2',
  'f16c',
  'avx',
  'fma',
  'avx2',
  'avx_vnni',
  'avx512f',
  'avx512bw',
  'avx512_vnni',
  'avx512_bf16',
  'avx512_fp16',
  'amx_bf16',
  'amx_int8',
];
const LINUX_ARM: Readonly<Record<string, string>> = {
  asimd: 'neon',
  asimdhp: 'fp16',
  asimddp: 'dotprod',
  i8mm: 'i8mm',
  bf16: 'bf16',
  sve: 'sve',
  sve2: 'sve2',
  sme: 'sme',
};
const MAC_X86: Readonly<Record<string, string>> = {
  'SSE4.2': 'sse4_2',
  F16C: 'f16c',
  'AVX1.0': 'avx',
  FMA: 'fma',
  AVX2: 'avx2',
  AVX512F: 'avx512f',
  AVX512BW: 'avx512bw',
  AVX512VNNI: 'avx512_vnni',
};
const MAC_ARM: Readonly<Record<string, string>> = {
  AdvSIMD: 'neon',
  FEAT_FP16: 'fp16',
  FEAT_DotProd: 'dotprod',
  FEAT_I8MM: 'i8mm',
  FEAT_BF16: 'bf16',
  FEAT_SME: 'sme',
};

function named(table: Readonly<Record<string, string>>, present: ReadonlySet<string>): string[] {
  return Object.entries(table).flatMap(([systemName, name]) => (present.has(systemName) ? [name] : []));
}

/** From the text of /proc/cpuinfo: `flags` on x86, `Features` on Arm. */
export function simdOfCpuInfo(text: string): string[] {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? '';
  const present = new Set(line.trim().split(/\s+/));
  return [...LINUX_X86.filter((name) => present.has(name)), ...named(LINUX_ARM, present)];
}

/** From `sysctl machdep.cpu.features machdep.cpu.leaf7_features hw.optional`: words on Intel, `hw.optional.arm.X: 1` on Apple's. */
export function simdOfSysctl(text: string): string[] {
  const words = /^machdep\.cpu\.\w+:(.*)$/gm;
  const switches = /^hw\.optional\.(?:arm\.)?(\w+): 1$/gm;
  const intel = new Set([...text.matchAll(words)].flatMap((match) => (match[1] ?? '').trim().split(/\s+/)));
  const apple = new Set([...text.matchAll(switches)].map((match) => match[1] ?? ''));
  return [...named(MAC_X86, intel), ...named(MAC_ARM, apple)];
}
