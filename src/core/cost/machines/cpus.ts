/**
 * Processors behind the machines of the price list: what their architecture allows. Clocks and counts of cores were read
 * in the sources named; operations per cycle and memory speeds are as the vendors' guides have them and were not read
 * again, so that they only ever widen a range. null: not known.
 */

import type { Range } from '../../../protocol/cost.js';

export interface Cpu {
  name: string;
  /** 1, or 0.5 where two virtual CPUs share a core. */
  coresPerVcpu: number;
  /** All cores busy. */
  clockGHz: Range;
  /** Multiply and add in single precision, counted as two, of one core in one cycle. */
  flopPerCycle: number;
  /** Of a whole socket. */
  socketCores: number | null;
  socketBytesPerSecond: number | null;
  /** Of one virtual CPU, idle and busy. */
  wattsPerVcpu: Range | null;
  /** Works below its full speed when it has been busy for long. */
  burstable?: boolean;
  source: string;
}

const CLOCKS = 'karpenter-provider-aws@1d927085 instance-types.md (sustained clock)';
const CORES = 'Boavizta/boaviztapi@15878f04 cpu_specs.csv (2026-08-21)';
const GOOGLE = 'cloud.google.com/compute/docs/cpu-platforms';
const GRAVITON = 'aws-graviton-getting-started@83d74f4c README.md (2026-07-01)';
export const WATTS_SOURCE = 'cloud-carbon-footprint/ccf-coefficients@b0032d92 (2026-04-24, from SPECpower)';

const ICE_LAKE: Cpu = {
  name: 'Intel Xeon Ice Lake',
  coresPerVcpu: 0.5,
  clockGHz: [3.5, 3.5],
  flopPerCycle: 64,
  socketCores: 32,
  socketBytesPerSecond: 204.8e9,
  wattsPerVcpu: [0.767, 3.758],
  source: `${CLOCKS}; ${CORES}`,
};
const SAPPHIRE_RAPIDS: Cpu = {
  name: 'Intel Xeon Sapphire Rapids',
  coresPerVcpu: 0.5,
  clockGHz: [3.2, 3.2],
  flopPerCycle: 64,
  socketCores: 48,
  socketBytesPerSecond: 307.2e9,
  wattsPerVcpu: [1.036, 4.16],
  source: `${CLOCKS}; ${CORES}`,
};
const GRANITE_RAPIDS: Cpu = {
  name: 'Intel Xeon Granite Rapids',
  coresPerVcpu: 0.5,
  clockGHz: [3.9, 3.9],
  flopPerCycle: 64,
  socketCores: null,
  socketBytesPerSecond: null,
  wattsPerVcpu: [0.582, 2.527],
  source: CLOCKS,
};
const EMERALD_RAPIDS: Cpu = {
  name: 'Intel Xeon Emerald Rapids',
  coresPerVcpu: 0.5,
  // The clock was not read anywhere: what servers of its kind have.
  clockGHz: [2.3, 3.6],
  flopPerCycle: 64,
  socketCores: 60,
  socketBytesPerSecond: 358.4e9,
  wattsPerVcpu: [0.814, 4.482],
  source: CORES,
};
const ZEN4: Cpu = {
  name: 'AMD EPYC Genoa',
  coresPerVcpu: 1,
  clockGHz: [3.7, 3.7],
  flopPerCycle: 32,
  socketCores: 96,
  socketBytesPerSecond: 460.8e9,
  wattsPerVcpu: [0.739, 2.282],
  source: `${CLOCKS}; ${CORES}`,
};
const ZEN3: Cpu = {
  name: 'AMD EPYC Milan',
  coresPerVcpu: 0.5,
  clockGHz: [2.45, 3.5],
  flopPerCycle: 32,
  socketCores: 64,
  socketBytesPerSecond: 204.8e9,
  wattsPerVcpu: [0.456, 1.957],
  source: CORES,
};
const GRAVITON3: Cpu = {
  name: 'AWS Graviton3',
  coresPerVcpu: 1,
  clockGHz: [2.6, 2.6],
  flopPerCycle: 32,
  socketCores: 64,
  socketBytesPerSecond: 307.2e9,
  wattsPerVcpu: [0.474, 1.693],
  source: GRAVITON,
};
const GRAVITON4: Cpu = {
  ...GRAVITON3,
  name: 'AWS Graviton4',
  clockGHz: [2.8, 2.8],
  socketCores: 96,
  socketBytesPerSecond: 537.6e9,
};
const AXION: Cpu = {
  name: 'Google Axion',
  coresPerVcpu: 1,
  clockGHz: [2.5, 3.5],
  flopPerCycle: 32,
  socketCores: 72,
  socketBytesPerSecond: null,
  wattsPerVcpu: null,
  source: `${CORES}; ${GOOGLE}`,
};
const ALTRA: Cpu = {
  name: 'Ampere Altra',
  coresPerVcpu: 1,
  clockGHz: [3, 3],
  flopPerCycle: 16,
  socketCores: 64,
  socketBytesPerSecond: 204.8e9,
  wattsPerVcpu: null,
  source: GOOGLE,
};
const COBALT: Cpu = {
  name: 'Microsoft Cobalt 100',
  coresPerVcpu: 1,
  clockGHz: [2.5, 3.5],
  flopPerCycle: 16,
  socketCores: null,
  socketBytesPerSecond: null,
  wattsPerVcpu: null,
  source: 'GitHub Arm runner documentation (Neoverse N2)',
};
const CASCADE_LAKE: Cpu = {
  name: 'Intel Xeon Cascade Lake',
  coresPerVcpu: 0.5,
  clockGHz: [2.5, 3.4],
  flopPerCycle: 64,
  socketCores: 24,
  socketBytesPerSecond: null,
  wattsPerVcpu: [0.69, 4.063],
  source: 'mlco2/codecarbon@b05965e4 cpu_power.csv (2026-08-08)',
};
const SKYLAKE: Cpu = {
  ...CASCADE_LAKE,
  name: 'Intel Xeon Skylake or Cascade Lake',
  clockGHz: [2.5, 3.1],
  wattsPerVcpu: [0.613, 4.104],
  burstable: true,
  source: `${CLOCKS}; mlco2/codecarbon@b05965e4 cpu_power.csv (2026-08-08)`,
};

/** Which processors an instance may have; several where the provider mixes them. First match counts. */
const FAMILIES: readonly [provider: string, instance: RegExp, cpus: readonly Cpu[]][] = [
  ['aws', /^[cmr]6i\./, [ICE_LAKE]],
  ['aws', /^[cmr]7i(-flex)?\./, [SAPPHIRE_RAPIDS]],
  ['aws', /^[cmr]8i\./, [GRANITE_RAPIDS]],
  ['aws', /^[cmr]7a\./, [ZEN4]],
  ['aws', /^[cmr]7g\./, [GRAVITON3]],
  ['aws', /^[cmr]8g\./, [GRAVITON4]],
  ['aws', /^t3\./, [SKYLAKE]],
  ['gcp', /^n2-/, [ICE_LAKE, CASCADE_LAKE]],
  ['gcp', /^c3-/, [SAPPHIRE_RAPIDS]],
  ['gcp', /^c4-/, [GRANITE_RAPIDS, EMERALD_RAPIDS]],
  ['gcp', /^c4a-/, [AXION]],
  ['gcp', /^t2a-/, [ALTRA]],
  ['gcp', /^t2d-/, [{ ...ZEN3, coresPerVcpu: 1 }]],
  ['azure', /^standard_[de]\d+s_v5$/, [ICE_LAKE, SAPPHIRE_RAPIDS]],
  ['azure', /^standard_d\d+l?s_v6$/, [EMERALD_RAPIDS]],
  ['azure', /^standard_d\d+as_v6$/, [{ ...ZEN4, coresPerVcpu: 0.5 }]],
  ['azure', /^standard_f\d+al?s_v6$/, [ZEN4]],
  ['azure', /^standard_d\d+as_v5$/, [ZEN3]],
  ['azure', /^standard_d\d+pl?s_v6$/, [COBALT]],
  ['azure', /^standard_d\d+pl?s_v5$/, [ALTRA]],
  ['azure', /^standard_f\d+s_v2$/, [CASCADE_LAKE, SKYLAKE].map((cpu) => ({ ...cpu, burstable: false }))],
];

/** Empty where nothing is known of the machine's processor. */
export function cpusOf(provider: string, instance: string): readonly Cpu[] {
  const name = instance.toLowerCase();
  return FAMILIES.find(([of, pattern]) => of === provider.toLowerCase() && pattern.test(name))?.[2] ?? [];
}
